import { variablesIn } from "../../../shared/connector/base-url.ts";
import type { BaseVariable } from "../../../shared/connector/base-variable.ts";
import { TextField } from "./text-field.tsx";
import { WordsField } from "./words-field.tsx";

/** For each `{variable}` that the base URL names: what people who connect are asked for, and what they may answer. */
export function BaseVariables({
  baseUrl,
  variables,
  fieldProblem,
  onChange,
}: {
  baseUrl: string;
  /** As `variablesFor` gives them. */
  variables: readonly BaseVariable[];
  fieldProblem: (field: string) => string | undefined;
  onChange: (variables: BaseVariable[]) => void;
}) {
  if (variables.length === 0) return null;
  const inHost = new Set(variablesIn(/^https?:\/\/[^/?#]*/i.exec(baseUrl)?.[0] ?? ""));
  const whole = /^https?:\/\/\{([^{}]*)\}(?:[/?#]|$)/i.exec(baseUrl)?.[1];
  const set = (index: number, variable: BaseVariable) => onChange(variables.map((each, at) => (at === index ? variable : each)));
  return (
    <div className="flex flex-col gap-3">
      <span className="font-medium text-sm">Variables of the base URL</span>
      {variables.map((variable, index) => (
        <fieldset key={variable.key} className="flex min-w-0 flex-col gap-4 rounded-card border border-line p-4">
          <legend className="px-1">
            <code className="font-mono text-xs">{`{${variable.key}}`}</code>
          </legend>
          <p className="text-muted text-xs">{placeWords(variable.key, inHost, whole)}</p>
          <VariableFields
            variable={variable}
            whole={variable.key === whole}
            problem={(field) => fieldProblem(`variables.${index}.${field}`)}
            onChange={(next) => set(index, next)}
          />
        </fieldset>
      ))}
    </div>
  );
}

/** The variables of a URL in their order, with what is known of each; what the URL no longer names goes. */
export function variablesFor(baseUrl: string, known: readonly BaseVariable[]): BaseVariable[] {
  return variablesIn(baseUrl)
    .filter((key) => /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/.test(key))
    .map((key) => known.find((variable) => variable.key === key) ?? { key, label: key });
}

function placeWords(key: string, inHost: ReadonlySet<string>, whole: string | undefined): string {
  if (key === whole) return "The whole host: each connection names its own.";
  return inHost.has(key)
    ? "One part of the host name: letters, digits and hyphens, so that no value leads to another host."
    : "One segment of the path.";
}

function VariableFields({
  variable,
  whole,
  problem,
  onChange,
}: {
  variable: BaseVariable;
  whole: boolean;
  problem: (field: string) => string | undefined;
  onChange: (variable: BaseVariable) => void;
}) {
  const { key, label, description, default: preset, values, hostSuffixes } = variable;
  /** Empty fields are left out of the document. */
  function change(part: {
    label?: string;
    description?: string;
    default?: string;
    values?: string[];
    hostSuffixes?: string[];
  }): void {
    const next = { label, description, default: preset, values, hostSuffixes, ...part };
    onChange({
      key,
      label: next.label,
      ...(next.description && { description: next.description }),
      ...(next.default && { default: next.default }),
      ...(next.values && next.values.length > 0 && { values: next.values }),
      ...(next.hostSuffixes && next.hostSuffixes.length > 0 && { hostSuffixes: next.hostSuffixes }),
    });
  }
  return (
    <>
      <div className="grid grid-cols-2 items-start gap-4">
        <TextField
          label="Label"
          required
          help="What people who connect are asked for."
          error={problem("label")}
          value={label}
          onChange={(next) => change({ label: next })}
        />
        <TextField
          label="Default"
          mono
          help="Filled in at first."
          error={problem("default")}
          value={preset ?? ""}
          onChange={(next) => change({ default: next })}
        />
      </div>
      <TextField
        label="Help"
        help="Where people find it, in a sentence."
        error={problem("description")}
        value={description ?? ""}
        onChange={(next) => change({ description: next })}
      />
      <WordsField
        label="Allowed values"
        help="Separated by commas; empty: any that fits."
        words={values ?? []}
        error={problem("values")}
        onChange={(next) => change({ values: next })}
      />
      {whole && (
        <WordsField
          label="Must end with"
          help="Separated by commas, for example .example.com; empty: any host."
          words={hostSuffixes ?? []}
          error={problem("hostSuffixes")}
          onChange={(next) => change({ hostSuffixes: next })}
        />
      )}
    </>
  );
}
