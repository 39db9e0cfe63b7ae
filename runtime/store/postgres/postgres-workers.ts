import { readFileSync, readlinkSync } from "node:fs";
import type { MemberEvents, Membership, Workers } from "../workers.ts";
import { type Database, isAway, type Query } from "./database.ts";
import type { PostgresBus } from "./postgres-bus.ts";
import type { RunJobs } from "./run-jobs.ts";

type Deps = { database: Database; jobs: RunJobs; bus: PostgresBus; clock: () => number };

const beatMs = 500;
/** Who has said nothing for so long is dead, by the database's clock. */
const deadAfterMs = 3_000;
/** Less than that: so long after a beat was sent nobody can have been taken for dead. */
const sureMs = 2_000;
/** After an outage of the database all have said nothing for a while: first they are given time to say it again. */
const settleMs = 3_000;
const ownerlessEveryMs = 5_000;
const superviseEveryMs = 2_000;
const askAgainMs = 200;

/** Between processes a worker is a row with the time of its last beat; who finds a dead one takes its runs from it. */
export function createPostgresWorkers(deps: Deps): Workers {
  return {
    async join(name, events) {
      await deps.database.query(insertText, [name, thisPlace, process.pid]);
      return beating(deps, name, events);
    },
  };
}

const insertText = `INSERT INTO workers (name, place, pid, seen_at) VALUES ($1, $2, $3, now_ms())
  ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at`;

const beatText = `
WITH beat AS (UPDATE workers SET seen_at = now_ms() WHERE name = $1 RETURNING name)
SELECT (SELECT count(*) FROM beat) AS alive,
  ARRAY (SELECT DISTINCT s.run_id FROM signals s JOIN runs r ON r.id = s.run_id WHERE r.owner = $1) AS signaled,
  EXISTS (SELECT 1 FROM workers WHERE name <> $1 AND seen_at < now_ms() - ${deadAfterMs}) AS dead,
  ARRAY (SELECT pid FROM workers WHERE name <> $1 AND place = $2) AS neighbours,
  extract(epoch FROM clock_timestamp() - pg_postmaster_start_time()) * 1000 AS "upMs"`;

type Beat = { alive: number; signaled: string[]; dead: number; neighbours: number[]; upMs: number };

