import type { Json } from "../../shared/json.ts";

/** About how many bytes a value's JSON has, found without making it: exact for ASCII that needs no escapes. */
export function jsonSize(value: Json | undefined): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 4;
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += 1 + jsonSize(item);
  else for (const key of Object.keys(value)) size += key.length + 4 + jsonSize(value[key]);
  return size;
}
