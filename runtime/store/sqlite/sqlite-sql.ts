import { Worker } from "node:worker_threads";
import { AppError } from "../../../shared/app-error.ts";
import { Conflict } from "../conflict.ts";
import type { CommitOutcome, Sql, SqlValue, Statement } from "../sql.ts";
import { isStorageFault } from "./group-commit.ts";
import type { SqliteDatabase } from "./open-database.ts";

/** The Sql port on SQLite: `$1..$n` are bound by name, which better-sqlite3 takes as "1".."n". */
export function createSqliteSql(db: SqliteDatabase, file: string): Sql & { close(): Promise<void> } {
  const prepared = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  let reader: Reader | null = null;

  function prepare(text: string) {
    const known = prepared.get(text);
    if (known) return known;
    const statement = db.prepare(text);
    prepared.set(text, statement);
    return statement;
  }

  function run(statements: Statement[]): number[] {
    return statements.map(({ text, params, expectRows }, index) => {
      const { changes } = prepare(text).run(...bindings(params));
      if (expectRows !== undefined && changes !== expectRows) throw new Conflict(index);
      return changes;
    });
  }

  return {
    async read<Row>(text: string, params: SqlValue[] = []) {
      return prepare(text).all(...bindings(params)) as Row[];
    },
    list<Row>(text: string, params: SqlValue[] = []) {
      reader ??= startReader(file, (gone) => {
        if (reader === gone) reader = null;
      });
      return reader.list(text, params) as Promise<Row[]>;
    },
    async commit(statements): Promise<CommitOutcome> {
      try {
        return { outcome: "committed", changes: db.transaction(run).immediate(statements) };
      } catch (error) {
        if (error instanceof Conflict) return { outcome: "conflict", statement: error.statement };
        if (isStorageFault(error)) throw new AppError("unavailable", "the database cannot be written", { cause: error });
        return { outcome: "refused", reason: String(error) };
      }
    },
    close: async () => void (await reader?.close()),
  };
}

function bindings(params: SqlValue[]): Record<string, SqlValue>[] {
  return params.length === 0 ? [] : [Object.fromEntries(params.map((value, index) => [String(index + 1), value]))];
}

type Reader = { list(text: string, params: SqlValue[]): Promise<unknown[]>; close(): Promise<void> };
type Reply = { id: number; rows: unknown[] } | { id: number; problem: string };

/** A worker with a read-only connection, started by the first long read, so that the server never waits for one. */
function startReader(file: string, ended: (reader: Reader) => void): Reader {
  const worker = new Worker(new URL("./reader.worker.ts", import.meta.url), { workerData: { file } });
  worker.unref();
  const waiting = new Map<number, { resolve(rows: unknown[]): void; reject(error: AppError): void }>();
  let last = 0;
  let closing = false;
  const settle = (reply: Reply) => {
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (waiting.size === 0 && !closing) worker.unref();
    if ("rows" in reply) caller?.resolve(reply.rows);
    else caller?.reject(new AppError("internal", reply.problem));
  };
  // A fault comes as an error and as the exit after it; a new reader may run by then.
  const fail = (cause: unknown) => {
    ended(reader);
    for (const { reject } of waiting.values()) reject(new AppError("unavailable", "the reader has stopped", { cause }));
    waiting.clear();
  };
  worker.on("message", settle);
  worker.on("error", fail);
  worker.on("exit", fail);
  const reader: Reader = {
    list: (text, params) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        worker.ref();
        worker.postMessage({ id: last, text, params });
      }),
    // Never terminated: stopped inside a native call, a thread can take the whole process with it.
    close: () =>
      new Promise<void>((resolve) => {
        closing = true;
        worker.on("exit", () => resolve());
        worker.ref();
        worker.postMessage("end");
      }),
  };
  return reader;
}