function beating({ database, jobs, bus, clock }: Deps, name: string, { lost, fault }: MemberEvents): Membership {
  let lastBeat = now();
  /** Since when every beat came in time; others are judged only by who was there himself. */
  let steadySince = Number.NEGATIVE_INFINITY;
  let ownerlessAt = Number.NEGATIVE_INFINITY;
  let supervisedAt = Number.NEGATIVE_INFINITY;
  let flying: Promise<void> | null = null;
  let looking: Promise<void> | null = null;
  let left = false;
  const timer = setInterval(() => void beat().catch(noteFault), beatMs).unref();
  // What its predecessor had need not wait.
  void beat().catch(noteFault);

  /** One at a time; rejects while the database is away. */
  function beat(): Promise<void> {
    flying ??= beatOnce().finally(() => {
      flying = null;
    });
    return flying;
  }

  /** The next beat tries again, whatever it was. */
  function noteFault(error: unknown): void {
    if (!left && !isAway(error)) fault(error);
  }

  async function beatOnce(): Promise<void> {
    const sent = now();
    if (sinceMs(lastBeat) > 2 * beatMs + 500) steadySince = sent.steady;
    const { rows } = await database.query<Beat>(beatText, [name, thisPlace]);
    const [{ alive, signaled, dead, neighbours, upMs } = nothing] = rows;
    if (left) return;
    if (alive === 0) {
      // Others have its runs by now. Said before anything of them can go on.
      lost();
      await database.query(insertText, [name, thisPlace, process.pid]);
    }
    lastBeat = sent;
    for (const run of signaled) bus.tellHere({ topic: "signal", run });
    const gone = neighbours.map(Number).filter(hasEnded);
    const steady = sent.steady - steadySince >= settleMs && upMs >= settleMs;
    const silentToo = steady && (dead === 1 || sent.steady - ownerlessAt >= ownerlessEveryMs);
    // The next beat does not wait for it: it may take longer than a worker is given.
    looking ??= lookAfter(sent.steady, { gone, silentToo })
      .catch(noteFault)
      .finally(() => {
        looking = null;
      });
  }

  /** Looks after what dead workers had, and after jobs that nobody speaks for. */
  async function lookAfter(at: number, dead: Dead): Promise<void> {
    if (dead.silentToo) ownerlessAt = at;
    if (dead.silentToo || dead.gone.length > 0) await reap(dead);
    if (at - supervisedAt < superviseEveryMs) return;
    supervisedAt = at;
    await jobs.supervise();
  }

  async function reap({ gone, silentToo }: Dead): Promise<void> {
    const given = await database.transaction(async (query) => {
      await query(`DELETE FROM workers WHERE name <> $1 AND place = $2 AND pid = ANY ($3::bigint[])`, [name, thisPlace, gone]);
      if (silentToo) await query(`DELETE FROM workers WHERE name <> $1 AND seen_at < now_ms() - ${deadAfterMs}`, [name]);
      const held = await giveAway(query, `owner NOT IN (SELECT name FROM workers)`, []);
      return held + (await jobs.retryNotBegun(query, clock()));
    });
    if (given > 0) bus.publish({ topic: "wake" });
  }

  /** Makes the runs claimable that these owners had. */
  async function giveAway(query: Query, where: string, params: string[]): Promise<number> {
    const { rows } = await query<{ id: string }>(
      `UPDATE runs SET owner = NULL, wake_at = $1 WHERE owner IS NOT NULL AND finished_at IS NULL AND ${where} RETURNING id`,
      [clock(), ...params],
    );
    await jobs.handOn(
      query,
      rows.map(({ id }) => id),
    );
    return rows.length;
  }

  return {
    confirm() {
      if (left) return false;
      return sinceMs(lastBeat) < sureMs || sure();
    },
    async leave() {
      left = true;
      clearInterval(timer);
      await flying?.catch(() => {});
      const leaving = database.transaction(async (query) => {
        await query(`DELETE FROM workers WHERE name = $1`, [name]);
        return giveAway(query, `owner = $2`, [name]);
      });
      // While the database is away the others find out by themselves.
      if (await leaving.catch(() => 0)) bus.publish({ topic: "wake" });
      await looking;
    },
  };

  /** Asks until there is an answer; a worker that was taken for dead has been told so when it comes. */
  async function sure(): Promise<boolean> {
    while (!left && sinceMs(lastBeat) >= sureMs) {
      const asked = await beat().then(
        () => true,
        () => false,
      );
      if (!asked) await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
    return !left;
  }
}

const nothing: Beat = { alive: 0, signaled: [], dead: 0, neighbours: [], upMs: 0 };

/** `gone`: processes of this place that have ended. `silentToo`: who has said nothing for too long counts as dead as well. */
type Dead = { gone: number[]; silentToo: boolean };

/**
 * Who started the process numbers of this process: the machine since it was booted, and on it the container. A worker of the same
 * place that was killed is known to be dead at once. Null where it cannot be told (elsewhere than on Linux).
 */
const thisPlace = placeOf();

function placeOf(): string | null {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return null;
  }
}

/** False also for a process that is somebody else's, or that has taken the number since. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

type Moment = { steady: number; wall: number };

function now(): Moment {
  return { steady: performance.now(), wall: Date.now() };
}

/** The steady clock stands still while the machine sleeps; the wall clock may be set back. The longer of the two counts. */
function sinceMs(moment: Moment): number {
  return Math.max(performance.now() - moment.steady, Date.now() - moment.wall);
}
