import { AppError } from "../../../shared/app-error.ts";
import { farthestMs, type Governor, type Pace, type Place, paceOf } from "../governor.ts";
import { type Database, isProgramFault, isRowFault } from "./database.ts";

type Asking = { atMostMs: number; flow: string };

/** While the database is away nothing can be counted, so nothing is sent. */
const awayMs = 1_000;
const nobody = Promise.resolve();
const ignore = () => {};

/** The governor of all processes on the database, by its clock. A crash of the database empties it: it then begins anew. */
export function createPostgresGovernor(database: Database): Governor {
  const paces = new Map<string, Pace>();
  const lastOf = new Map<string, Promise<void>>();
  const pauses = createPauses(database);

  function paceNamed(name: string, make: () => Pace): Pace {
    const pace = paces.get(name) ?? make();
    // As many names as there are kinds of limits, and documents that people edit make more.
    if (paces.size >= 1_000) paces.clear();
    paces.set(name, pace);
    return pace;
  }

  async function takeIn(name: string, pace: Pace, asking: Asking): Promise<number> {
    const { spacingMs, intervalMs, bursts } = pace;
    const marks = Math.max(0, ...bursts.map(({ count }) => count));
    const params = [
      name,
      asking.atMostMs,
      spacingMs,
      intervalMs,
      marks,
      bursts.map(({ spanMs }) => spanMs),
      bursts.map(({ count }) => count),
      bursts.map(({ size }) => size),
      asking.flow,
    ];
    const taken = await database.query<{ waitMs: number }>(takePlace, params);
    const [row] = taken.rows;
    if (row) return row.waitMs;
    await database.query(addRow, [name, bursts.length, bursts.length * marks]);
    return takeIn(name, pace, asking);
  }

  async function take(name: string, pace: Pace, asking: Asking): Promise<Place> {
    const { atMostMs } = asking;
    try {
      const waitMs = await takeIn(name, pace, asking);
      return { place: waitMs <= atMostMs ? "taken" : "not-before", waitMs };
    } catch (cause) {
      if (isProgramFault(cause) || isRowFault(cause)) throw new AppError("internal", "a statement failed", { cause });
      // The journal says so too, and louder, when it cannot be written.
      return { place: "not-before", waitMs: Math.max(awayMs, atMostMs) };
    }
  }

  return {
    take({ key, windows, atMostMs, flow = "" }) {
      const kind = JSON.stringify(windows);
      const pace = paceNamed(kind, () => paceOf(windows));
      // Other windows have another row: what they would have to know of the calls before was not kept.
      const name = `${key} ${kind}`;
      // One after another: those who wait for the row at once would only keep all the connections from others.
      const mine = (lastOf.get(name) ?? nobody).then(() => take(name, pace, { atMostMs, flow }));
      const ended = mine.then(ignore, ignore);
      lastOf.set(name, ended);
      void ended.then(() => lastOf.get(name) === ended && lastOf.delete(name));
      return mine;
    },
    ...pauses,
    async purge() {
      await database.query("DELETE FROM places WHERE limits_until < now_ms()");
    },
  };
}

/** Pauses are rows among the places, of which they take none. Whoever asks in one turn of the event loop shares a look at them. */
function createPauses(database: Database): Pick<Governor, "pause" | "pausedMs"> {
  const writing = new Map<string, Promise<void>>();
  let look: { names: Set<string>; found: Promise<Map<string, number>> } | null = null;

  async function write(name: string, ms: number): Promise<void> {
    await database.query(addPause, [name, ms]).catch(ignore);
  }

  async function read(names: Set<string>): Promise<Map<string, number>> {
    await new Promise(setImmediate);
    look = null;
    const rows = await database.query<{ name: string; ms: number }>(readPauses, [[...names]]).then(
      (result) => result.rows,
      () => [],
    );
    return new Map(rows.map(({ name, ms }) => [name, ms]));
  }

  return {
    async pause(key, ms) {
      const name = pauseName(key);
      const written = write(name, ms).finally(() => writing.get(name) === written && writing.delete(name));
      writing.set(name, written);
      return written;
    },
    async pausedMs(key) {
      const name = pauseName(key);
      // What this process has just been told counts for its next call.
      await writing.get(name);
      if (look === null) {
        const names = new Set<string>();
        look = { names, found: read(names) };
      }
      look.names.add(name);
      return Math.max(0, (await look.found).get(name) ?? 0);
    },
  };
}

