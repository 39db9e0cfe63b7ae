import { type Path, parseTemplate } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";

/** Gives the value at a path of the run (`trigger…`, `steps.<id>.output…`), undefined when there is none. */
export type Lookup = (path: Path) => Json | undefined;

/** A value with its templates parsed once: call it for each run. Undefined means that a whole-value template found nothing. */
export type CompiledValue = (lookup: Lookup) => Json | undefined;

/**
 * Compiles a value that may hold `{{path}}` templates in its strings. A string that is one template keeps the type of what it finds;
 * inside text, what is missing is "" and what is no string is JSON. Object fields that find nothing are left out, array items become null.
 */
export function compileValue(value: Json): CompiledValue {
  if (typeof value === "string") return compileText(value);
  if (typeof value !== "object" || value === null) return () => value;
  if (Array.isArray(value)) {
    const items = value.map(compileValue);
    return (lookup) => items.map((item) => item(lookup) ?? null);
  }
  const fields = Object.entries(value).map(([key, inner]) => [key, compileValue(inner)] as const);
  return (lookup) => {
    const found: [string, Json][] = [];
    for (const [key, field] of fields) {
      const resolved = field(lookup);
      if (resolved !== undefined) found.push([key, resolved]);
    }
    // fromEntries defines own properties, so a field named __proto__ stays data.
    return Object.fromEntries(found);
  };
}

function compileText(text: string): CompiledValue {
  if (!text.includes("{{")) return () => text;
  const template = parseTemplate(text);
  // Publishing refuses text that cannot be parsed; what slips through is literal, never half resolved.
  if ("problem" in template) return () => text;
  const { whole, parts } = template;
  if (whole) return (lookup) => lookup(whole);
  return (lookup) => parts.map((part) => ("text" in part ? part.text : inText(lookup(part.path)))).join("");
}

function inText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
