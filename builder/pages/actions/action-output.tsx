import { useMemo, useState } from "react";
import type { OutputField } from "../../../shared/connector/action.ts";
import { flattenParameters, type ResponseParameter, responseParameters } from "../../../shared/connector/response-parameters.ts";
import type { Json } from "../../../shared/json.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Input } from "../../ui/input.tsx";
import { pathText } from "../../ui/json-rows.ts";
import { Segmented } from "../../ui/segmented.tsx";
import type { ActionDraft } from "./action-draft.ts";

type Source = "test" | "paste";
const mostFields = 300;

/** Define output: the fields of the test's answer, or of a sample that is pasted, which people who use the action get. */
export function ActionOutput({ draft, onChange }: { draft: ActionDraft; onChange: (draft: ActionDraft) => void }) {
  const { sample, output } = draft;
  const [source, setSource] = useState<Source>(sample === undefined ? "paste" : "test");
  const fields = useMemo(() => (sample === undefined ? [] : flattenParameters(responseParameters(undefined, sample))), [sample]);
  return (
    <div className="flex flex-col gap-6">
      <Segmented
        label="Where the fields come from"
        value={source}
        onChange={setSource}
        segments={[
          { value: "test", label: "Use the test result" },
          { value: "paste", label: "Paste a sample response" },
        ]}
      />
      {source === "paste" && (
        <JsonInput
          label="Sample JSON response"
          help="An answer as the API's documentation shows it."
          value={sample}
          roots={null}
          disabled={false}
          onChange={(pasted: Json | undefined) => onChange({ ...draft, sample: pasted, output: null })}
        />
      )}
      {sample === undefined ? (
        source === "test" && (
          <p className="text-muted text-sm">There is no test result yet: go back to Test, or paste a sample.</p>
        )
      ) : (
        <>
          <Checkbox
            checked={output === null}
            onChange={(whole) => onChange({ ...draft, output: whole ? null : allFields(fields) })}
          >
            Give the whole answer
          </Checkbox>
          {output !== null && (
            <ul aria-label="Output fields" className="divide-y divide-line rounded-card border border-line">
              {fields.slice(0, mostFields).map((field) => (
                <FieldRow
                  key={pathText("", field.path)}
                  field={field}
                  output={output}
                  onChange={(next) => onChange({ ...draft, output: next })}
                />
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
}

function FieldRow({
  field,
  output,
  onChange,
}: {
  field: ResponseParameter;
  output: readonly OutputField[];
  onChange: (output: OutputField[]) => void;
}) {
  const path = pathText("", field.path);
  const chosen = output.find((each) => each.path === path);
  const nameTaken = chosen !== undefined && output.some((each) => each !== chosen && each.name === chosen.name);
  return (
    <li className="flex items-center gap-3 px-3 py-1.5">
      <div className="min-w-0 flex-1">
        <Checkbox
          checked={chosen !== undefined}
          onChange={(on) =>
            onChange(on ? [...output, { name: freeName(field, output), path }] : output.filter((each) => each.path !== path))
          }
        >
          <code className="break-all font-mono text-xs">{path}</code>
          <span className="text-muted text-xs"> {field.type}</span>
        </Checkbox>
      </div>
      {chosen && (
        <Input
          aria-label={`Name of ${path}`}
          aria-invalid={nameTaken || chosen.name === "" || undefined}
          className="max-w-56"
          maxLength={120}
          value={chosen.name}
          onChange={(event) => onChange(output.map((each) => (each === chosen ? { ...each, name: event.target.value } : each)))}
        />
      )}
    </li>
  );
}

/** The outermost fields: what lies in them comes along. */
function allFields(fields: readonly ResponseParameter[]): OutputField[] {
  const output: OutputField[] = [];
  for (const field of fields)
    if (field.path.length === 1) output.push({ name: freeName(field, output), path: pathText("", field.path) });
  return output;
}

function freeName({ name, path }: ResponseParameter, output: readonly OutputField[]): string {
  const own = name === "[]" ? "first item" : name;
  const taken = new Set(output.map((each) => each.name));
  if (!taken.has(own)) return own;
  const longer = path.filter((part) => typeof part === "string").join(".");
  if (!taken.has(longer)) return longer;
  for (let number = 2; ; number++) if (!taken.has(`${longer} ${number}`)) return `${longer} ${number}`;
}