function pauseName(key: string): string {
  return `pause ${key}`;
}

const addPause = `INSERT INTO places (name, last_at, told_at, limits_until, wait_ms, in_group, marks)
  VALUES ($1, '-Infinity', '-Infinity', now_ms() + $2::float8, 0, '{}', '{}')
  ON CONFLICT (name) DO UPDATE SET limits_until = excluded.limits_until`;
const readPauses = `SELECT name, limits_until - now_ms() AS ms FROM places WHERE name = ANY ($1::text[])`;

const notAhead = (time: string) => `CASE WHEN ${time} > now + ${farthestMs} THEN now ELSE ${time} END`;

const addRow = `INSERT INTO places (name, last_at, told_at, limits_until, wait_ms, in_group, marks)
  VALUES ($1, '-Infinity', '-Infinity', 0, 0, array_fill(0, ARRAY[$2::int]), array_fill('-Infinity'::float8, ARRAY[$3::int]))
  ON CONFLICT (name) DO NOTHING`;

/**
 * What memory-governor.ts does, in one statement: the row is locked by its update, and Postgres computes what it is set to from the
 * row as the one before left it, however many ask at once. `marks` has those of all windows one after another, each $5 long, the
 * oldest first. $1 name, $2 longest wait, $3 spacing, $4 interval; per window $6 span, $7 groups, $8 calls of a group; $9 flow. `told` has the flows
 * that were turned away, and when each of them was told to come back.
 */
const takePlace = `
UPDATE places AS p SET (last_at, told, limits_until, wait_ms, in_group, marks) = (
  SELECT
    CASE WHEN taken THEN place ELSE p.last_at END,
    CASE WHEN taken THEN p.told ELSE others || jsonb_build_object($9::text, told) END,
    greatest(place + $3, place + (SELECT max(span) FROM unnest($6::float8[]) AS span), told),
    CASE WHEN taken THEN place ELSE told END - now,
    CASE WHEN taken THEN ARRAY(
      SELECT (in_group[w] + 1) % size FROM unnest($8::int[]) WITH ORDINALITY AS b(size, w) ORDER BY w) ELSE in_group END,
    CASE WHEN taken AND EXISTS (SELECT FROM unnest($8::int[]) WITH ORDINALITY AS b(size, w) WHERE in_group[w] + 1 = size)
      THEN ARRAY(
        SELECT mark FROM unnest($8::int[]) WITH ORDINALITY AS b(size, w), unnest(
          CASE WHEN in_group[w] + 1 = size
            THEN p.marks[(w - 1) * $5 + 2 : w * $5] || place
            ELSE p.marks[(w - 1) * $5 + 1 : w * $5] END
        ) WITH ORDINALITY AS m(mark, i) ORDER BY w, i)
      ELSE p.marks END
  FROM (SELECT now_ms()::float8 AS now) AS clock,
    LATERAL (SELECT ${notAhead("p.last_at")} AS last) AS before,
    LATERAL (SELECT ARRAY(
      SELECT CASE WHEN now - last >= span THEN 0 ELSE p.in_group[w] END
      FROM unnest($6::float8[]) WITH ORDINALITY AS b(span, w) ORDER BY w) AS in_group) AS groups,
    LATERAL (SELECT greatest(now, last + $3, (
      SELECT max(${notAhead("p.marks[w * $5 - count + 1]")} + span)
      FROM unnest($6::float8[], $7::int[]) WITH ORDINALITY AS b(span, count, w) WHERE in_group[w] = 0)) AS place) AS found,
    LATERAL (SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) AS others, count(*) AS flows
      FROM jsonb_each(p.told) WHERE key <> $9 AND value::float8 >= now) AS waiting,
    LATERAL (SELECT place - now <= $2 AS taken,
      greatest(place, coalesce((p.told ->> $9)::float8, '-Infinity') + $4::float8 * (flows + 1)) AS told) AS decided
) WHERE name = $1 RETURNING wait_ms AS "waitMs"`;
