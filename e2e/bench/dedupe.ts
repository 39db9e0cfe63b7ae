import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIds } from "../../runtime/ids.ts";
import type { NewEvent } from "../../runtime/store/engine-store.ts";
import { createDedupeKeys } from "../../runtime/store/sqlite/dedupe-keys.ts";
import { openDatabase } from "../../runtime/store/sqlite/open-database.ts";
import { openSqlite } from "../../runtime/store/sqlite/open-sqlite.ts";
import { AppError } from "../../shared/app-error.ts";
import { type Figure, median, ratio } from "./figure.ts";

const weekMs = 7 * 86_400_000;
const senders = 64;
const rounds = 4;
const hook = "hook_abcdefghijklmnopqrstuvwxyz0";
const body = Buffer.alloc(2_048, "x");

/**
 * The rate at which the store of the embedded pair takes events whose keys are all new, beside `keys` keys of the last seven days of the
 * same hook, against the same beside none; in turn, medians of the rounds. The usual 10 million take some minutes to be made.
 */
export async function dedupe(seconds: number, keys: number): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), "patchbay-dedupe-"));
  try {
    const filled = join(folder, "filled.db");
    await fill(filled, keys);
    const rates = { filled: [] as number[], empty: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      rates.empty.push(await rateOf(join(folder, `empty-${round}.db`), seconds / rounds));
      rates.filled.push(await rateOf(filled, seconds / rounds));
    }
    const [value, baseline] = [median(rates.filled), median(rates.empty)];
    const whole = { value: Math.round(value), baseline: Math.round(baseline), ratio: ratio(value, baseline) };
    return { case: "dedupe", unit: "events/s", ...whole, p50Ms: null, p99Ms: null, keys };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The keys of a week, evenly, each taken as the product takes it; only that nothing waits for the disk. */
async function fill(file: string, keys: number): Promise<void> {
  await openSqlite({ file, clock: Date.now, ids: createIds(Date.now) }).close();
  const db = openDatabase(file, { synchronous: "NORMAL" });
  db.pragma("wal_autocheckpoint = 10000");
  const taken = createDedupeKeys(db);
  const begin = Date.now() - weekMs;
  const some = 10_000;
  for (let start = 0; start < keys; start += some)
    db.transaction(() => {
      for (let index = start; index < Math.min(start + some, keys); index += 1) {
        // The oldest ones are about to expire, and none does while it is measured.
        const receivedAt = begin + 3_600_000 + Math.floor((index / keys) * (weekMs - 3_600_000));
        taken.take(newEvent(`evt_${index.toString(16).padStart(32, "0")}`, receivedAt));
      }
    })();
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}

async function rateOf(file: string, seconds: number): Promise<number> {
  const ids = createIds(Date.now);
  const pair = openSqlite({ file, clock: Date.now, ids });
  const begunAt = performance.now();
  const endsAt = begunAt + seconds * 1_000;
  let taken = 0;
  const send = async () => {
    while (performance.now() < endsAt) {
      const { outcome } = await pair.engine.ingest(newEvent(ids.next("evt")), [
        { id: ids.next("run"), flowVersion: "ver_1", trigger: "event" },
      ]);
      if (outcome !== "accepted") throw new AppError("internal", `an event was ${outcome}`);
      taken += 1;
    }
  };
  await Promise.all(Array.from({ length: senders }, send));
  const rate = taken / ((performance.now() - begunAt) / 1_000);
  await pair.close();
  return rate;
}

function newEvent(id: string, receivedAt = Date.now()): NewEvent {
  const key = `header:x-id:${randomUUID()}`;
  return {
    ...{ id, workspace: "wsp_1", source: "webhook", hook, flow: "flw_1", receivedAt, method: "POST", query: "{}", body },
    headers: '{"content-type":"application/json"}',
    contentType: "application/json",
    dedupe: { scope: hook, key, expiresAt: receivedAt + weekMs },
  };
}
