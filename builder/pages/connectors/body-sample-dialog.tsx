import { useMemo, useState } from "react";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import type { Json } from "../../../shared/json.ts";
import { JsonInput } from "../../panels/json-input.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { fieldsFromSample, withSampleFields } from "./body-kind.ts";

/** Makes body fields of a JSON body as the API's documentation shows it. */
export function BodySampleDialog({
  endpoint,
  onClose,
  onTake,
}: {
  endpoint: Endpoint;
  onClose: () => void;
  onTake: (endpoint: Endpoint) => void;
}) {
  const [sample, setSample] = useState<Json | undefined>(undefined);
  const read = useMemo(() => (sample === undefined ? null : fieldsFromSample(sample)), [sample]);
  const fields = read && "fields" in read ? read.fields : [];
  const known = new Set(
    endpoint.parameters.flatMap(({ in: place, key, wireName }) => (place === "body" ? [wireName ?? key] : [])),
  );
  return (
    <Dialog
      open
      held={sample !== undefined}
      onClose={onClose}
      title="Fields from a sample"
      description="Paste a JSON body as the API's documentation shows it: each of its fields becomes a body parameter."
      hint={read === null ? "Paste a sample." : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={fields.length === 0}
            onClick={() => {
              onTake(withSampleFields(endpoint, fields));
              onClose();
            }}
          >
            {fields.length === 0 ? "Take the fields" : `Take ${fields.length} ${fields.length === 1 ? "field" : "fields"}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <JsonInput
          label="Sample body"
          error={read && "problem" in read ? read.problem : undefined}
          value={sample}
          roots={null}
          disabled={false}
          onChange={setSample}
        />
        {fields.length > 0 && (
          <ul aria-label="Fields" className="max-h-60 divide-y divide-line overflow-y-auto rounded-card border border-line">
            {fields.map(({ key, type }) => (
              <li key={key} className="flex items-baseline gap-3 px-3 py-1.5 text-xs">
                <code className="min-w-0 flex-1 truncate font-mono">{key}</code>
                <span className="text-muted">{known.has(key) ? `${type}, known already` : type}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}
