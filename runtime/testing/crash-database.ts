import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Pair } from "../store/pair.ts";
import type { Membership, Workers } from "../store/workers.ts";
import { openTestDatabase } from "./open-test-database.ts";
import type { TestClock } from "./test-database.ts";
import { openTestSqlite } from "./test-sqlite.ts";

/** A database whose process ends in the middle of anything. */
export type CrashDatabase = {
  /** Another one after each end. */
  readonly pair: Pair;
  clock: TestClock;
  /** The process has ended: the next one takes up what it held. */
  endProcess(): Promise<void>;
  /** Is there nothing that somebody has taken or could take at once? */
  isAtRest(): Promise<boolean>;
  close(): Promise<void>;
};

/** On the pair that the test run says. */
export function openCrashDatabase(): Promise<CrashDatabase> {
  return process.env.PATCHBAY_TEST_PAIR === "postgres" ? onPostgres() : onSqlite();
}

/** The file is opened again. */
async function onSqlite(): Promise<CrashDatabase> {
  const database = openTestSqlite({}, quickFolder());
  return {
    get pair() {
      return database.pair;
    },
    clock: database.clock,
    async endProcess() {
      await database.pair.close();
      await database.reopen();
    },
    isAtRest: async () => true,
    close: database.close,
  };
}

/** Above the greatest number that a process can have. */
const endedPid = 5_000_000;
/** After so long a job counts as lost that was handed out and not begun. */
const lostMs = 2_100;

/** The worker's row says a process that has ended, as after a kill: the next worker takes its runs over when it joins. */
async function onPostgres(): Promise<CrashDatabase> {
  const database = await openTestDatabase();
  const { sql, workers } = database.pair;
  const joined: Membership[] = [];
  const join: Workers["join"] = async (...given) => {
    const membership = await workers.join(...given);
    joined.push(membership);
    return membership;
  };
  const pair: Pair = { ...database.pair, workers: { join } };
  return {
    pair,
    clock: database.clock,
    async endProcess() {
      await sql.commit([
        { text: `UPDATE runs SET owner = 'gone' WHERE owner IS NOT NULL AND finished_at IS NULL`, params: [] },
        { text: `DELETE FROM workers WHERE name = 'gone'`, params: [] },
        {
          text: `INSERT INTO workers (name, place, pid, seen_at) SELECT 'gone', max(place), $1, max(seen_at) FROM workers`,
          params: [endedPid],
        },
      ]);
      // Without it they would go on saying that they live.
      for (const membership of joined.splice(0)) await membership.leave();
      database.clock.advance(lostMs);
    },
    async isAtRest() {
      // What the living hold is theirs to tell.
      const [row] = await sql.read<{ n: number }>(
        `SELECT count(*) AS n FROM runs r WHERE r.finished_at IS NULL
           AND (r.owner NOT IN (SELECT name FROM workers WHERE name <> 'gone') OR r.wake_at <= $1 OR EXISTS (SELECT 1 FROM signals s WHERE s.run_id = r.id))`,
        [database.clock()],
      );
      return Number(row?.n) === 0;
    },
    async close() {
      for (const membership of joined) await membership.leave();
      await database.close();
    },
  };
}

const memoryFolder = "/dev/shm";
const roomBytes = 512 * 1024 * 1024;

/** Where a file is one of memory, if there is such a place: what ends in process has no need of a disk, which is most of what commits cost. */
function quickFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(memoryFolder);
    return bavail * bsize > roomBytes ? memoryFolder : tmpdir();
  } catch {
    return tmpdir();
  }
}
