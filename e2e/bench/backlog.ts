import { setTimeout as passed } from "node:timers/promises";
import { createIngest } from "../../runtime/ingress/ingest.ts";
import type { Foundation } from "../../runtime/roles/foundation.ts";
import type { TestHook } from "../../runtime/testing/test-hook.ts";
import { AppError } from "../../shared/app-error.ts";
import { percentile } from "./figure.ts";

const together = 500;
const usual = { email: "a@b.example", n: 7, list: [1, 2, 3], filler: "x".repeat(900) };
const drainedWithinMs = 180_000;

/** Takes in so many events of a flow, as a hook would, for whoever carries their runs on later. `bodyOf`: what each says, by its number. */
export async function prepareBacklog(
  foundation: Foundation,
  { flow }: TestHook,
  count: number,
  bodyOf: (index: number) => object = () => usual,
): Promise<void> {
  const { sql, pair, ids, clock } = foundation;
  const ingest = createIngest({ engine: pair.engine, ids });
  const [row] = await sql.read<{ workspace: string; version: string }>(
    `SELECT workspace_id AS workspace, published_version_id AS version FROM flows WHERE id = $1`,
    [flow],
  );
  if (!row) throw new AppError("not_found", "the flow is not there");
  const event = { source: "webhook" as const, hook: null, flow, method: "POST", headers: "{}", query: "{}", dedupe: null };
  for (let done = 0; done < count; done += together) {
    const outcomes = await Promise.all(
      Array.from({ length: Math.min(together, count - done) }, (_, index) =>
        ingest(
          {
            ...event,
            workspace: row.workspace,
            receivedAt: clock(),
            contentType: "application/json",
            body: Buffer.from(JSON.stringify(bodyOf(done + index))),
          },
          { id: ids.next("run"), flowVersion: row.version, trigger: "event" },
        ),
      ),
    );
    if (outcomes.some(({ outcome }) => outcome !== "accepted")) throw new AppError("internal", "the backlog was not taken");
  }
}

/** Waits until no run is left. Throws when one did not succeed or it takes for ever. */
export async function untilDrained({ sql }: Foundation): Promise<void> {
  const endAt = performance.now() + drainedWithinMs;
  for (;;) {
    await passed(200);
    const [row] = await sql.read(`SELECT 1 AS n FROM runs WHERE finished_at IS NULL LIMIT 1`);
    if (!row) break;
    if (performance.now() > endAt) throw new AppError("internal", "the backlog was not drained in time");
  }
  const [bad] = await sql.read<{ status: string }>(`SELECT status FROM runs WHERE status <> 'succeeded' LIMIT 1`);
  if (bad) throw new AppError("internal", `a run is ${bad.status}`);
}

/**
 * Runs finished per second since `since` (ms), read from their rows: the first third, in which code gets warm, and the last few, when
 * there is not enough left for everybody, are left out.
 */
export async function finishRate({ sql }: Foundation, since: number): Promise<number> {
  const rows = await sql.list<{ at: number }>(`SELECT finished_at AS at FROM runs WHERE finished_at >= $1`, [since]);
  const times = rows.map(({ at }) => Number(at));
  const [from, to] = [0.33, 0.95];
  const elapsedMs = percentile(times, to) - percentile(times, from);
  return (times.length * (to - from) * 1_000) / elapsedMs;
}
