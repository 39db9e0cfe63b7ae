import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { createVault } from "../connections/vault.ts";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import type { Foundation } from "./foundation.ts";
import { prepareDatabase } from "./prepare-database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const key = randomBytes(32);

/** What another node would have on the same database. */
function node(masterKey = key, masterKeyId = "one"): Foundation {
  const { pair, clock } = database;
  const ids = createIds(clock);
  const vault = createVault({ masterKey, masterKeyId, sql: pair.sql, clock, ids, randomBytes });
  return { config: readConfig({}), pair, sql: pair.sql, vault, clock, ids };
}

async function counts(): Promise<Record<string, number>> {
  const tables = ["workspaces", "connectors", "connector_versions", "flows", "hooks", "connections", "installed_templates"];
  const all = await Promise.all(
    tables.map(async (table) => {
      const [row] = await database.pair.sql.read<{ count: number }>(`SELECT count(*) AS count FROM ${table}`);
      return [table, Number(row?.count)] as const;
    }),
  );
  return Object.fromEntries(all);
}

it("ends with one workspace and one catalog, however many nodes start at the same time", async () => {
  await Promise.all([prepareDatabase(node()), prepareDatabase(node()), prepareDatabase(node())]);
  const once = await counts();
  expect(once).toMatchObject({ workspaces: 1, flows: 1, hooks: 1, connections: 1 });
  await prepareDatabase(node());
  expect(await counts()).toEqual(once);
});

it("finds a wrong key, and lets the next node begin all the same", async () => {
  await prepareDatabase(node());
  await expect(prepareDatabase(node(randomBytes(32), "other"))).rejects.toMatchObject({ code: "vault" });
  await prepareDatabase(node());
});
