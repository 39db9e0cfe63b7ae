import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Parameter } from "../../../shared/connector/parameter.ts";
import type { StaticLink } from "../../../shared/connector/parameter-link.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { ProblemLine } from "../../ui/problem-line.tsx";
import { pastedRows, type EnumerateRow as Row, withPasted } from "./enumerate-paste.ts";

/** "Create an enumerate value": the values a parameter may have, each with what people see. */
export function EnumerateDialog({
  parameter,
  onClose,
  onSave,
}: {
  parameter: Parameter;
  onClose: () => void;
  onSave: (link: StaticLink) => void;
}) {
  const [rows, setRows] = useState<Row[]>(() => rowsOf(parameter));
  const [allowCustom, setAllowCustom] = useState(parameter.link?.allowCustom ?? false);
  const filled = rows.filter(({ value }) => value !== "");
  const problem = problemOf(filled, parameter);
  const set = (index: number, change: Partial<Row>) =>
    setRows(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  return (
    <Dialog
      open
      onClose={onClose}
      title={parameter.link?.kind === "static" ? "Edit the enumerate value" : "Create an enumerate value"}
      description={`“${parameter.name}” is limited to these values: no other is sent.`}
      hint={filled.length === 0 ? "Enter at least one value." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="enumerate" disabled={filled.length === 0 || problem !== null}>
            Save
          </Button>
        </>
      }
    >
      <form
        id="enumerate"
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          const values = filled.map(({ value, label }) => ({ value: typed(value, parameter), label: label || value }));
          onSave({ kind: "static", values, allowCustom });
        }}
      >
        <div className="grid grid-cols-[1fr_1fr_auto] items-center gap-2">
          <span className="font-medium text-sm">Value</span>
          <span className="font-medium text-sm">Shown as</span>
          <span />
          {rows.map((row, index) => (
            <RowFields
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no identity but its place
              key={index}
              row={row}
              index={index}
              onChange={(change) => set(index, change)}
              onPaste={(pasted) => setRows(withPasted(rows, index, pasted))}
              onRemove={() => setRows(rows.filter((_, at) => at !== index))}
            />
          ))}
        </div>
        <p className="text-muted text-xs">Many at once: paste them into a value, one per line, as “value = label”.</p>
        <Button
          size="small"
          className="self-start"
          disabled={rows.length >= 500}
          onClick={() => setRows([...rows, { value: "", label: "" }])}
        >
          <Plus aria-hidden="true" />
          Add a value
        </Button>
        {problem && <ProblemLine text={problem} />}
        <Checkbox checked={allowCustom} onChange={setAllowCustom}>
          Other values may be sent too
        </Checkbox>
      </form>
    </Dialog>
  );
}

function RowFields({
  row,
  index,
  onChange,
  onPaste,
  onRemove,
}: {
  row: Row;
  index: number;
  onChange: (change: Partial<Row>) => void;
  /** Several lines came at once. */
  onPaste: (rows: Row[]) => void;
  onRemove: () => void;
}) {
  return (
    <>
      <Input
        aria-label={`Value ${index + 1}`}
        mono
        value={row.value}
        onChange={(event) => onChange({ value: event.target.value })}
        onPaste={(event) => {
          const pasted = pastedRows(event.clipboardData.getData("text"));
          if (!pasted) return;
          event.preventDefault();
          onPaste(pasted);
        }}
      />
      <Input
        aria-label={`Value ${index + 1} is shown as`}
        maxLength={200}
        placeholder={row.value}
        value={row.label}
        onChange={(event) => onChange({ label: event.target.value })}
      />
      <IconButton label={`Remove value ${index + 1}`} onClick={onRemove}>
        <Trash2 aria-hidden="true" />
      </IconButton>
    </>
  );
}

function rowsOf({ link }: Parameter): Row[] {
  if (link?.kind !== "static")
    return [
      { value: "", label: "" },
      { value: "", label: "" },
    ];
  return link.values.map(({ value, label }) => ({ value: String(value), label: label === String(value) ? "" : label }));
}

function problemOf(rows: readonly Row[], { type }: Parameter): string | null {
  const values = rows.map(({ value }) => value);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) return `“${twice}” is there twice`;
  const wrong =
    type === "integer" || type === "number"
      ? values.find((value) => !Number.isFinite(Number(value)) || (type === "integer" && !Number.isInteger(Number(value))))
      : type === "boolean"
        ? values.find((value) => value !== "true" && value !== "false")
        : undefined;
  return wrong === undefined ? null : `“${wrong}” is no ${type}`;
}

/** In the type of the parameter: numeric ids must not become texts. */
function typed(value: string, { type }: Parameter): string | number | boolean {
  if (type === "integer" || type === "number") return Number(value);
  return type === "boolean" ? value === "true" : value;
}
