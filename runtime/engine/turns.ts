import { AppError } from "../../shared/app-error.ts";
import type { Concurrency } from "../../shared/flow/flow-settings.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";

/** Runs that are counted together: those of a flow with one key. */
export type Place = { flow: string; key: string };
export type Turn = "going" | "waiting" | "dropped";

/**
 * How many runs of a flow go on at a time. Every method may be called again after a crash. What a run has been told is a row, which
 * counts for as long as the run has not ended; nothing has to be given back.
 */
export type Turns = {
  /** What a run was told before; null for one that has not asked. */
  of(run: string): Promise<(Place & { turn: Turn }) | null>;
  /** Takes a place for a run, or one in the queue. Throws `unavailable`. */
  take(run: string, place: Place, concurrency: Concurrency): Promise<Turn>;
  /** A run has ended: those who wait the longest take the places that are free, and are woken. */
  end(run: string): Promise<void>;
  /** Does what a process that ended in the middle has left undone. Gives how many rows it has cleared away or moved. */
  sweep(): Promise<number>;
};

type Deps = { sql: Sql; engine: Pick<EngineStore, "signal"> };

/** Who cancels a run whose place a newer one has taken, in its journal. */
export const displacedBy = "concurrency";

const counted = (of: string, going: 0 | 1) =>
  `SELECT t.run_id FROM run_turns t JOIN runs r ON r.id = t.run_id
   WHERE t.flow_id = ${of}.flow_id AND t.key = ${of}.key AND t.going = ${going} AND r.finished_at IS NULL`;

const hasRoom = `(SELECT count(*) FROM (${counted("asked", 1)}) AS g) < asked.most`;

const asked = `(SELECT CAST($1 AS TEXT) AS run_id, CAST($2 AS TEXT) AS flow_id, CAST($3 AS TEXT) AS key, CAST($4 AS BIGINT) AS most) AS asked`;

/** Nobody overtakes those who wait. */
const isFree = `${hasRoom} AND NOT EXISTS (${counted("asked", 0)})`;

const insertOrWait = `INSERT INTO run_turns (run_id, flow_id, key, most, going)
  SELECT run_id, flow_id, key, most, CASE WHEN ${isFree} THEN 1 ELSE 0 END FROM ${asked} WHERE true
  ON CONFLICT (run_id) DO NOTHING`;
const insertOrNothing = `INSERT INTO run_turns (run_id, flow_id, key, most, going)
  SELECT run_id, flow_id, key, most, 1 FROM ${asked} WHERE ${isFree}
  ON CONFLICT (run_id) DO NOTHING`;

const promote = `UPDATE run_turns SET going = 1 WHERE run_id = $1 AND going = 0
  AND (SELECT count(*) FROM run_turns t JOIN runs r ON r.id = t.run_id
       WHERE t.flow_id = run_turns.flow_id AND t.key = run_turns.key AND t.going = 1 AND r.finished_at IS NULL) < run_turns.most`;

