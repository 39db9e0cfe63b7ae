import type { EventSource } from "../../shared/event/event.ts";
import type { Ids } from "../ids.ts";
import type { EngineStore, IngestOutcome, NewRun } from "../store/engine-store.ts";

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
  dedupe: { key: string; windowMs: number } | null;
};

/**
 * `run` has its id before the commit, so that a caller can listen for it first. Null: the event is only kept, since nothing would
 * run for it.
 */
export type Ingest = (incoming: Incoming, run: NewRun | null) => Promise<IngestOutcome>;

/** The one way in for everything from outside: the event, its dedupe key and its run, if there is one, are one commit. */
export function createIngest({ engine, ids }: { engine: EngineStore; ids: Ids }): Ingest {
  return ({ dedupe, ...event }, run) =>
    engine.ingest(
      {
        ...event,
        id: ids.next("evt"),
        dedupe: dedupe && { key: dedupe.key, expiresAt: event.receivedAt + dedupe.windowMs },
      },
      run === null ? [] : [run],
    );
}
