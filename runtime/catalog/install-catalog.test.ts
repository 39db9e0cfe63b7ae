import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { createVault } from "../connections/vault.ts";
import { createIds } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { installCatalog } from "./install-catalog.ts";

const masterKey = randomBytes(32);
const tables = ["workspaces", "connectors", "connector_versions", "connections", "flows", "flow_versions", "hooks"];

let database: TestDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

/** A start with this database, as the composition root does it. */
function start(sql: Sql): Promise<void> {
  const { clock } = database;
  const ids = createIds(clock);
  return installCatalog({
    sql,
    clock,
    ids,
    vault: createVault({ masterKey, masterKeyId: "test", sql, clock, ids, randomBytes }),
  });
}

/** Dies at the commit after the first `commits`: just before it, or just after. */
function dyingAfter(commits: number, moment: "before" | "after"): Sql {
  const { sql } = database.pair;
  let left = commits;
  const die = () => {
    throw new AppError("internal", "the process was killed");
  };
  return {
    ...sql,
    async commit(statements) {
      if (left === 0 && moment === "before") die();
      const outcome = await sql.commit(statements);
      if (left === 0) die();
      left -= 1;
      return outcome;
    },
  };
}

async function counts(): Promise<Record<string, number>> {
  const { sql } = database.pair;
  const rows = await Promise.all(tables.map((table) => sql.read<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)));
  return Object.fromEntries(tables.map((table, index) => [table, rows[index]?.[0]?.count ?? 0]));
}

const one = Object.fromEntries(tables.map((table) => [table, 1]));

describe("the first start", () => {
  it.each(["before", "after"] as const)("that dies just %s any of its commits is made whole by the next", async (moment) => {
    let died = 0;
    for (; ; died += 1) {
      const outcome = await start(dyingAfter(died, moment)).then(
        () => "started",
        () => "died",
      );
      await start(database.pair.sql);
      expect(await counts()).toEqual(one);
      const [flow] = await database.pair.sql.read(
        `SELECT f.state, v.number, CASE WHEN h.secrets IS NULL THEN 0 ELSE 1 END AS secret FROM flows f JOIN flow_versions v ON v.id = f.published_version_id JOIN hooks h ON h.flow_id = f.id`,
      );
      expect(flow).toEqual({ state: "published", number: 1, secret: 1 });
      if (outcome === "started") break;
      await database.close();
      database = await openTestDatabase();
    }
    // Workspace, connector, data key and template.
    expect(died).toBe(4);
  });
});

describe("a later start", () => {
  it("leaves a connector of one's own alone that has the key of a new one", async () => {
    const { sql } = database.pair;
    await sql.commit([
      { text: `INSERT INTO workspaces (id, name, created_at) VALUES ('wsp_1', 'Mine', 1)`, params: [] },
      {
        text: `INSERT INTO connectors (id, workspace_id, key, created_at, origin, draft) VALUES ('cnr_1', 'wsp_1', 'zoominfo', 1, 'custom', '{}')`,
        params: [],
      },
    ]);
    await start(sql);
    expect(await counts()).toMatchObject({ connectors: 1, connector_versions: 0, flows: 0 });
  });

  it("leaves alone what people have made of the example", async () => {
    const { sql } = database.pair;
    await start(sql);
    await sql.commit(["hooks", "flow_versions", "flows"].map((table) => ({ text: `DELETE FROM ${table}`, params: [] })));
    await start(sql);
    expect(await counts()).toEqual({ ...one, hooks: 0, flows: 0, flow_versions: 0 });
  });
});
