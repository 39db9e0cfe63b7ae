import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { Trigger } from "../../../shared/connector/trigger.ts";
import { formatDuration } from "../../ui/format-time.ts";

export const placeWords: Record<Trigger["places"][number], string> = { flows: "Flows", workbooks: "Workbooks" };

/** Where a trigger's events come from, in a line. */
export function sourceWords({ source }: Trigger, { incomingWebhooks, endpoints }: ConnectorDraft): string {
  if (source.kind === "poll") {
    const endpoint = endpoints.find(({ key }) => key === source.endpoint);
    return `Asks “${endpoint?.name ?? source.endpoint}” every ${formatDuration(source.intervalMs)}`;
  }
  const webhook = incomingWebhooks.find(({ key }) => key === source.webhook);
  const count = source.filters.length;
  const filtered = count === 0 ? "" : count === 1 ? " · 1 filter" : ` · ${count} filters`;
  return `Incoming webhook “${webhook?.name ?? source.webhook}”${filtered}`;
}
