import type { TriggerOutput } from "../../shared/event/event.ts";
import { parseBody } from "../events/parse-body.ts";
import type { StoredEvent } from "../store/engine-store.ts";

/** What a stored event gives to the steps: its body as JSON, or as text when it is none. */
export function triggerOutput(event: StoredEvent): TriggerOutput {
  return {
    id: event.id,
    source: event.source,
    receivedAt: event.receivedAt,
    body: parseBody(event.body).value,
    headers: JSON.parse(event.headers),
    query: JSON.parse(event.query),
  };
}
