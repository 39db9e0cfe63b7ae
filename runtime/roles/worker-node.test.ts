import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { createVault } from "../connections/vault.ts";
import { createIds } from "../ids.ts";
import { createLog } from "../log.ts";
import type { Workers } from "../store/workers.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { createBase } from "./base.ts";
import { createWorkerNode } from "./worker-node.ts";

it("is ready once it has joined, and not before", async () => {
  const database = await openTestDatabase();
  const { pair, clock } = database;
  const ids = createIds(clock);
  const vault = createVault({ masterKey: randomBytes(32), masterKeyId: "one", sql: pair.sql, clock, ids, randomBytes });
  let open: () => void = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const workers: Workers = { join: (name, lost) => gate.then(() => pair.workers.join(name, lost)) };
  const foundation = { config: readConfig({}), pair: { ...pair, workers }, sql: pair.sql, vault, clock, ids };
  const base = createBase(foundation, null);
  const worker = createWorkerNode(base, createLog("silent"));
  expect(worker.ready()).toBe(false);
  worker.start();
  expect(worker.ready()).toBe(false);
  open();
  await expect.poll(worker.ready).toBe(true);
  await worker.stop(0);
  await worker.close();
  await base.outbound.destroy();
  await database.close();
});
