import { expect, it } from "vitest";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { purgeDedupeKeys } from "./purge-dedupe.ts";

it("deletes every key whose window is over at one time, however many there are, and no other", async () => {
  const { pair, clock, close } = await openTestDatabase();
  const { engine, sql } = pair;
  const key = `INSERT INTO dedupe_keys (scope, key, event_id, expires_at) VALUES ('hook_1', $1, 'evt_1', $2)`;
  const keys = Array.from({ length: 1_300 }, (_, index) => `key ${index}`);
  await sql.commit(keys.map((name) => ({ text: key, params: [name, clock()] })));
  await sql.commit([{ text: key, params: ["a later one", clock() + 1] }]);
  const batches: number[] = [];
  const counting = {
    async purgeDedupe(now: number) {
      const count = await engine.purgeDedupe(now);
      batches.push(count);
      return count;
    },
  };
  const duty = purgeDedupeKeys({ engine: counting, clock });
  await duty.run(AbortSignal.abort());
  expect(batches).toEqual([]);
  await duty.run(new AbortController().signal);
  expect(await sql.read("SELECT key FROM dedupe_keys")).toEqual([{ key: "a later one" }]);
  expect(batches).toEqual([500, 500, 300, 0]);
  await close();
});
