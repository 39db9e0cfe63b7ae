import type { EventSource } from "../../../shared/event/event.ts";
import type { Bus } from "../bus.ts";
import type { EngineStore, ReleaseOutcome } from "../engine-store.ts";
import { publishQueued } from "../ingest-hints.ts";
import type { Database, Query } from "./database.ts";
import type { Wakes } from "./wakes.ts";

type Deps = {
  database: Database;
  wakes: Wakes;
  bus: Bus;
  clock: () => number;
  ids: { next(prefix: string): string };
  committed(durable: boolean): void;
};
type HeldRow = { id: string; workspace: string; source: EventSource; node: string | null };

/** Starts the runs of held events, unless the flow has another version or stands still by now. Their rows are locked: another node that does the same finds them released. */
export function createRelease({ database, wakes, bus, clock, ids, committed }: Deps): EngineStore["release"] {
  return async (flow, version, limit): Promise<ReleaseOutcome> => {
    try {
      const now = clock();
      const released = await database.transaction(async (query) => {
        const { rows } = await query<HeldRow>(
          `SELECT id, workspace_id AS workspace, source, node FROM events WHERE flow_id = $1 AND held = 1
             AND EXISTS (SELECT 1 FROM flows WHERE flows.id = events.flow_id AND state = 'published' AND published_version_id = $3)
           ORDER BY id LIMIT $2 FOR UPDATE`,
          [flow, limit, version],
        );
        const started = rows.map((event) => ({ event, run: ids.next("run") }));
        await start(query, { flow, version, now, started });
        await wakes.insert(
          query,
          started.map(({ run }) => ({ run, at: null, begun: false })),
        );
        const { rows: left } = await query<{ held: number }>(
          `SELECT count(*) AS held FROM events WHERE flow_id = $1 AND held = 1`,
          [flow],
        );
        return { started, left: left[0]?.held ?? 0 };
      });
      committed(true);
      for (const { event, run } of released.started) publishQueued(bus, { workspace: event.workspace, flow, run });
      if (released.started.length > 0) bus.publish({ topic: "wake" });
      return { outcome: "released", runs: released.started.map(({ run }) => run), left: released.left };
    } catch (error) {
      committed(false);
      return { outcome: "unavailable", reason: String(error) };
    }
  };
}

type Started = { flow: string; version: string; now: number; started: { event: HeldRow; run: string }[] };

async function start(query: Query, { flow, version, now, started }: Started): Promise<void> {
  const events = started.map(({ event }) => event.id);
  const runs = started.map(({ run }) => run);
  await query(
    `UPDATE events SET held = 0, runs = t.runs FROM unnest($1::text[], $2::text[]) AS t (id, runs) WHERE events.id = t.id`,
    [events, runs.map((run) => JSON.stringify([run]))],
  );
  await query(
    `INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, wake_at, created_at)
     SELECT t.id, t.workspace_id, $1::text, $2::text, t.event_id, t.source, t.trigger_node, 'queued', $3::bigint, $3::bigint
     FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) AS t (id, workspace_id, event_id, source, trigger_node)`,
    [
      flow,
      version,
      now,
      runs,
      started.map(({ event }) => event.workspace),
      events,
      started.map(({ event }) => event.source),
      started.map(({ event }) => event.node ?? ""),
    ],
  );
}
