import pg from "pg";
import { AppError } from "../../../shared/app-error.ts";
import type { SqlValue } from "../sql.ts";

export type Rows<Row> = { rows: Row[]; count: number };
/** Executes one statement; `$1..$n` are bound. Arrays are for the statements of the hot verbs, which unnest them. */
export type Query = <Row>(text: string, params?: (SqlValue | SqlValue[])[]) => Promise<Rows<Row>>;

/** A pool of connections to one schema. */
export type Database = {
  query: Query;
  /** All that `work` executes is one commit; what it throws rolls it back. Again from the start after a deadlock or a lost race. */
  transaction<T>(work: (query: Query) => Promise<T>, isolation?: "serializable"): Promise<T>;
  close(): Promise<void>;
};

export type DatabaseOptions = {
  /** `postgres://…` */
  url: string;
  /** Where our tables are. */
  schema: string;
  connections: number;
  /** How long a statement waits for a row that another process has locked. */
  lockTimeoutMs: number;
  /** For tests: what the SQL of ours and of pg-boss reads the time from. */
  clock?: () => number;
};

/** A process that was stopped in the middle of a transaction must not hold its locks for longer. */
const idleInTransactionMs = 1_500;
const connectTimeoutMs = 3_000;
/** A server that does not answer at all is one that is away. */
const queryTimeoutMs = 20_000;
const attempts = 8;

export function openPool({ url, schema, connections, lockTimeoutMs, clock }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    options: `-c search_path=${schema} -c lock_timeout=${lockTimeoutMs} -c idle_in_transaction_session_timeout=${idleInTransactionMs}`,
    application_name: `patchbay ${schema}`,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: queryTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    types: { getTypeParser },
    // BEGIN and the first statement travel together.
    pipeline: true,
  });
  // Both when the server dies: an idle connection tells the pool, one in use tells itself (and the query that fails).
  pool.on("error", ignore);
  pool.on("connect", (client) => client.on("error", ignore));
  const name = createNames();
  const atTime = clock ? (text: string) => inTestTime(text, clock()) : null;

  async function execute<Row>(client: pg.ClientBase, text: string, params: (SqlValue | SqlValue[])[] = []): Promise<Rows<Row>> {
    // Several statements in one text (pg-boss has such) cannot be prepared.
    const prepared = !atTime && !text.includes(";");
    const statement = prepared ? { name: name(text), text, values: params } : { text: atTime?.(text) ?? text, values: params };
    const answer: pg.QueryResult | pg.QueryResult[] = await client.query(statement);
    const results = Array.isArray(answer) ? answer : [answer];
    const count = results.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
    return { rows: results.flatMap(({ rows }) => rows as Row[]), count };
  }

  async function query<Row>(text: string, params?: (SqlValue | SqlValue[])[]): Promise<Rows<Row>> {
    return withClient((client) => execute<Row>(client, text, params));
  }

  /** A connection that has failed is not used again. */
  async function withClient<T>(use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      const result = await use(client);
      client.release();
      return result;
    } catch (error) {
      client.release(isBroken(error));
      throw error;
    }
  }

  async function once<T>(work: (query: Query) => Promise<T>, isolation?: "serializable"): Promise<T> {
    return withClient(async (client) => {
      const begun = client.query(isolation ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN");
      // What it fails with, the statement behind it fails with as well.
      begun.catch(ignore);
      try {
        const result = await work((text, params) => execute(client, text, params));
        const { command } = await client.query("COMMIT");
        // A transaction with a failed statement in it answers COMMIT with a rollback, and no error.
        if (command !== "COMMIT") throw new pg.DatabaseError("the transaction was rolled back", 0, "error");
        return result;
      } catch (error) {
        await client.query("ROLLBACK").catch(ignore);
        throw error;
      }
    });
  }

  return {
    query,
    async transaction(work, isolation) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(work, isolation);
        } catch (error) {
          if (attempt === attempts || !isLostRace(error)) throw error;
        }
      }
    },
    close: () => pool.end(),
  };
}

/** The connection goes on after all else: a statement that the server refused, a transaction that its caller gave up. */
function isBroken(error: unknown): boolean {
  return error instanceof pg.DatabaseError ? /^(08|57P|25P)/.test(error.code ?? "08") : isAway(error);
}

/** Another transaction came first: the same again may succeed (serialization_failure, deadlock_detected). */
function isLostRace(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === "40001" || error.code === "40P01");
}

/** The fault is in the row, not in the database (classes data_exception, integrity_constraint_violation, program_limit_exceeded). */
export function isRowFault(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^(22|23|54)/.test(error.code ?? "");
}

/** The database cannot be reached, is stopping, or is too busy: not a fault of any statement. */
export function isAway(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return !isRowFault(error) && !isProgramFault(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Codes of the system (ECONNREFUSED, EAI_AGAIN), not those of Node (ERR_…).
  return /^E(?!RR_)[A-Z_]+$/.test(code) || (error instanceof Error && /connection|timeout|not queryable/i.test(error.message));
}

/** What a read that failed is to others: `unavailable` while the database is away, else a fault of ours. */
export function readFault(cause: unknown): AppError {
  return isAway(cause)
    ? new AppError("unavailable", "the database does not answer", { cause })
    : new AppError("internal", "a statement failed", { cause });
}

/** Postgres has no NUL in a text, and SQLite has: the caller's own text, not a fault of ours (character_not_in_repertoire). */
export function isTextFault(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "22021";
}

/** A statement of ours that Postgres does not understand (class syntax_error_or_access_rule_violation). */
export function isProgramFault(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^42/.test(error.code ?? "");
}

/** A text is prepared once per connection under its name. */
function createNames(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    const name = `s${names.size + 1}`;
    names.set(text, name);
    return name;
  };
}

/** Integers fit into a number here; booleans are 0 and 1 as in SQLite. */
function getTypeParser(oid: number, format?: "text" | "binary") {
  switch (oid) {
    case pg.types.builtins.INT8:
    case pg.types.builtins.NUMERIC:
      return Number;
    case pg.types.builtins.BOOL:
      return (text: string) => (text === "t" ? 1 : 0);
    default:
      return pg.types.getTypeParser(oid, format);
  }
}

function inTestTime(text: string, now: number): string {
  // Where pg-boss defines its clock instead of reading it.
  if (text.includes("FUNCTION")) return text;
  return text.replaceAll(/\w+\.job_now\(\)/g, `to_timestamp(${now / 1_000})`).replaceAll("now_ms()", `${now}::bigint`);
}

function ignore(): void {}