export function createTurns({ sql, engine }: Deps): Turns {
  const lastOf = new Map<string, Promise<unknown>>();

  /** One after another for a flow: those who ask at the same time would only have to begin anew. */
  function inTurn<T>(flow: string, work: () => Promise<T>): Promise<T> {
    const mine = (lastOf.get(flow) ?? Promise.resolve()).then(work, work);
    lastOf.set(flow, mine);
    const forget = () => void (lastOf.get(flow) === mine && lastOf.delete(flow));
    mine.then(forget, forget);
    return mine;
  }

  async function of(run: string) {
    const [row] = await sql.read<Place & { going: number }>(
      `SELECT flow_id AS flow, key, going FROM run_turns WHERE run_id = $1`,
      [run],
    );
    return row ? { flow: row.flow, key: row.key, turn: row.going === 1 ? ("going" as const) : ("waiting" as const) } : null;
  }

  async function take(run: string, place: Place, { limit, whenFull }: Concurrency): Promise<Turn> {
    const params = [run, place.flow, place.key, limit];
    const outcome = await sql.commit([{ text: whenFull === "drop" ? insertOrNothing : insertOrWait, params }]);
    if (outcome.outcome !== "committed") throw new AppError("unavailable", "the run's turn could not be written");
    if (whenFull === "cancel-oldest") await displace(place, limit);
    return (await of(run))?.turn ?? "dropped";
  }

  /** The newest `limit` stay, whether they go on or wait for those before them to end. */
  async function displace({ flow, key }: Place, limit: number): Promise<void> {
    const rows = await sql.read<{ run: string; displaced: number }>(
      `SELECT t.run_id AS run, t.displaced FROM run_turns t JOIN runs r ON r.id = t.run_id
       WHERE t.flow_id = $1 AND t.key = $2 AND r.finished_at IS NULL ORDER BY t.run_id DESC`,
      [flow, key],
    );
    for (const { run, displaced } of rows.slice(limit)) {
      if (displaced === 1) continue;
      // The signal first: a mark without it would be forgotten.
      if ((await engine.signal(run, { kind: "cancel", by: displacedBy })) === "unavailable")
        throw new AppError("unavailable", "an older run could not be canceled");
      await sql.commit([{ text: `UPDATE run_turns SET displaced = 1 WHERE run_id = $1`, params: [run] }]);
    }
  }

  async function next({ flow, key }: Place): Promise<void> {
    for (;;) {
      const [head] = await sql.read<{ run: string }>(
        `SELECT t.run_id AS run FROM run_turns t JOIN runs r ON r.id = t.run_id
         WHERE t.flow_id = $1 AND t.key = $2 AND t.going = 0 AND r.finished_at IS NULL ORDER BY t.run_id LIMIT 1`,
        [flow, key],
      );
      if (!head) return;
      const outcome = await sql.commit([{ text: promote, params: [head.run] }]);
      if (outcome.outcome !== "committed" || outcome.changes[0] !== 1) return;
      await engine.signal(head.run, { kind: "turn" });
    }
  }

  async function clearEnded(): Promise<number> {
    const outcome = await sql.commit([
      {
        text: `DELETE FROM run_turns WHERE run_id IN (SELECT t.run_id FROM run_turns t LEFT JOIN runs r ON r.id = t.run_id
                 WHERE r.id IS NULL OR r.finished_at IS NOT NULL LIMIT 200)`,
        params: [],
      },
    ]);
    return outcome.outcome === "committed" ? (outcome.changes[0] ?? 0) : 0;
  }

  return {
    of,
    take: (run, place, concurrency) => inTurn(place.flow, () => take(run, place, concurrency)),
    async end(run) {
      const place = await of(run);
      if (!place) return;
      await sql.commit([{ text: `DELETE FROM run_turns WHERE run_id = $1`, params: [run] }]);
      await inTurn(place.flow, () => next(place));
    },
    async sweep() {
      let moved = 0;
      for (let cleared = await clearEnded(); cleared > 0; cleared = await clearEnded()) moved += cleared;
      const free = await sql.read<Place>(
        `SELECT w.flow_id AS flow, w.key FROM (SELECT flow_id, key, max(most) AS most FROM run_turns WHERE going = 0 GROUP BY flow_id, key) AS w
         WHERE (SELECT count(*) FROM (${counted("w", 1)}) AS g) < w.most LIMIT 500`,
      );
      for (const place of free) await inTurn(place.flow, () => next(place));
      // Told that it may go on, and nobody has woken it.
      const asleep = await sql.read<{ run: string }>(
        `SELECT t.run_id AS run FROM run_turns t JOIN runs r ON r.id = t.run_id
         WHERE t.going = 1 AND r.status = 'queued' AND r.owner IS NULL AND r.wake_at IS NULL LIMIT 500`,
      );
      for (const { run } of asleep) await engine.signal(run, { kind: "turn" });
      return moved + free.length + asleep.length;
    },
  };
}
