import { Plus, Trash2 } from "lucide-react";
import type { Condition, ConditionOperator } from "../../shared/flow/condition.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Segmented } from "../ui/segmented.tsx";
import { Select } from "../ui/select.tsx";
import type { DataRoot } from "./data-roots.ts";
import { ValueField } from "./value-field.tsx";

const operators: readonly { value: ConditionOperator; label: string }[] = [
  { value: "equals", label: "equals" },
  { value: "not-equals", label: "does not equal" },
  { value: "greater-than", label: "is greater than" },
  { value: "at-least", label: "is at least" },
  { value: "less-than", label: "is less than" },
  { value: "at-most", label: "is at most" },
  { value: "contains", label: "contains" },
  { value: "exists", label: "exists" },
  { value: "is-empty", label: "is empty" },
  { value: "is-not-empty", label: "is not empty" },
];
const oneSided = new Set<ConditionOperator>(["exists", "is-empty", "is-not-empty"]);
export const newCondition: Condition = { left: "", operator: "equals", right: "" };

type Rule = { match: "all" | "any"; conditions: Condition[] };

/** A rule: conditions of which all or any must hold. `field` is its place in the node, by which problems name it. */
export function ConditionsForm({
  rule,
  field,
  roots,
  problems,
  disabled,
  onChange,
}: {
  rule: Rule;
  field: string;
  roots: readonly DataRoot[];
  /** By field of the node. */
  problems: Readonly<Record<string, string>>;
  disabled: boolean;
  onChange: (rule: Rule, group?: string) => void;
}) {
  const { match, conditions } = rule;
  const set = (index: number, condition: Condition, group?: string) =>
    onChange({ match, conditions: conditions.map((each, at) => (at === index ? condition : each)) }, group);
  return (
    <div className="flex flex-col gap-4">
      {conditions.length > 1 && (
        <Segmented
          label="The rule holds when"
          value={match}
          onChange={(next) => onChange({ match: next, conditions })}
          segments={[
            { value: "all", label: "All hold" },
            { value: "any", label: "Any holds" },
          ]}
        />
      )}
      {conditions.map((condition, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no identity but its place
        <fieldset key={index} disabled={disabled} className="flex min-w-0 flex-col gap-3 rounded-card border border-line p-3">
          <legend className="sr-only">Condition {index + 1}</legend>
          <ValueField
            label="Value"
            type="any"
            value={condition.left}
            roots={roots}
            disabled={disabled}
            error={problems[`${field}.${index}.left`]}
            onChange={(left) => set(index, { ...condition, left: left ?? "" }, `${field}.${index}.left`)}
          />
          <div className="flex items-center justify-between">
            <Select
              label={`Operator of condition ${index + 1}`}
              value={condition.operator}
              options={operators}
              onChange={(operator) => set(index, { ...condition, operator })}
            />
            {conditions.length > 1 && (
              <IconButton
                label={`Remove condition ${index + 1}`}
                onClick={() => onChange({ match, conditions: conditions.filter((_, at) => at !== index) })}
              >
                <Trash2 aria-hidden="true" />
              </IconButton>
            )}
          </div>
          {!oneSided.has(condition.operator) && (
            <ValueField
              label="Compared with"
              type="any"
              value={condition.right}
              roots={roots}
              disabled={disabled}
              error={problems[`${field}.${index}.right`]}
              onChange={(right) => set(index, { ...condition, right: right ?? "" }, `${field}.${index}.right`)}
            />
          )}
        </fieldset>
      ))}
      {!disabled && conditions.length < 50 && (
        <Button
          className="self-start"
          size="small"
          onClick={() => onChange({ match, conditions: [...conditions, newCondition] })}
        >
          <Plus aria-hidden="true" />
          Add a condition
        </Button>
      )}
    </div>
  );
}
