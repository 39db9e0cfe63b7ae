import { inText, type Path, parseTemplate } from "../../shared/flow/expression.ts";
import { checkJsonata, type Root } from "../../shared/flow/jsonata.ts";
import type { Json } from "../../shared/json.ts";

/** Gives the value at a path of the run (`trigger…`, `steps.<id>.output…`), undefined when there is none. */
export type Lookup = (path: Path) => Json | undefined;
/** Gives what a JSONata expression came to, by its source. */
export type LookupExpression = (source: string) => Json | undefined;

/** A value with its templates parsed once: resolve it for each run. */
export type CompiledValue = {
  /** Sources of its JSONata expressions, each once: they are evaluated before it is resolved. */
  expressions: string[];
  /** What these read of the run. One that cannot be read reads nothing: evaluating it says what is wrong. */
  roots: Root[];
  /** Undefined means that a whole-value template found nothing. */
  resolve: Resolve;
};
type Resolve = (lookup: Lookup, expression: LookupExpression) => Json | undefined;

/**
 * Compiles a value that may hold `{{path}}` and `{{= JSONata }}` in its strings. A string that is one template keeps the type of what
 * it finds; inside text, what is missing is "" and what is no string is JSON. Object fields that find nothing are left out, array
 * items become null.
 */
export function compileValue(value: Json): CompiledValue {
  const expressions = new Set<string>();
  const resolve = compile(value, expressions);
  const roots = [...expressions].flatMap((source) => {
    const checked = checkJsonata(source);
    return "roots" in checked ? checked.roots : [];
  });
  return { expressions: [...expressions], roots, resolve };
}

function compile(value: Json, expressions: Set<string>): Resolve {
  if (typeof value === "string") return compileText(value, expressions);
  if (typeof value !== "object" || value === null) return () => value;
  if (Array.isArray(value)) {
    const items = value.map((item) => compile(item, expressions));
    return (lookup, expression) => items.map((item) => item(lookup, expression) ?? null);
  }
  const fields = Object.entries(value).map(([key, inner]) => [key, compile(inner, expressions)] as const);
  return (lookup, expression) => {
    const found: [string, Json][] = [];
    for (const [key, field] of fields) {
      const resolved = field(lookup, expression);
      if (resolved !== undefined) found.push([key, resolved]);
    }
    // fromEntries defines own properties, so a field named __proto__ stays data.
    return Object.fromEntries(found);
  };
}

function compileText(text: string, expressions: Set<string>): Resolve {
  if (!text.includes("{{")) return () => text;
  const template = parseTemplate(text);
  // Publishing refuses text that cannot be parsed; what slips through is literal, never half resolved.
  if ("problem" in template) return () => text;
  const { whole, parts, jsonata } = template;
  if (jsonata !== undefined) {
    expressions.add(jsonata);
    return (_, expression) => expression(jsonata);
  }
  if (whole) return (lookup) => lookup(whole);
  return (lookup) => parts.map((part) => ("text" in part ? part.text : inText(lookup(part.path)))).join("");
}
