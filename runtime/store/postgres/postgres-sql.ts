import { AppError } from "../../../shared/app-error.ts";
import { Conflict } from "../conflict.ts";
import type { CommitOutcome, Sql, SqlValue, Statement } from "../sql.ts";
import { type Database, isProgramFault, isRowFault, isTextFault, type Query, readFault } from "./database.ts";

type Deps = {
  database: Database;
  /** Connections of its own, so that a long list keeps nobody waiting. */
  lists: Database;
  committed(durable: boolean): void;
};

/** The Sql port on Postgres. Commits are serializable, as they are on SQLite by nature: no rule needs to be checked twice. */
export function createPostgresSql({ database, lists, committed }: Deps): Sql {
  return {
    read: (text, params) => rowsOf(database, text, params),
    list: (text, params) => rowsOf(lists, text, params),
    async commit(statements): Promise<CommitOutcome> {
      try {
        const changes = await database.transaction((query) => run(query, statements), "serializable");
        committed(true);
        return { outcome: "committed", changes };
      } catch (error) {
        if (error instanceof Conflict) return { outcome: "conflict", statement: error.statement };
        if (isTextFault(error)) throw nulInText(error);
        if (isRowFault(error)) return { outcome: "refused", reason: String(error) };
        if (isProgramFault(error)) throw new AppError("internal", "a statement failed", { cause: error });
        committed(false);
        throw new AppError("unavailable", "the database cannot be written", { cause: error });
      }
    },
  };
}

async function rowsOf<Row>(database: Database, text: string, params: SqlValue[] = []): Promise<Row[]> {
  try {
    return (await database.query<Row>(text, params)).rows;
  } catch (error) {
    throw isTextFault(error) ? nulInText(error) : readFault(error);
  }
}

function nulInText(cause: unknown): AppError {
  return new AppError("bad_request", "a text has a NUL character in it", { cause });
}

async function run(query: Query, statements: Statement[]): Promise<number[]> {
  const changes: number[] = [];
  for (const [index, { text, params, expectRows }] of statements.entries()) {
    const { count } = await query(text, params);
    if (expectRows !== undefined && count !== expectRows) throw new Conflict(index);
    changes.push(count);
  }
  return changes;
}
