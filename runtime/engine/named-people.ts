import type { JournalEntry } from "../../shared/run/journal.ts";
import { listMembers } from "../people/members.ts";
import type { Sql } from "../store/sql.ts";

/** Names of the people whom the entries of a run's journal name, by id; null of those who are not in the workspace any more. */
export async function namedPeople(
  sql: Sql,
  workspace: string,
  entries: readonly JournalEntry[],
): Promise<Record<string, string | null>> {
  const ids = new Set(entries.flatMap((entry) => ("by" in entry && entry.by.startsWith("usr_") ? entry.by : [])));
  if (ids.size === 0) return {};
  const names = new Map((await listMembers(sql, workspace)).map(({ id, name }) => [id, name]));
  return Object.fromEntries([...ids].map((id) => [id, names.get(id) ?? null]));
}
