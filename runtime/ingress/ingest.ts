import type { EventSource } from "../../shared/event/event.ts";
import type { Ids } from "../ids.ts";
import type { EngineStore, IngestAllOutcome, IngestOutcome, NewEvent, NewRun } from "../store/engine-store.ts";

/** One thing from outside, on its way to being durable. `headers` and `query` are JSON objects, credentials already masked. */
export type Incoming = {
  workspace: string;
  source: EventSource;
  hook: string | null;
  flow: string;
  receivedAt: number;
  method: string;
  headers: string;
  query: string;
  contentType: string | null;
  body: Uint8Array;
  /** `scope`: the id of the hook, or what else the key is one of. */
  dedupe: { scope: string; key: string; windowMs: number } | null;
} & Pick<NewEvent, "node" | "eventType" | "verified" | "held" | "filtered" | "replay" | "correlations">;

/**
 * `run` has its id before the commit, so that a caller can listen for it first. Null: the event is only kept, since nothing would
 * run for it.
 */
export type Ingest = (incoming: Incoming, run: NewRun | null) => Promise<IngestOutcome>;

/** Several events in one commit. `delivery`: they came in one request to this hook, whose raw body is kept beside them. */
export type IngestAll = (
  delivery: { hook: string; body: Uint8Array } | null,
  items: { incoming: Incoming; run: NewRun | null }[],
) => Promise<IngestAllOutcome>;

type Deps = { engine: EngineStore; ids: Ids };

/** The one way in for everything from outside: the event, its dedupe key and its run, if there is one, are one commit. */
export function createIngest({ engine, ids }: Deps): Ingest {
  return (incoming, run) => engine.ingest(newEvent(ids, incoming), run === null ? [] : [run]);
}

/** The same for what came together: all events are durable or none is. */
export function createIngestAll({ engine, ids }: Deps): IngestAll {
  return (delivery, items) => {
    const [first] = items;
    const kept = delivery && first && { ...delivery, ...origin(first.incoming), id: ids.next("dlv") };
    return engine.ingestAll(
      kept || null,
      items.map(({ incoming, run }) => ({ event: newEvent(ids, incoming), run })),
    );
  };
}

function newEvent(ids: Ids, { dedupe, ...event }: Incoming): NewEvent {
  const expiresAt = event.receivedAt + (dedupe?.windowMs ?? 0);
  return { ...event, id: ids.next("evt"), dedupe: dedupe && { scope: dedupe.scope, key: dedupe.key, expiresAt } };
}

function origin({ workspace, receivedAt }: Incoming) {
  return { workspace, receivedAt };
}
