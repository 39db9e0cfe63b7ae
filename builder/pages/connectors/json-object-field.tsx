import { useState } from "react";
import type { Json } from "../../../shared/json.ts";
import { JsonInput } from "../../panels/json-input.tsx";

/** A JSON object as text; nothing is an empty one. What is no object stays in the field with the reason, and counts as empty. */
export function JsonObjectField({
  label,
  help,
  value,
  onChange,
}: {
  label: string;
  help: string;
  value: Record<string, Json>;
  onChange: (value: Record<string, Json>) => void;
}) {
  const [typed, setTyped] = useState<Json | undefined>(Object.keys(value).length === 0 ? undefined : value);
  return (
    <JsonInput
      label={label}
      help={help}
      error={typed === undefined || isObject(typed) ? undefined : "Must be an object: { … }."}
      value={typed}
      roots={null}
      disabled={false}
      onChange={(next) => {
        setTyped(next);
        onChange(isObject(next) ? next : {});
      }}
    />
  );
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
