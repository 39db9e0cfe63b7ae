import { expect, it } from "vitest";
import { createKeyFilter, keyHash, readKeyFilter } from "./key-filter.ts";

const keys = (scope: string, count: number) => Array.from({ length: count }, (_, index) => keyHash(scope, `key ${index}`));

it("knows every key that was added, of others hardly any, and the same after it was stored", () => {
  const filter = createKeyFilter(10_000);
  for (const key of keys("hook_1", 10_000)) filter.add(key);
  const read = readKeyFilter(filter.bytes());
  for (const each of [filter, read]) {
    expect(keys("hook_1", 10_000).every(each.has)).toBe(true);
    expect(keys("hook_2", 10_000).filter(each.has).length).toBeLessThan(20);
  }
});

it("has nothing in it at first", () => {
  expect(keys("hook_1", 100).some(createKeyFilter(1).has)).toBe(false);
});
