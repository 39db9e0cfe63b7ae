import { Plus, Trash2 } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Choice, Input, TextArea } from "../../ui/input.tsx";
import { knownPaths, PathField } from "./path-field.tsx";
import type { FilterDraft } from "./trigger-draft.ts";
import type { TriggerPartProps } from "./trigger-part-props.ts";

const most = 20;
const operators = [
  { value: "equals", label: "is" },
  { value: "not-equals", label: "is not" },
  { value: "one-of", label: "is one of" },
  { value: "exists", label: "is there" },
] as const;

/** Which events of the webhook count: all filters have to hold. */
export function TriggerFilters({ draft, problem, onChange }: TriggerPartProps) {
  const { filters } = draft;
  const known = knownPaths(undefined, draft.sample);
  const set = (next: FilterDraft[]) => onChange({ ...draft, filters: next });
  return (
    <section aria-label="Filters" className="flex flex-col gap-3">
      <div className="flex flex-col gap-0.5">
        <h3 className="font-medium text-sm">Filters</h3>
        <p className="text-muted text-xs">
          {filters.length === 0
            ? "Without filters every event of the webhook starts a run."
            : "Only events that pass all of them start a run. A value may be {{inputs.…}}, which is a field of the form; left empty there, its filter does not count."}
        </p>
      </div>
      {filters.map((filter, index) => (
        <FilterRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a filter has no identity but its place
          key={index}
          number={index + 1}
          filter={filter}
          known={known}
          problem={(field) => problem[`trigger.source.filters.${index}.${field}`]}
          onChange={(next) => set(filters.map((each, at) => (at === index ? next : each)))}
          onRemove={() => set(filters.filter((_, at) => at !== index))}
        />
      ))}
      <Button
        size="small"
        className="self-start"
        disabled={filters.length >= most}
        onClick={() => set([...filters, { path: "", operator: "equals", value: "" }])}
      >
        <Plus aria-hidden="true" />
        Add a filter
      </Button>
    </section>
  );
}

function FilterRow({
  number,
  filter,
  known,
  problem,
  onChange,
  onRemove,
}: {
  number: number;
  filter: FilterDraft;
  known: readonly string[];
  problem: (field: string) => string | undefined;
  onChange: (filter: FilterDraft) => void;
  onRemove: () => void;
}) {
  return (
    <fieldset className="flex min-w-0 items-start gap-2">
      <legend className="sr-only">{`Filter ${number}`}</legend>
      <div className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)_--spacing(28)_minmax(0,1fr)] items-start gap-2">
        <PathField
          label="Path in the body"
          placeholder="type"
          known={known}
          error={problem("path")}
          value={filter.path}
          onChange={(path) => onChange({ ...filter, path })}
        />
        <Field label="Holds when it">
          {(control) => (
            <Choice
              {...control}
              value={filter.operator}
              options={operators}
              onChange={(operator) => onChange({ ...filter, operator, ...(operator === "exists" && { value: "" }) })}
            />
          )}
        </Field>
        {filter.operator !== "exists" && (
          <Field
            label={filter.operator === "one-of" ? "Values" : "Value"}
            help={filter.operator === "one-of" ? "One on each line." : undefined}
            error={problem("value")}
          >
            {(control) =>
              filter.operator === "one-of" ? (
                <TextArea
                  {...control}
                  mono
                  value={filter.value}
                  onChange={({ target }) => onChange({ ...filter, value: target.value })}
                />
              ) : (
                <Input
                  {...control}
                  mono
                  placeholder="contact.created"
                  value={filter.value}
                  onChange={({ target }) => onChange({ ...filter, value: target.value })}
                />
              )
            }
          </Field>
        )}
      </div>
      <span className="pt-6.5">
        <IconButton label={`Remove filter ${number}`} onClick={onRemove}>
          <Trash2 aria-hidden="true" />
        </IconButton>
      </span>
    </fieldset>
  );
}
