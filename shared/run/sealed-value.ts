import type { Json } from "../json.ts";

/** A value that is stored encrypted is an object with this field alone. */
export const sealedField = "$sealed";
export const maskedText = "••••••";

export function isSealed(value: Json): value is { [sealedField]: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return typeof value[sealedField] === "string" && Object.keys(value).length === 1;
}

/** What people see of a value: dots where it is encrypted. */
export function masked(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isSealed(value)) return maskedText;
  if (Array.isArray(value)) return value.map(masked);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner)]));
}
