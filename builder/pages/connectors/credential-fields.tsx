import { Plus, Trash2 } from "lucide-react";
import type { CredentialField } from "../../../shared/connector/credential-field.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";

/** What people who connect are asked for; `{{credentials.<key>}}` stands for each value. */
export function CredentialFields({
  fields,
  least,
  problem,
  onChange,
}: {
  fields: readonly CredentialField[];
  /** How many there must be. */
  least: 0 | 1;
  problem?: string | undefined;
  onChange: (fields: CredentialField[]) => void;
}) {
  const set = (index: number, change: Partial<CredentialField>) =>
    onChange(fields.map((field, at) => (at === index ? { ...field, ...change } : field)));
  return (
    <div className="flex flex-col gap-2">
      <span className="font-medium text-sm">What people who connect are asked for</span>
      {fields.map((field, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a field's key changes while it is typed
        <div key={index} className="flex items-center gap-2">
          <Input
            aria-label={`Key of field ${index + 1}`}
            mono
            value={field.key}
            onChange={(event) => set(index, { key: event.target.value })}
          />
          <Input
            aria-label={`Label of field ${index + 1}`}
            value={field.label}
            onChange={(event) => set(index, { label: event.target.value })}
          />
          <Checkbox checked={field.secret} onChange={(checked) => set(index, { secret: checked })}>
            Secret
          </Checkbox>
          <IconButton
            label={`Remove field ${field.label}`}
            disabled={fields.length <= least}
            onClick={() => onChange(fields.filter((_, at) => at !== index))}
          >
            <Trash2 aria-hidden="true" />
          </IconButton>
        </div>
      ))}
      {problem && (
        <p role="alert" className="text-failed-text text-xs">
          {problem}
        </p>
      )}
      <Button
        size="small"
        className="self-start"
        disabled={fields.length >= 20}
        onClick={() => onChange([...fields, { key: `field${fields.length + 1}`, label: "Field", secret: true }])}
      >
        <Plus aria-hidden="true" />
        Add a field
      </Button>
    </div>
  );
}
