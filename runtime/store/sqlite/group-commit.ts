import { SqliteError } from "better-sqlite3";
import type { SqliteDatabase } from "./open-database.ts";

/** One call that takes part in a shared commit. */
export type Write<T> = {
  /** Runs the call's statements. May run twice, so it touches nothing but the database. */
  apply(): T;
  /** The call's own outcome when its rows cannot be stored, whatever the others' can. */
  refused(reason: string): T;
  /** Its outcome when nothing could be made durable. */
  unavailable(reason: string): T;
  /** Called after the commit, before the caller goes on: where hints are published. */
  committed?(result: T): void;
  /** Something new from outside: turned away when too much is waiting. What is under way is always let through. */
  fromOutside?: boolean;
};

export type GroupCommit = {
  submit<T>(write: Write<T>): Promise<T>;
  /** Resolves when everything submitted so far is settled. */
  drain(): Promise<void>;
  /** Could the last commit be made durable? */
  healthy(): boolean;
};

type Pending = { write: Write<unknown>; resolve(result: unknown): void };
type Settled = { results: unknown[]; durable: boolean };

/**
 * The calls of one turn of the event loop share one transaction and one fsync. Each gets its own outcome: a call that throws is
 * undone alone, a failed commit answers `unavailable` to all. Past `maxPending` calls in the queue, those from outside are turned
 * away at once. `committed` hears of every commit.
 */
export function createGroupCommit(
  db: SqliteDatabase,
  limits: { maxPending: number; maxBatch: number },
  committed: () => void,
): GroupCommit {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  let pending: Pending[] = [];
  let scheduled = false;
  let healthy = true;
  const idle: (() => void)[] = [];

  function submit<T>(write: Write<T>): Promise<T> {
    if (write.fromOutside && pending.length >= limits.maxPending)
      return Promise.resolve(write.unavailable("too many writes are waiting"));
    return new Promise<T>((resolve) => {
      pending.push({ write, resolve: resolve as (result: unknown) => void });
      schedule();
    });
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    const batch = pending.length <= limits.maxBatch ? pending : pending.slice(0, limits.maxBatch);
    pending = pending.length <= limits.maxBatch ? [] : pending.slice(limits.maxBatch);
    const { results, durable } = together(batch) ?? oneByOne(batch);
    healthy = durable;
    if (durable) committed();
    settle(batch, results, durable);
    if (pending.length > 0) schedule();
    else for (const done of idle.splice(0)) done();
  }

  /** The usual way: no savepoints. Null when some call threw; nothing is stored then. */
  function together(batch: Pending[]): Settled | null {
    try {
      begin.run();
      const results = batch.map(({ write }) => write.apply());
      commit.run();
      return { results, durable: true };
    } catch (error) {
      undo();
      return isStorageFault(error) ? none(batch, error) : null;
    }
  }

  /** Again, each call in its own savepoint, so that only the one at fault is left out. */
  function oneByOne(batch: Pending[]): Settled {
    try {
      begin.run();
      const results = batch.map(({ write }) => alone(write));
      commit.run();
      return { results, durable: true };
    } catch (error) {
      undo();
      return none(batch, error);
    }
  }

  function none(batch: Pending[], error: unknown): Settled {
    return { results: batch.map(({ write }) => write.unavailable(String(error))), durable: false };
  }

  function alone(write: Write<unknown>): unknown {
    db.exec("SAVEPOINT call");
    try {
      const result = write.apply();
      db.exec("RELEASE call");
      return result;
    } catch (error) {
      if (isStorageFault(error)) throw error;
      db.exec("ROLLBACK TO call; RELEASE call");
      return write.refused(String(error));
    }
  }

  function undo(): void {
    if (db.inTransaction) rollback.run();
  }

  function settle(batch: Pending[], results: unknown[], durable: boolean): void {
    batch.forEach(({ write, resolve }, index) => {
      if (durable) write.committed?.(results[index]);
      resolve(results[index]);
    });
  }

  return {
    submit,
    drain: () => (pending.length === 0 && !scheduled ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    healthy: () => healthy,
  };
}

/** Faults of the disk or of the whole database, as opposed to a row that cannot be stored (SQLite result codes). */
export function isStorageFault(error: unknown): boolean {
  return (
    error instanceof SqliteError &&
    /^SQLITE_(FULL|IOERR|READONLY|BUSY|LOCKED|CANTOPEN|CORRUPT|NOTADB|NOMEM|PERM|PROTOCOL|INTERRUPT)/.test(error.code)
  );
}
