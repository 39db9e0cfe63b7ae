import type { Connector } from "../../shared/connector/connector.ts";
import type { PollSource, Trigger } from "../../shared/connector/trigger.ts";
import type { AppTriggerNode } from "../../shared/flow/node.ts";

type Connectors = ReadonlyMap<string, Connector>;
export type Polling = { connector: Connector; trigger: Trigger; source: PollSource };

/** The trigger that a node names; null when its connector has none of that key. */
export function triggerOf(node: AppTriggerNode, connectors: Connectors): Trigger | null {
  return connectors.get(node.connector)?.triggers?.find(({ key }) => key === node.trigger) ?? null;
}

/**
 * What a node polls: its trigger's own endpoint, or that of the trigger which takes over while no subscription can be had. Null when
 * it has neither.
 */
export function pollingOf(node: AppTriggerNode, connectors: Connectors): Polling | null {
  const connector = connectors.get(node.connector);
  const trigger = triggerOf(node, connectors);
  if (!connector || !trigger) return null;
  if (trigger.source.kind === "poll") return { connector, trigger, source: trigger.source };
  const { webhook: key } = trigger.source;
  const fallback = connector.incomingWebhooks.find((webhook) => webhook.key === key)?.resthook?.fallback;
  const polling = connector.triggers?.find((candidate) => candidate.key === fallback);
  return polling?.source.kind === "poll" ? { connector, trigger: polling, source: polling.source } : null;
}
