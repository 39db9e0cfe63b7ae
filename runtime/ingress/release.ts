import type { EngineStore } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";

type Deps = { sql: Sql; engine: Pick<EngineStore, "release"> };

/** How many runs one commit starts. */
const batch = 100;

/**
 * Starts the runs of events that were held while their flow was paused, oldest first, for all flows that go on. A process that ends in
 * the middle leaves the rest to the next look, of whichever node.
 */
export async function releaseHeld({ sql, engine }: Deps, signal: AbortSignal): Promise<void> {
  const flows = await sql.read<{ flow: string; version: string }>(
    `SELECT id AS flow, published_version_id AS version FROM flows f WHERE state = 'published' AND published_version_id IS NOT NULL
       AND EXISTS (SELECT 1 FROM events e WHERE e.flow_id = f.id AND e.held = 1)`,
  );
  for (const { flow, version } of flows) {
    for (let left = 1; left > 0 && !signal.aborted && (await goesOn(sql, flow, version)); ) {
      const released = await engine.release(flow, version, batch);
      if (released.outcome === "unavailable") return;
      left = released.runs.length === 0 ? 0 : released.left;
    }
  }
}

/** It may have been paused again, or published anew. */
async function goesOn(sql: Sql, flow: string, version: string): Promise<boolean> {
  const rows = await sql.read(`SELECT 1 FROM flows WHERE id = $1 AND state = 'published' AND published_version_id = $2`, [
    flow,
    version,
  ]);
  return rows.length > 0;
}
