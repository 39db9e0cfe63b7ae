import type { Sql, SqlValue } from "./sql.ts";

/** A column test such as `r.status =` and what it is compared with; undefined: not asked for. */
export type Condition = [test: string, value: SqlValue | undefined];

/** `select` up to its WHERE; `id`: the column of ids, which are ordered by time; `limit`: rows of a page. */
type Page = { select: string; id: string; before: string | undefined; limit: number; conditions: Condition[] };

/** One page of a long list, newest first, and the id after which the next one begins (null: this was the last). */
export async function listPage<Row extends { id: string }>(
  sql: Sql,
  { select, id, before, limit, conditions }: Page,
): Promise<{ rows: Row[]; next: string | null }> {
  const asked = [...conditions, [`${id} <`, before] as Condition].filter(([, value]) => value !== undefined);
  const where = asked.map(([test], index) => `${test} $${index + 1}`).join(" AND ");
  const params = asked.map(([, value]) => value ?? null);
  // One more than asked for tells whether there is a next page.
  const rows = await sql.list<Row>(`${select} WHERE ${where} ORDER BY ${id} DESC LIMIT $${asked.length + 1}`, [
    ...params,
    limit + 1,
  ]);
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
