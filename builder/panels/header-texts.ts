import type { Json } from "../../shared/json.ts";

/** Headers hold texts alone; null for what is no object. */
export function headerTexts(value: Json): Record<string, string> | null {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return null;
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => [name, typeof text === "string" ? text : JSON.stringify(text)]),
  );
}
