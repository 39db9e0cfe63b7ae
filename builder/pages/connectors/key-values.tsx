import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";

type Row = { key: string; value: string };

/** Names with a value each, as rows; a row without a name counts for nothing. */
export function KeyValues({
  label,
  help,
  names,
  values,
  value,
  add,
  onChange,
}: {
  label: string;
  help: string;
  /** What the two columns are called, e.g. "Parameter" and "Value". */
  names: string;
  values: string;
  value: Record<string, string>;
  /** Words of the button, e.g. "Add a parameter". */
  add: string;
  onChange: (value: Record<string, string>) => void;
}) {
  const [rows, setRows] = useState<Row[]>(() => Object.entries(value).map(([key, text]) => ({ key, value: text })));
  function change(next: Row[]): void {
    setRows(next);
    onChange(Object.fromEntries(next.filter(({ key }) => key.trim() !== "").map((row) => [row.key.trim(), row.value])));
  }
  const set = (index: number, part: Partial<Row>) => change(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium text-sm">{label}</legend>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row's name changes while it is typed
        <div key={index} className="flex items-center gap-2">
          <Input
            aria-label={`${names} ${index + 1}`}
            mono
            placeholder={names}
            value={row.key}
            onChange={(event) => set(index, { key: event.target.value })}
          />
          <Input
            aria-label={`${values} ${index + 1}`}
            mono
            placeholder={values}
            value={row.value}
            onChange={(event) => set(index, { value: event.target.value })}
          />
          <IconButton
            label={`Remove ${row.key || `row ${index + 1}`}`}
            onClick={() => change(rows.filter((_, at) => at !== index))}
          >
            <Trash2 aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      <p className="text-muted text-xs">{help}</p>
      <Button size="small" className="self-start" onClick={() => change([...rows, { key: "", value: "" }])}>
        <Plus aria-hidden="true" />
        {add}
      </Button>
    </fieldset>
  );
}
