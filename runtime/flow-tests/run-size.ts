import type { Sql } from "../store/sql.ts";

/** Of all values of a run, in bytes of JSON: they are read at once, and masked, compared or written as one document. */
const mostBytes = 16_000_000;

/** Why no test can be made of a run, nor can it be gone over again; null where it is small enough. Nothing large is read for it. */
export async function tooLarge(sql: Sql, run: string): Promise<string | null> {
  const [row] = await sql.list<{ bytes: number }>(
    `SELECT (SELECT coalesce(sum(octet_length(value_texts)), 0) FROM journal WHERE run_id = $1)
       + (SELECT coalesce(sum(octet_length(value_text)), 0) FROM blobs WHERE run_id = $1) AS bytes`,
    [run],
  );
  return Number(row?.bytes ?? 0) > mostBytes ? `it is too large: its values have more than ${mostBytes / 1_000_000} MB` : null;
}
