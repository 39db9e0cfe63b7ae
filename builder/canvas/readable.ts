import { parseTemplate } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";

const longestExpression = 40;

/** A value as a person would say it: `{{steps.search.output.total}}` is "search.total", and `{{= $sum(a) }}` is "JSONata: $sum(a)". */
export function readable(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const template = parseTemplate(value);
  if ("problem" in template) return value;
  if (template.jsonata !== undefined) return `JSONata: ${shortExpression(template.jsonata)}`;
  if (!template.parts.some((part) => "path" in part)) return `"${value}"`;
  return template.parts.map((part) => ("path" in part ? shortSource(part.source) : part.text)).join("");
}

function shortExpression(source: string): string {
  const line = source.replace(/\s+/g, " ");
  return line.length > longestExpression ? `${line.slice(0, longestExpression - 1).trimEnd()}…` : line;
}

/** A field of the body that is called as one of the trigger's own keeps its whole path: `trigger.id` is the event's. */
const triggerBody = /^trigger\.body\b(?!\.(?:body|headers|query|id|source|receivedAt)\b)/;

function shortSource(source: string): string {
  return source.replace(/^steps\.([\w-]+)\.output\b/, "$1").replace(triggerBody, "trigger");
}
