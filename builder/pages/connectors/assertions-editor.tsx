import { Plus, Trash2 } from "lucide-react";
import { useId, useState } from "react";
import type { Assertion, Endpoint } from "../../../shared/connector/endpoint.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import { NumberInput } from "../../ui/number-input.tsx";
import { assertionProblem, textOfValue, valueOfText, valuePaths } from "./assertions-text.ts";

type Kind = "status" | "equals" | "exists" | "schema";
const kinds: readonly { value: Kind; label: string }[] = [
  { value: "status", label: "The status is" },
  { value: "equals", label: "A value is" },
  { value: "exists", label: "There is a value" },
  { value: "schema", label: "Fits the response schema" },
];
const most = 50;

/** What an answer must be for the test to pass, beside its status being a good one. */
export function AssertionsEditor({
  endpoint,
  assertions,
  onChange,
}: {
  endpoint: Endpoint;
  assertions: readonly Assertion[];
  onChange: (assertions: Assertion[]) => void;
}) {
  const list = useId();
  return (
    <section aria-label="Assertions" className="flex flex-col gap-3">
      <div className="flex min-h-8 items-center">
        <h3 className="flex-1 font-semibold text-muted text-xs uppercase tracking-wide">Assertions</h3>
        <Button
          look="quiet"
          size="small"
          disabled={assertions.length >= most}
          onClick={() => onChange([...assertions, { kind: "status", equals: 200 }])}
        >
          <Plus aria-hidden="true" />
          Add an assertion
        </Button>
      </div>
      {assertions.length === 0 && <p className="text-muted text-sm">None: any answer with a status below 300 passes.</p>}
      <datalist id={list}>
        {assertions.some(({ kind }) => kind === "value") &&
          valuePaths(endpoint).map((path) => <option key={path} value={path} />)}
      </datalist>
      {assertions.map((assertion, index) => (
        <AssertionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: assertions have no name of their own
          key={index}
          number={index + 1}
          assertion={assertion}
          problem={assertionProblem(assertion, endpoint)}
          paths={list}
          onChange={(next) => onChange(assertions.map((each, at) => (at === index ? next : each)))}
          onRemove={() => onChange(assertions.filter((_, at) => at !== index))}
        />
      ))}
    </section>
  );
}

function AssertionRow({
  number,
  assertion,
  problem,
  paths,
  onChange,
  onRemove,
}: {
  number: number;
  assertion: Assertion;
  problem: string | null;
  /** Id of the list of known paths. */
  paths: string;
  onChange: (assertion: Assertion) => void;
  onRemove: () => void;
}) {
  const note = useId();
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="sr-only">Assertion {number}</legend>
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-center gap-2">
        <span className={assertion.kind === "status" ? "min-w-0" : "col-span-2 min-w-0"}>
          <Choice
            aria-label={`What assertion ${number} checks`}
            value={kindOf(assertion)}
            options={kinds}
            onChange={(kind) => onChange(withKind(assertion, kind))}
          />
        </span>
        {assertion.kind === "status" && (
          <NumberInput
            aria-label={`Status of assertion ${number}`}
            value={assertion.equals}
            accepts={(status) => status !== null && Number.isInteger(status) && status >= 100 && status <= 599}
            onChange={(status) => status !== null && onChange({ kind: "status", equals: status })}
          />
        )}
        <IconButton label={`Remove assertion ${number}`} onClick={onRemove}>
          <Trash2 aria-hidden="true" />
        </IconButton>
        {assertion.kind === "value" && (
          <Input
            mono
            className={assertion.equals === undefined ? "col-span-2" : undefined}
            aria-label={`Path of assertion ${number}`}
            aria-invalid={problem !== null || undefined}
            aria-describedby={problem ? note : undefined}
            placeholder="data[0].id"
            list={paths}
            maxLength={300}
            value={assertion.path}
            onChange={(event) => onChange({ ...assertion, path: event.target.value })}
          />
        )}
        {assertion.kind === "value" && assertion.equals !== undefined && (
          <ValueInput
            label={`Value of assertion ${number}`}
            value={textOfValue(assertion.equals)}
            onChange={(text) => onChange({ ...assertion, equals: valueOfText(text) })}
          />
        )}
      </div>
      {problem && (
        <p id={note} role="alert" className="text-failed-text text-xs">
          {problem}
        </p>
      )}
    </fieldset>
  );
}

/** The text stays as it is typed; what is read of it is a number, a yes or no, an object, or the text. */
function ValueInput({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value);
  return (
    <Input
      mono
      aria-label={label}
      placeholder='7, true, "text" or text'
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(event.target.value);
      }}
    />
  );
}

function kindOf(assertion: Assertion): Kind {
  if (assertion.kind !== "value") return assertion.kind;
  return assertion.equals === undefined ? "exists" : "equals";
}

function withKind(assertion: Assertion, kind: Kind): Assertion {
  const path = assertion.kind === "value" ? assertion.path : "";
  switch (kind) {
    case "status":
      return { kind, equals: 200 };
    case "schema":
      return { kind };
    case "exists":
      return { kind: "value", path };
    case "equals":
      return { kind: "value", path, equals: "" };
  }
}
