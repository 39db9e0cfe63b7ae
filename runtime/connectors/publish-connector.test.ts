import { afterAll, beforeAll, expect, test } from "vitest";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { testConnector } from "../testing/test-engine.ts";
import { pinConnectors, publishConnector } from "./publish-connector.ts";

let database: TestDatabase;
let deps: Parameters<typeof publishConnector>[0];
beforeAll(async () => {
  database = await openTestDatabase();
  deps = { sql: database.pair.sql, ids: createIds(database.clock), clock: database.clock };
  await publishConnector(deps, workspace, testConnector);
});
afterAll(() => database.close());

const workspace = "wsp_1";
const pin = (keys: string[], pins: Record<string, number> = {}, where = workspace) =>
  pinConnectors(deps.sql, where, { keys, pins });

test("the installed version of a connector is taken once, or the one that was chosen", async () => {
  const { version } = await publishConnector(deps, workspace, { ...testConnector, name: "Newer" });
  const newest = await pin(["upstream", "upstream"]);
  expect(newest).toMatchObject({ versions: [version], problems: [] });
  expect(newest.documents.get("upstream")?.name).toBe("Newer");
  const chosen = await pin(["upstream"], { upstream: 1 });
  expect(chosen.versions).not.toEqual([version]);
  expect(chosen.documents.get("upstream")?.name).toBe("Upstream");
  expect(await deps.sql.commit(chosen.statements)).toMatchObject({ outcome: "committed" });
});

test("the same document again is the same version", async () => {
  const first = await publishConnector(deps, workspace, { ...testConnector, key: "same" });
  expect(await publishConnector(deps, workspace, { ...testConnector, key: "same" })).toMatchObject(first);
});

test("an unknown connector, one of another workspace and a version that there is not are problems", async () => {
  expect((await pin(["nothing"])).problems).toEqual([
    { connector: "nothing", known: false, message: 'there is no connector "nothing"' },
  ]);
  expect((await pin(["upstream"], {}, "wsp_2")).problems).toMatchObject([{ known: false }]);
  expect((await pin(["upstream"], { upstream: 9 })).problems).toEqual([
    { connector: "upstream", known: true, message: 'the connector "upstream" has no version 9' },
  ]);
  await deps.sql.commit([{ text: `DELETE FROM installations WHERE workspace_id = $1`, params: [workspace] }]);
  expect((await pin(["upstream"])).problems).toMatchObject([{ known: true, message: expect.stringContaining("not installed") }]);
});
