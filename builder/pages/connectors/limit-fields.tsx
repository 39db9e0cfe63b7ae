import { Plus, Trash2 } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Choice, Input } from "../../ui/input.tsx";
import { type LimitRow, newWindow, spans, type WindowRow } from "./limit-rows.ts";

const maxWindows = 5;

/** One limit: the group of calls that it is for, and how many of them in how long; all its windows hold at once. */
export function LimitFields({
  number,
  row,
  problem,
  onChange,
  onRemove,
}: {
  number: number;
  row: LimitRow;
  /** What is wrong with a field of it, e.g. `group` or `windows.0.limit`. */
  problem: (field: string) => string | undefined;
  onChange: (row: LimitRow) => void;
  onRemove: () => void;
}) {
  const { group, windows } = row;
  const set = (index: number, change: Partial<WindowRow>) =>
    onChange({ ...row, windows: windows.map((each, at) => (at === index ? { ...each, ...change } : each)) });
  return (
    // Positioned, so that its hidden legend is scrolled with it.
    <fieldset className="relative flex min-w-0 flex-col gap-4 rounded-card border border-line p-4">
      <legend className="sr-only">Limit {number}</legend>
      <div className="flex items-center">
        <span aria-hidden="true" className="flex-1 font-medium text-sm">
          Limit {number}
        </span>
        <IconButton label={`Remove limit ${number}`} onClick={onRemove}>
          <Trash2 aria-hidden="true" />
        </IconButton>
      </div>
      <Field
        label="Group"
        help="A name of your own, for example export: endpoints choose it in their form. Left empty, the limit is for all calls that name none."
        error={problem("group")}
      >
        {(control) => (
          <Input
            {...control}
            mono
            maxLength={63}
            placeholder="All other calls"
            value={group}
            onChange={(event) => onChange({ ...row, group: event.target.value })}
          />
        )}
      </Field>
      {windows.map((window, index) => (
        <WindowFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a window has no identity but its place
          key={index}
          window={window}
          problem={(field) => problem(`windows.${index}.${field}`)}
          removal={{ label: `Remove window ${index + 1} of limit ${number}`, disabled: windows.length === 1 }}
          onChange={(change) => set(index, change)}
          onRemove={() => onChange({ ...row, windows: windows.filter((_, at) => at !== index) })}
        />
      ))}
      <Button
        size="small"
        className="self-start"
        disabled={windows.length >= maxWindows}
        onClick={() => onChange({ ...row, windows: [...windows, { ...newWindow, span: "60000" }] })}
      >
        <Plus aria-hidden="true" />
        Add a window
      </Button>
    </fieldset>
  );
}

/** "25 calls in any 1 second" */
function WindowFields({
  window,
  problem,
  removal,
  onChange,
  onRemove,
}: {
  window: WindowRow;
  problem: (field: string) => string | undefined;
  removal: { label: string; disabled: boolean };
  onChange: (change: Partial<WindowRow>) => void;
  onRemove: () => void;
}) {
  return (
    <div className="grid grid-cols-[7rem_minmax(0,1fr)_auto] items-start gap-4">
      <Field label="Calls at most" required error={problem("limit")}>
        {(control) => (
          <Input
            {...control}
            inputMode="numeric"
            value={window.calls}
            onChange={(event) => onChange({ calls: event.target.value })}
          />
        )}
      </Field>
      <Field label="In any" required error={problem("perMs")}>
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              inputMode="decimal"
              className="w-20!"
              value={window.amount}
              onChange={(event) => onChange({ amount: event.target.value })}
            />
            <Choice aria-label="Unit" value={window.span} options={spans} onChange={(span) => onChange({ span })} />
          </div>
        )}
      </Field>
      <IconButton className="mt-7" {...removal} onClick={onRemove}>
        <Trash2 aria-hidden="true" />
      </IconButton>
    </div>
  );
}
