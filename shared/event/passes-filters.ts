import type { EventFilter } from "../connector/trigger.ts";
import { parsePath, parseTemplate, readPath } from "../flow/expression.ts";
import type { Json } from "../json.ts";

/**
 * Do all filters let an event pass? `body` is its parsed body. Values are compared as text, lists and objects as their JSON. A filter
 * on an input of the trigger's form that was left out does not count. A value that is not there equals nothing.
 */
export function passesFilters(filters: EventFilter[], body: unknown, inputs: Record<string, Json>): boolean {
  return filters.every((filter) => passes(filter, body, inputs));
}

function passes({ path, operator, value }: EventFilter, body: unknown, inputs: Record<string, Json>): boolean {
  const parsed = parsePath(path);
  const found = parsed === null ? undefined : readPath(body, parsed);
  if (operator === "exists") return found !== undefined && found !== null;
  const wanted = wantedValue(value, inputs);
  if (wanted === undefined) return true;
  const text = found === undefined ? null : textOf(found);
  switch (operator) {
    case "equals":
      return text !== null && text === textOf(wanted);
    case "not-equals":
      return text !== textOf(wanted);
    case "one-of":
      return text !== null && (Array.isArray(wanted) ? wanted : [wanted]).some((each) => textOf(each) === text);
  }
}

/** `{{inputs.<key>}}` stands for what was filled in; undefined when nothing was. */
function wantedValue(value: Json | undefined, inputs: Record<string, Json>): Json | undefined {
  if (typeof value !== "string") return value;
  const template = parseTemplate(value);
  if (!("parts" in template) || template.whole === null) return value;
  const [root, key, ...rest] = template.whole;
  if (root !== "inputs" || typeof key !== "string" || rest.length > 0 || !Object.hasOwn(inputs, key)) return undefined;
  const given = inputs[key];
  return given === "" || given === null ? undefined : given;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
