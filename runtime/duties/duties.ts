import type { SetTimer } from "../engine/timer.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";

/** What is done again and again, each time by one node alone. */
export type Duty = {
  /** The same on every node. */
  name: string;
  everyMs: number;
  /** Does it for one firing. What it does not get done before it is aborted, or fails at, is left to the next firing. */
  run(signal: AbortSignal): Promise<void>;
};

export type Duties = {
  add(duty: Duty): void;
  start(): void;
  /** Fires nothing more, and waits for what runs. */
  stop(): Promise<void>;
};

type Deps = {
  sql: Sql;
  clock: Clock;
  setTimer: SetTimer;
  /** Told of what a duty failed at, and once when the database is away. */
  report(duty: string, error: unknown): void;
};

/** How soon a node looks again when the database did not answer. */
const lookAgainMs = 5_000;

/**
 * Fires duties when they are due, once on all nodes of one database. A firing that nobody was there for is made up for once. A node
 * that dies in the middle leaves the rest of its firing to the next one.
 */
export function createDuties(deps: Deps): Duties {
  const runners: { duty: Duty; runner: Runner }[] = [];
  let started = false;
  return {
    add(duty) {
      const runner = createRunner(deps, duty);
      runners.push({ duty, runner });
      if (started) runner.look();
    },
    start() {
      started = true;
      for (const { runner } of runners) runner.look();
    },
    async stop() {
      started = false;
      await Promise.all(runners.map(({ runner }) => runner.stop()));
    },
  };
}

type Runner = { look(): void; stop(): Promise<void> };

/** Waits for the next firing of one duty, and the next. */
function createRunner({ sql, clock, setTimer, report }: Deps, duty: Duty): Runner {
  const stopping = new AbortController();
  let callOff: (() => void) | null = null;
  let looking: Promise<void> = Promise.resolve();
  let away = false;

  function look(): void {
    callOff = null;
    looking = lookOnce()
      .then(
        (ms) => {
          away = false;
          return ms;
        },
        (error) => {
          if (!away) report(duty.name, error);
          away = true;
          return Math.min(lookAgainMs, duty.everyMs);
        },
      )
      .then((ms) => {
        if (!stopping.signal.aborted) callOff = setTimer(ms, look);
      });
  }

  /** Fires when it is due. Gives in how many milliseconds to look again; rejects when the database does not answer. */
  async function lookOnce(): Promise<number> {
    const dueAt = await dueAtOf(sql, duty, clock());
    const now = clock();
    if (stopping.signal.aborted) return 0;
    const next = nextDue(dueAt, now, duty.everyMs);
    if (next === dueAt) return dueAt - now;
    const moved = await sql.commit([moveDuty(duty.name, dueAt, next)]);
    // Another node was first, or has just moved it: that one's time counts.
    if (moved.outcome !== "committed") return 0;
    if (dueAt <= now && !stopping.signal.aborted) await duty.run(stopping.signal).catch((error) => report(duty.name, error));
    return Math.max(0, next - clock());
  }

  return {
    look,
    async stop() {
      stopping.abort();
      callOff?.();
      await looking;
    },
  };
}

/**
 * The compare-and-swap that makes a firing one node's own: a conflict means that it was another's. What belongs to the firing may
 * be committed with it.
 */
export function moveDuty(name: string, from: number, to: number): Statement {
  return { text: "UPDATE duties SET due_at = $1 WHERE name = $2 AND due_at = $3", params: [to, name, from], expectRows: 1 };
}

async function dueAtOf(sql: Sql, { name }: Duty, now: number): Promise<number> {
  const rows = () => sql.read<{ dueAt: number }>(`SELECT due_at AS "dueAt" FROM duties WHERE name = $1`, [name]);
  const [known] = await rows();
  if (known) return known.dueAt;
  // A new duty is due at once.
  await sql.commit([{ text: "INSERT INTO duties (name, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", params: [name, now] }]);
  const [made] = await rows();
  return made?.dueAt ?? now;
}

/** The due time that counts from now on: the same while it is to come, but never farther away than one period. */
function nextDue(dueAt: number, now: number, everyMs: number): number {
  if (dueAt > now + everyMs) return now + everyMs;
  return dueAt > now ? dueAt : dueAt + everyMs * (Math.floor((now - dueAt) / everyMs) + 1);
}
