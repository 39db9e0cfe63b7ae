import { parseTemplate, readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";

/** Fills `{{credentials.<key>}}` in, in strings at any depth. */
export function fillCredentials(value: Json, credentials: Record<string, string>): Json {
  if (typeof value === "string") {
    const template = parseTemplate(value);
    if ("problem" in template || template.jsonata !== undefined) return value;
    return template.parts
      .map((part) => ("text" in part ? part.text : String(readPath({ credentials }, part.path) ?? "")))
      .join("");
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => fillCredentials(item, credentials));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillCredentials(inner, credentials)]));
}
