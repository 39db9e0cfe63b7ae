/** What both databases can bind: booleans are 0 and 1, times integer milliseconds, JSON text. */
export type SqlValue = string | number | null | Uint8Array;

/** `$1..$n` placeholders. `expectRows`: how many rows it must change, else the whole list is rolled back. */
export type Statement = { text: string; params: SqlValue[]; expectRows?: number };

export type CommitOutcome =
  | { outcome: "committed"; changes: number[] }
  /** A compare-and-swap missed: nothing was written. `statement` is its index in the list. */
  | { outcome: "conflict"; statement: number }
  /** A unique key or a check refused a row: nothing was written. */
  | { outcome: "refused"; reason: string };

/** Everything but the hot verbs of the engine store: one SQL text for both databases. */
export type Sql = {
  /** Short reads by key. */
  read<Row>(text: string, params?: SqlValue[]): Promise<Row[]>;
  /** Reads that can be long (lists, search, counts): they run beside the server, never in its way. */
  list<Row>(text: string, params?: SqlValue[]): Promise<Row[]>;
  /** All statements in one transaction. Throws `unavailable` when it cannot be made durable. */
  commit(statements: Statement[]): Promise<CommitOutcome>;
};
