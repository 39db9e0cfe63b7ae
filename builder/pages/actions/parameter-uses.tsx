import type { Parameter } from "../../../shared/connector/parameter.ts";
import { ValueField } from "../../panels/value-field.tsx";
import { Choice } from "../../ui/input.tsx";
import { type ActionDraft, chosenUse, type ParameterUse } from "./action-draft.ts";

const uses = [
  { value: "input", label: "Input" },
  { value: "fixed", label: "Always the same" },
  { value: "unused", label: "Not used" },
] as const;

/** For each parameter whether people fill it in, it always has one value, or it is left out. */
export function ParameterUses({
  draft,
  parameters,
  onChange,
}: {
  draft: ActionDraft;
  parameters: readonly Parameter[];
  onChange: (draft: ActionDraft) => void;
}) {
  if (parameters.length === 0) return <p className="text-muted text-sm">The call takes no parameters.</p>;
  const set = (key: string, use: ParameterUse) => onChange({ ...draft, uses: { ...draft.uses, [key]: use } });
  return (
    <ul aria-label="Parameters" className="divide-y divide-line rounded-card border border-line">
      {parameters.map((parameter) => (
        <ParameterUseRow
          key={`${parameter.in} ${parameter.key}`}
          parameter={parameter}
          use={chosenUse(draft, parameter)}
          onUse={(use) => set(parameter.key, use)}
        />
      ))}
    </ul>
  );
}

function ParameterUseRow({
  parameter,
  use,
  onUse,
}: {
  parameter: Parameter;
  use: ParameterUse;
  onUse: (use: ParameterUse) => void;
}) {
  const { key, name, in: place, required, description } = parameter;
  const value = use.use === "fixed" ? use.value : undefined;
  const next = (chosen: (typeof uses)[number]["value"]): ParameterUse =>
    chosen === "fixed" ? { use: "fixed", value: parameter.default ?? parameter.example ?? "" } : { use: chosen };
  return (
    <li className="flex flex-col gap-2 px-3 py-2" data-testid="use-row">
      <div className="flex items-center gap-3">
        <div className="flex min-w-0 flex-1 flex-col">
          <span className="flex items-baseline gap-2">
            <span className="truncate font-medium text-sm">{name}</span>
            <code className="truncate font-mono text-muted text-xs">{key}</code>
          </span>
          <span className="truncate text-muted text-xs">
            {place}
            {required && ", required"}
            {description && ` · ${description}`}
          </span>
        </div>
        <div className="w-40 shrink-0">
          <Choice
            aria-label={`What becomes of ${name}`}
            value={use.use}
            options={required && parameter.default === undefined ? uses.slice(0, 2) : uses}
            onChange={(chosen) => onUse(next(chosen))}
          />
        </div>
      </div>
      {use.use === "fixed" && (
        <ValueField
          label="Value"
          type={parameter.type}
          schema={parameter.schema}
          required
          value={value}
          roots={null}
          onChange={(given) => onUse({ use: "fixed", value: given ?? "" })}
        />
      )}
    </li>
  );
}
