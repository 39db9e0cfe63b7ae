import { hash } from "node:crypto";
import type { Sql, Statement } from "../store/sql.ts";

/** How long an item counts as seen after it was listed last. */
export const seenKeysMs = 60 * 86_400_000;
const batch = 200;

const plain = /^[\x20-\x7e]{1,200}$/;

/** What stands for an item's name among the keys: itself, or its SHA-256 where a database could not keep it whole. */
export function pollKey(name: string): string {
  return plain.test(name) ? name : `sha256:${hash("sha256", Buffer.from(name, "utf16le"), "base64url")}`;
}

/** Those of the keys that nobody has seen in this scope. What is still listed goes on counting as seen. */
export async function newKeys(
  { sql, clock }: { sql: Sql; clock: () => number },
  scope: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const unseen = new Set(keys);
  const now = clock();
  const aging: Statement[] = [];
  for (const some of batches(keys)) {
    const names = some.map((_, index) => `$${index + 2}`).join(", ");
    const rows = await sql.read<{ key: string; expiresAt: number }>(
      `SELECT key, expires_at AS "expiresAt" FROM dedupe_keys WHERE part = 0 AND scope = $1 AND key IN (${names})`,
      [scope, ...some],
    );
    for (const { key } of rows) unseen.delete(key);
    // Written seldom: once in half the time that they count.
    const old = rows.filter(({ expiresAt }) => Number(expiresAt) < now + seenKeysMs / 2).map(({ key }) => key);
    if (old.length > 0)
      aging.push({
        text: `UPDATE dedupe_keys SET expires_at = $1 WHERE part = 0 AND scope = $2 AND key IN (${old.map((_, index) => `$${index + 3}`).join(", ")})`,
        params: [now + seenKeysMs, scope, ...old],
      });
  }
  if (aging.length > 0) await sql.commit(aging);
  return unseen;
}

/** To be committed: the keys count as seen, though there is no event for them. */
export function rememberKeys(scope: string, keys: readonly string[], expiresAt: number): Statement[] {
  return batches(keys).map((some) => ({
    text: `INSERT INTO dedupe_keys (scope, key, event_id, expires_at)
      VALUES ${some.map((_, index) => `($1, $${index + 3}, '', $2)`).join(", ")} ON CONFLICT DO NOTHING`,
    params: [scope, expiresAt, ...some],
  }));
}

function batches(keys: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let from = 0; from < keys.length; from += batch) all.push(keys.slice(from, from + batch));
  return all;
}
