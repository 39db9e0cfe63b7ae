import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { testConnector } from "../testing/test-engine.ts";
import { freezeConnectors, publishConnector } from "./publish-connector.ts";

let database: TestDatabase;
let deps: Parameters<typeof freezeConnectors>[0];
beforeAll(async () => {
  database = await openTestDatabase();
  deps = { sql: database.pair.sql, ids: createIds(database.clock), clock: database.clock };
});
afterAll(() => database.close());

const workspace = "wsp_1";
const mine: ConnectorDraft = { ...testConnector, key: "mine", name: "Mine" };

async function store(draft: ConnectorDraft): Promise<void> {
  const stored = await deps.sql.commit([
    {
      text: `INSERT INTO connectors (id, workspace_id, key, created_at, origin, draft) VALUES ($1, $2, $3, 1, 'custom', $4)
        ON CONFLICT (workspace_id, key) DO UPDATE SET draft = excluded.draft`,
      params: [`cnr_${draft.key}`, workspace, draft.key, JSON.stringify(draft)],
    },
  ]);
  expect(stored.outcome).toBe("committed");
}

test("a built-in connector gives its newest version, and nothing to commit", async () => {
  await publishConnector(deps, workspace, testConnector);
  const { version } = await publishConnector(deps, workspace, { ...testConnector, name: "Newer" });
  const frozen = await freezeConnectors(deps, workspace, ["upstream", "upstream"]);
  expect(frozen).toMatchObject({ versions: [version], statements: [], problems: [] });
  expect(frozen.documents.get("upstream")?.name).toBe("Newer");
});

test("a draft becomes a version when it is committed, and the same draft again is the same version", async () => {
  await store(mine);
  const first = await freezeConnectors(deps, workspace, ["mine"]);
  expect(first.problems).toEqual([]);
  expect(first.statements).toHaveLength(2);
  expect(await deps.sql.commit(first.statements)).toMatchObject({ outcome: "committed" });
  expect(await freezeConnectors(deps, workspace, ["mine"])).toMatchObject({ versions: first.versions, statements: [{}] });
  await store({ ...mine, name: "Mine, renamed" });
  const next = await freezeConnectors(deps, workspace, ["mine"]);
  expect(next.versions).not.toEqual(first.versions);
  expect(next.statements[1]?.params).toContain(2);
});

test("of two that freeze a changed draft at once, one is refused", async () => {
  await store({ ...mine, key: "raced" });
  const [one, other] = await Promise.all([0, 1].map(() => freezeConnectors(deps, workspace, ["raced"])));
  expect(await deps.sql.commit(one?.statements ?? [])).toMatchObject({ outcome: "committed" });
  expect(await deps.sql.commit(other?.statements ?? [])).toMatchObject({ outcome: "refused" });
});

test("an unknown connector, one of another workspace and an unfinished draft are problems with their place", async () => {
  await store({ ...mine, key: "unfinished", baseUrl: "" });
  const { problems, versions } = await freezeConnectors(deps, workspace, ["nothing", "unfinished"]);
  expect(versions).toEqual([]);
  expect(problems).toEqual([
    { connector: "nothing", field: "", message: 'there is no connector "nothing"' },
    { connector: "unfinished", field: "baseUrl", message: expect.stringContaining("unfinished") },
  ]);
  expect((await freezeConnectors(deps, "wsp_2", ["mine"])).problems).toHaveLength(1);
});
