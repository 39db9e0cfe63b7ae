import { Maximize2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { CodeNode } from "../../shared/flow/code-node.ts";
import type { Json } from "../../shared/json.ts";
import { Field } from "../ui/field.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { TextArea } from "../ui/input.tsx";
import { NumberInput } from "../ui/number-input.tsx";
import { CodeTrialPart } from "./code-trial.tsx";
import { JsonInput } from "./json-input.tsx";
import type { NodeFormProps } from "./node-form-props.ts";
import { ObjectField } from "./object-field.tsx";

const CodeDialog = lazy(() => import("./code-dialog.tsx"));

/** The engine's, without its schema: that would bring all of zod with it. A test holds the two together. */
export const longestCode = 100_000;
const inputName = /^[A-Za-z_$][\w$]{0,62}$/;

/** JavaScript, what goes into it, and what is known of what comes out. */
export function CodeForm({ node, roots, problems, disabled, onChange }: NodeFormProps<CodeNode>) {
  return (
    <div className="flex flex-col gap-6">
      <Source {...{ node, problems, disabled, onChange }} />
      <ObjectField
        label="Inputs"
        help="The code finds each as inputs.<name>. It sees nothing else of the run."
        field="inputs"
        value={node.inputs}
        roots={roots}
        problems={problems}
        disabled={disabled}
        nameProblem={(name) => (inputName.test(name) ? null : "A name as in JavaScript: letters, digits, _ and $.")}
        onChange={(value, group) => {
          const inputs = namedInputs(value);
          if (inputs) onChange({ ...node, inputs }, group);
        }}
      />
      {!disabled && <CodeTrialPart node={node} roots={roots} onSample={(sample) => onChange({ ...node, sample })} />}
      <JsonInput
        label="Sample output"
        help="What it gives, for the steps after it: as it was tried, or written here."
        error={problems.sample}
        value={node.sample}
        roots={null}
        disabled={disabled}
        onChange={(sample) => {
          const { sample: _, ...rest } = node;
          onChange(sample === undefined ? rest : { ...node, sample }, "sample");
        }}
      />
      <JsonInput
        label="Output schema"
        help="JSON Schema, where the sample does not say enough."
        error={problems.outputSchema}
        value={node.outputSchema}
        roots={null}
        disabled={disabled}
        onChange={(schema) => {
          const { outputSchema: _, ...rest } = node;
          const isObject = typeof schema === "object" && schema !== null && !Array.isArray(schema);
          if (schema === undefined || isObject)
            onChange(schema === undefined ? rest : { ...node, outputSchema: schema }, "schema");
        }}
      />
    </div>
  );
}

type Part = Pick<NodeFormProps<CodeNode>, "node" | "problems" | "disabled" | "onChange">;

function Source({ node, problems, disabled, onChange }: Part) {
  const [open, setOpen] = useState(false);
  const names = Object.entries(node.inputs).map(([name]) => ({ path: `inputs.${name}`, type: "input" }));
  const change = (code: string) => code.length <= longestCode && onChange({ ...node, code }, "code");
  return (
    <Field
      label="JavaScript"
      help="The body of an async function: return what the step gives. console.log is kept with the step."
      error={problems.code}
      required
      action={
        <IconButton label="Edit JavaScript in the editor" disabled={disabled} onClick={() => setOpen(true)}>
          <Maximize2 aria-hidden="true" />
        </IconButton>
      }
    >
      {(control) => (
        <>
          <TextArea
            {...control}
            mono
            rows={6}
            spellCheck={false}
            disabled={disabled}
            className="max-h-96 min-h-32 overflow-x-auto whitespace-pre"
            value={node.code}
            onChange={({ target }) => change(target.value)}
          />
          {open && (
            <Suspense>
              <CodeDialog
                title="JavaScript"
                language="javascript"
                text={node.code}
                paths={[{ path: "inputs", type: "object" }, ...names]}
                onClose={() => setOpen(false)}
                onSave={(code) => {
                  change(code);
                  setOpen(false);
                }}
              />
            </Suspense>
          )}
        </>
      )}
    </Field>
  );
}

/** How long the code may run. */
export function CodeLimit({ node, disabled, onChange }: Part) {
  return (
    <Field label="Time limit (seconds)" help="From 0.01 to 60.">
      {(control) => (
        <NumberInput
          {...control}
          disabled={disabled}
          className="w-28!"
          value={node.timeoutMs / 1_000}
          accepts={(seconds) => seconds !== null && seconds >= 0.01 && seconds <= 60}
          onChange={(seconds) => seconds !== null && onChange({ ...node, timeoutMs: Math.round(seconds * 1_000) }, "timeout")}
        />
      )}
    </Field>
  );
}

/** Null for what is no object, or has a name that the code could not use. */
function namedInputs(value: Json): Record<string, Json> | null {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return null;
  return Object.keys(value).every((name) => inputName.test(name)) ? value : null;
}
