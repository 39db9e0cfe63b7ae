import type { NewEvent } from "../engine-store.ts";
import { createKeyFilter, type KeyFilter, type KeyHash, keyHash, readKeyFilter } from "./key-filter.ts";
import type { SqliteDatabase } from "./open-database.ts";

/** The keys that were accepted and still count, within the transaction of whoever calls. */
export type DedupeKeys = {
  /** The event that has this one's key already; null: the key is its own from now on, or it has none. */
  take(event: NewEvent): string | null;
  /** Deletes some keys whose window is over at `now` (ms); gives how many. */
  purge(now: number): number;
};

/** Enough that there are a hundred parts for ten million keys; few enough that the pages of one, 20 MB, stay in memory. */
const keysPerPart = 100_000;

type Part = { part: number; filter: KeyFilter; count: number; expiresAt: number };
type Key = NonNullable<NewEvent["dedupe"]>;

/**
 * Keys come in no order, so in one index of millions each new one is written to another page, which has to be read from the disk first.
 * Those of hooks therefore lie in parts of `size`, in the order in which they came: new keys go to the newest part, whose pages
 * are in memory, and the older parts are asked only when their filter says that they may have the key. What is in memory may run ahead
 * of a transaction that is undone: a filter with too many keys costs a look and no more, and a part whose filter was not stored is read
 * again at the start.
 */
export function createDedupeKeys(db: SqliteDatabase, size = keysPerPart): DedupeKeys {
  const sql = prepareStatements(db);
  let { full, open } = readParts();

  function readParts(): { full: Part[]; open: Part } {
    const stored = sql.parts.all() as { part: number; filter: Uint8Array; expiresAt: number }[];
    const full = stored.map((row): Part => ({ ...row, filter: readKeyFilter(row.filter), count: size }));
    const known = new Set(full.map(({ part }) => part));
    const [first, last] = [sql.firstPart.get() as number | null, sql.lastPart.get() as number | null];
    for (let part = first ?? 1; part <= (last ?? 0); part += 1) if (!known.has(part)) full.push(readPart(part));
    full.sort((one, other) => one.part - other.part);
    const newest = full.at(-1);
    const goesOn = newest !== undefined && !known.has(newest.part);
    if (goesOn) full.pop();
    return { full, open: goesOn ? newest : emptyPart((newest?.part ?? 0) + 1) };
  }

  function readPart(part: number): Part {
    const rows = sql.keysOf.all(part) as Key[];
    const read = emptyPart(part, rows.length);
    for (const { scope, key, expiresAt } of rows) note(read, keyHash(scope, key), expiresAt);
    return read;
  }

  function emptyPart(part: number, keys = 0): Part {
    return { part, filter: createKeyFilter(Math.max(keys, size)), count: 0, expiresAt: 0 };
  }

  function beginPart(): void {
    sql.keepPart.run(open.part, open.filter.bytes(), open.expiresAt);
    full.push(open);
    open = emptyPart(open.part + 1);
  }

  function note(part: Part, hash: KeyHash, expiresAt: number): void {
    part.filter.add(hash);
    part.count += 1;
    part.expiresAt = Math.max(part.expiresAt, expiresAt);
  }

  function takeIn(part: number, { id, receivedAt }: NewEvent, { scope, key, expiresAt }: Key): string | null {
    const taken = sql.insert.run(part, scope, key, id, expiresAt, receivedAt);
    return taken.changes === 0 ? (sql.event.get(part, scope, key, receivedAt) as string) : null;
  }

  return {
    take(event) {
      const { dedupe, hook, receivedAt } = event;
      if (!dedupe) return null;
      if (dedupe.scope !== hook) return takeIn(0, event, dedupe);
      if (open.count >= size) beginPart();
      const hash = keyHash(dedupe.scope, dedupe.key);
      for (let index = full.length - 1; index >= 0; index -= 1) {
        const { part, filter } = full[index] as Part;
        if (!filter.has(hash)) continue;
        const first = sql.event.get(part, dedupe.scope, dedupe.key, receivedAt) as string | undefined;
        if (first !== undefined) return first;
      }
      const first = takeIn(open.part, event, dedupe);
      if (first === null) note(open, hash, dedupe.expiresAt);
      return first;
    },
    purge(now) {
      full = full.filter(({ expiresAt }) => expiresAt > now);
      sql.forgetParts.run(now);
      return sql.purge.run(now).changes;
    },
  };
}

function prepareStatements(db: SqliteDatabase) {
  const prepare = (text: string) => db.prepare<unknown[]>(text);
  return {
    // A key whose window is over counts as new.
    insert: prepare(
      `INSERT INTO dedupe_keys (part, scope, key, event_id, expires_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (part, scope, key) DO UPDATE SET event_id = excluded.event_id, expires_at = excluded.expires_at
       WHERE dedupe_keys.expires_at <= ?`,
    ),
    event: prepare(`SELECT event_id FROM dedupe_keys WHERE part = ? AND scope = ? AND key = ? AND expires_at > ?`).pluck(),
    keysOf: prepare(`SELECT scope, key, expires_at AS expiresAt FROM dedupe_keys WHERE part = ?`),
    firstPart: prepare(`SELECT min(part) FROM dedupe_keys WHERE part > 0`).pluck(),
    lastPart: prepare(`SELECT max(part) FROM dedupe_keys WHERE part > 0`).pluck(),
    parts: prepare(`SELECT part, filter, expires_at AS expiresAt FROM dedupe_parts`),
    keepPart: prepare(`INSERT INTO dedupe_parts (part, filter, expires_at) VALUES (?, ?, ?)`),
    forgetParts: prepare(`DELETE FROM dedupe_parts WHERE expires_at <= ?`),
    purge: prepare(
      `DELETE FROM dedupe_keys WHERE (part, scope, key) IN
         (SELECT part, scope, key FROM dedupe_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT 500)`,
    ),
  };
}
