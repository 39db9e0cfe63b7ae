import type { Trigger } from "../../shared/connector/trigger.ts";
import { triggerInputs } from "../../shared/connector/trigger-inputs.ts";
import { readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { JsonataPool } from "./jsonata-pool.ts";
import { type CompiledValue, compileValue } from "./resolve-template.ts";

/** What a trigger's transformation may name: `{{event…}}`, and the values of its form, `{{inputs…}}`. */
export type EventToTransform = {
  id: string;
  body: Json;
  headers: Record<string, string>;
  query: Record<string, string>;
  receivedAt: number;
  type: string | null;
};
export type Transformed = { outcome: "transformed"; value: Json } | { outcome: "failed"; code: string; message: string };

const compiled = new WeakMap<Trigger, CompiledValue>();

/**
 * Gives what a trigger makes of an event (`key`: whose, for turns): the body as it came where it has no transformation. Settles at once when that holds only
 * paths; a template that finds nothing gives null.
 */
export function transformEvent(
  { jsonata }: { jsonata: Pick<JsonataPool, "evaluate"> },
  trigger: Trigger,
  { event, inputs, key }: { event: EventToTransform; inputs: Record<string, Json>; key?: string },
): Transformed | Promise<Transformed> {
  if (trigger.transformation === undefined) return { outcome: "transformed", value: event.body };
  const template = compiledOf(trigger, trigger.transformation);
  const roots = { event, inputs: triggerInputs(trigger, inputs) };
  const fill = (values: Map<string, Json | undefined>): Transformed => ({
    outcome: "transformed",
    value:
      template.resolve(
        (path) => readPath(roots, path) as Json | undefined,
        (source) => values.get(source),
      ) ?? null,
  });
  if (template.expressions.length === 0) return fill(new Map());
  return jsonata.evaluate({ sources: template.expressions, input: roots }, key).then((evaluated) => {
    const values = new Map<string, Json | undefined>();
    for (const [index, source] of template.expressions.entries()) {
      const result = evaluated[index];
      if (result?.outcome === "failed")
        return { outcome: "failed", code: result.code, message: `the trigger's transformation: ${result.message}` };
      values.set(source, result?.value);
    }
    return fill(values);
  });
}

/** Documents of frozen versions stay the same objects, so each is compiled once. */
function compiledOf(trigger: Trigger, transformation: Json): CompiledValue {
  const known = compiled.get(trigger);
  if (known) return known;
  const template = compileValue(transformation);
  compiled.set(trigger, template);
  return template;
}
