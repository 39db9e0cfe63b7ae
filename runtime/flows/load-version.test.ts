import { afterAll, beforeAll, expect, test } from "vitest";
import { createIds } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { createLoadVersion } from "./load-version.ts";
import { createFlow, publishFlow } from "./publish-flow.ts";

const workspace = "wsp_1";
let database: TestDatabase;
let versions: string[];
let reads: string[];
let sql: Sql;

beforeAll(async () => {
  database = await openTestDatabase();
  const deps = { sql: database.pair.sql, ids: createIds(database.clock), clock: database.clock };
  const flow = await createFlow(deps, { workspace, name: "Versions", description: "" });
  versions = [];
  for (const size of [1, 2, 3]) {
    const document = testFlow([node.start(), node.transform("a", "x".repeat(1_000 * size))], ["start -> a"]);
    versions.push((await publishFlow(deps, { workspace, flow, document })).version);
  }
  reads = [];
  sql = {
    ...database.pair.sql,
    read(text, params) {
      reads.push(String(params?.[0]));
      return database.pair.sql.read(text, params);
    },
  };
});
afterAll(() => database.close());

test.each([
  ["characters", { versions: 500, characters: 4_500 }],
  ["versions", { versions: 2, characters: 1_000_000 }],
])("of more %s than are kept, the oldest are read again", async (_, most) => {
  const load = createLoadVersion(sql, most);
  const [small = "", middle = "", large = ""] = versions;
  reads.length = 0;
  for (const id of [small, middle, small, middle]) expect((await load(workspace, id)).id).toBe(id);
  expect(reads).toEqual([small, middle]);
  await load(workspace, large);
  await load(workspace, large);
  await load(workspace, small);
  expect(reads).toEqual([small, middle, large, small]);
});

test("one larger than all that may be kept is kept until the next comes", async () => {
  const load = createLoadVersion(sql, { versions: 500, characters: 10 });
  const [small = "", middle = ""] = versions;
  reads.length = 0;
  for (const id of [small, small, middle, small]) await load(workspace, id);
  expect(reads).toEqual([small, middle, small]);
});

test("a version that does not exist is looked for anew each time", async () => {
  const load = createLoadVersion(sql);
  reads.length = 0;
  for (const id of ["ver_none", "ver_none"]) await expect(load(workspace, id)).rejects.toMatchObject({ code: "not_found" });
  expect(reads).toEqual(["ver_none", "ver_none"]);
});
