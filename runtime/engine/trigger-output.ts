import type { TriggerOutput } from "../../shared/event/event.ts";
import { parseBody } from "../events/parse-body.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { transformEvent } from "../expressions/transform-event.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import { pollingOf, triggerOf } from "../flows/poll-source.ts";
import type { StoredEvent } from "../store/engine-store.ts";

/** What the trigger gives to the steps, or why it cannot. */
export type Triggered = { outcome: "given"; output: TriggerOutput } | { outcome: "failed"; code: string; message: string };
type Starting = { event: StoredEvent; trigger: string; version: RunnableVersion };

/**
 * What a stored event gives to the steps: its body as JSON, or as text when it is none; of an app's trigger, what its transformation
 * makes of that. Settles at once unless an expression is evaluated.
 */
export function triggerOutput(
  deps: { jsonata: Pick<JsonataPool, "evaluate"> },
  { event, trigger, version }: Starting,
): Triggered | Promise<Triggered> {
  const output: TriggerOutput = {
    id: event.id,
    source: event.source,
    receivedAt: event.receivedAt,
    body: parseBody(event.body).value,
    headers: JSON.parse(event.headers),
    query: JSON.parse(event.query),
  };
  const node = version.graph.nodes.get(trigger);
  // Held while the flow was paused, and published anew without what it was for: that is said, not passed over.
  if (!node)
    return { outcome: "failed", code: "unknown_trigger", message: `the flow's version has no trigger "${trigger}" any more` };
  if (node?.kind !== "app-trigger") return { outcome: "given", output };
  // What was polled while no subscription could be had is an item of the trigger that took over.
  const polled = event.source === "poll" ? pollingOf(node, version.connectors)?.trigger : undefined;
  const document = polled ?? triggerOf(node, version.connectors);
  if (!document)
    return {
      outcome: "failed",
      code: "unknown_trigger",
      message: `"${node.connector}" has no trigger "${node.trigger}" any more`,
    };
  const { id, body, headers, query, receivedAt } = output;
  const transformed = transformEvent(deps, document, {
    event: { id, body, headers, query, receivedAt, type: event.eventType },
    inputs: node.inputs,
    key: version.id,
  });
  const given = (result: Awaited<typeof transformed>): Triggered =>
    result.outcome === "failed" ? result : { outcome: "given", output: { ...output, body: result.value } };
  return transformed instanceof Promise ? transformed.then(given) : given(transformed);
}
