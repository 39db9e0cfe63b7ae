import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { NewEvent } from "../engine-store.ts";
import { createDedupeKeys } from "./dedupe-keys.ts";
import { openDatabase, type SqliteDatabase } from "./open-database.ts";

const size = 8;
const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
let db: SqliteDatabase;
beforeAll(() => {
  db = openDatabase(join(folder, "patchbay.db"), { synchronous: "NORMAL" });
});
beforeEach(() => db.exec("DELETE FROM dedupe_keys; DELETE FROM dedupe_parts"));
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function event(id: string, key: string, { receivedAt = 0, windowMs = 1_000, scope = "hook_1" } = {}): NewEvent {
  return {
    ...{ id, workspace: "wsp_1", source: "webhook", hook: "hook_1", flow: "flw_1", receivedAt, method: "POST" },
    ...{ headers: "{}", query: "{}", contentType: null, body: Buffer.alloc(0) },
    dedupe: { scope, key, expiresAt: receivedAt + windowMs },
  };
}

const parts = () => db.prepare("SELECT DISTINCT part FROM dedupe_keys ORDER BY part").pluck().all();
const stored = () => db.prepare("SELECT part FROM dedupe_parts ORDER BY part").pluck().all();

type Step = { takes: { key: number; windowMs: number }[]; undone: boolean; later: number; next: "go on" | "purge" | "open anew" };
const steps = fc.array(
  fc.record<Step>({
    takes: fc.array(fc.record({ key: fc.nat(40), windowMs: fc.integer({ min: 1, max: 600 }) }), { maxLength: 12 }),
    undone: fc.boolean(),
    later: fc.nat(100),
    next: fc.constantFrom("go on", "purge", "open anew"),
  }),
  { minLength: 5, maxLength: 30 },
);

it("accepts a key once in its window, whatever was purged, undone or opened anew meanwhile", () => {
  fc.assert(
    fc.property(steps, (all) => {
      db.exec("DELETE FROM dedupe_keys; DELETE FROM dedupe_parts");
      let keys = createDedupeKeys(db, size);
      let now = 0;
      let count = 0;
      let known = new Map<number, { id: string; expiresAt: number }>();
      for (const { takes, undone, later, next } of all) {
        now += later;
        const before = new Map(known);
        db.exec("BEGIN");
        for (const { key, windowMs } of takes) {
          const id = `evt_${count++}`;
          const first = known.get(key);
          const isKnown = first !== undefined && first.expiresAt > now;
          expect(keys.take(event(id, `key ${key}`, { receivedAt: now, windowMs }))).toBe(isKnown ? first.id : null);
          if (!isKnown) known.set(key, { id, expiresAt: now + windowMs });
        }
        db.exec(undone ? "ROLLBACK" : "COMMIT");
        if (undone) known = before;
        if (next === "purge") while (keys.purge(now) > 0);
        if (next === "open anew") keys = createDedupeKeys(db, size);
      }
    }),
    { numRuns: 300 },
  );
});

it("begins a part when one is full, and lets go of those whose keys are all over", () => {
  const keys = createDedupeKeys(db, size);
  for (let index = 0; index < 20; index += 1) keys.take(event(`evt_${index}`, `key ${index}`, { receivedAt: index }));
  expect([parts(), stored()]).toEqual([
    [1, 2, 3],
    [1, 2],
  ]);
  expect(keys.purge(1_007)).toBe(8);
  expect([parts(), stored()]).toEqual([[2, 3], [2]]);
  const again = createDedupeKeys(db, size);
  expect(again.take(event("evt_20", "key 15", { receivedAt: 1_008 }))).toBe("evt_15");
  expect(again.take(event("evt_21", "key 3", { receivedAt: 1_008 }))).toBeNull();
  expect(parts()).toEqual([2, 3]);
});

it("keeps what is no hook's own in one part, however much it is", () => {
  const keys = createDedupeKeys(db, size);
  for (let index = 0; index < 20; index += 1) keys.take(event(`evt_${index}`, `key ${index}`, { scope: "poll:1" }));
  expect([parts(), stored()]).toEqual([[0], []]);
  expect(keys.take(event("evt_20", "key 3", { scope: "poll:1" }))).toBe("evt_3");
});

it("divides from here on what came with an older version, which is one part", () => {
  const insert = db.prepare("INSERT INTO dedupe_keys (part, scope, key, event_id, expires_at) VALUES (1, 'hook_1', ?, ?, 1000)");
  for (let index = 0; index < 20; index += 1) insert.run(`key ${index}`, `evt_${index}`);
  const keys = createDedupeKeys(db, size);
  expect(keys.take(event("evt_20", "key 3"))).toBe("evt_3");
  expect(keys.take(event("evt_21", "key 20"))).toBeNull();
  expect([parts(), stored()]).toEqual([[1, 2], [1]]);
});
