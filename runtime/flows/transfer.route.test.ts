import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlowFile } from "../../shared/flow/flow-file.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { ask } from "../testing/test-client.ts";
import { node, testConnector, testFlow } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { openTestSqlite } from "../testing/test-sqlite.ts";
import { createFlow } from "./publish-flow.ts";

let server: TestServer;
let person: TestPerson;
let flow: string;
const slot = { "upstream-1": "con_here" };

const document = testFlow(
  [
    node.start(),
    node.call("read", "read", { connection: "con_here", inputs: { z: 1, a: 2 } }),
    node.transform("shape", { b: 1, a: 2 }),
  ],
  ["start -> read", "read -> shape"],
);

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
  flow = await prepare(server.pair.sql, person.workspace);
});
afterAll(() => server.close());

async function prepare(sql: TestServer["pair"]["sql"], workspace: string): Promise<string> {
  const deps = { sql, clock: server.clock, ids: server.ids };
  await publishConnector(deps, workspace, testConnector);
  const made = await createFlow(deps, { workspace, name: "Look up", description: "looks" });
  await sql.commit([
    { text: `UPDATE flows SET draft = $1, draft_revision = 1 WHERE id = $2`, params: [JSON.stringify(document), made] },
    {
      text: `INSERT INTO connections (id, workspace_id, connector_id, name, target, credentials, created_at)
        SELECT 'con_here', $1, id, 'Mine', 'live', '', 0 FROM connectors WHERE workspace_id = $1 AND key = 'upstream'`,
      params: [workspace],
    },
  ]);
  return made;
}

const get = (path: string) => ask(`${server.url}/api/v1${path}`, { headers: { cookie: person.cookie } });
const post = (path: string, body: object) =>
  ask(`${server.url}/api/v1${path}`, {
    method: "POST",
    headers: { cookie: person.cookie, "x-patchbay-request": "1", "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe("a flow as a file", () => {
  it("comes back as the same file, its slots filled by whoever imports it", async () => {
    const first = (await get(`/flows/${flow}/export`)).json as { fileName: string; text: string; file: FlowFile };
    expect(first.fileName).toBe("look-up.flow.json");
    expect(first.file.slots).toEqual([{ slot: "upstream-1", connector: "upstream" }]);
    expect(first.text).not.toContain("con_here");
    const preview = await post("/flow-imports/preview", { file: first.file });
    expect(preview.json).toMatchObject({
      nodes: 3,
      slots: [{ slot: "upstream-1", installed: true, connections: [{ id: "con_here", name: "Mine" }] }],
    });
    const imported = await post("/flow-imports", { file: JSON.parse(first.text), slots: slot });
    expect(imported.json).toEqual({ flow: expect.any(String), notes: [] });
    const second = (await get(`/flows/${(imported.json as { flow: string }).flow}/export`)).json as { text: string };
    expect(second.text).toBe(first.text);
  });

  it("says which slots are left empty, and refuses what cannot fill them", async () => {
    const { file } = (await get(`/flows/${flow}/export`)).json as { file: FlowFile };
    expect((await post("/flow-imports", { file })).json).toMatchObject({
      notes: ['upstream-1: choose a connection of "upstream"'],
    });
    const named = JSON.parse(JSON.stringify(file).replaceAll("upstream-1", "constructor")) as FlowFile;
    expect((await post("/flow-imports", { file: named })).json).toMatchObject({
      notes: ['constructor: choose a connection of "upstream"'],
    });
    expect(await post("/flow-imports", { file, slots: { "upstream-1": "con_elsewhere" } })).toMatchObject({ status: 400 });
    expect(await post("/flow-imports", { file, slots: { other: "con_here" } })).toMatchObject({
      status: 400,
      json: { error: { message: 'slots: the file has no slot "other"' } },
    });
  });

  it("is refused with the step and the kind that are not known", async () => {
    const { file } = (await get(`/flows/${flow}/export`)).json as { file: FlowFile };
    Object.assign(file.flow.nodes[2] ?? {}, { kind: "legacy-script" });
    const answer = await post("/flow-imports", { file });
    expect(answer.json).toMatchObject({
      error: {
        code: "invalid_document",
        details: { problems: ['node "shape" has the kind "legacy-script", which this version of Patchbay does not know'] },
      },
    });
  });
});

it("takes a connector over as a file, under another key where its own is taken", async () => {
  const { file, text } = (await get("/connectors/upstream/export")).json as { file: object; text: string };
  const imported = await post("/connector-imports", { file });
  expect(imported.json).toMatchObject({ connector: "upstream-2", notes: [expect.stringContaining('"upstream" is taken')] });
  const again = (await get("/connectors/upstream-2/export")).json as { text: string };
  expect(again.text.replace('"key": "upstream-2"', '"key": "upstream"')).toBe(text);
  expect((await post("/connector-imports", { file: { patchbay: "connector", format: 1 } })).status).toBe(422);
});

it("exports and imports from the command line", async () => {
  const own = openTestSqlite();
  await own.pair.sql.commit([{ text: `INSERT INTO workspaces (id, name, created_at) VALUES ('wsp_1', 'W', 0)`, params: [] }]);
  await prepare(own.pair.sql, "wsp_1");
  const main = join(import.meta.dirname, "../main.ts");
  const run = (...args: string[]) => {
    const env = { ...process.env, PATCHBAY_DATA_DIR: own.folder, DATABASE_URL: "" };
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: own.folder, env, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  expect(run("export", "Look up", "a.json")).toEqual({ status: 0, stdout: "Written to a.json\n", stderr: "" });
  const text = readFileSync(join(own.folder, "a.json"), "utf8");
  const imported = run("import", "a.json", "--name", "Copy", "--slot", "upstream-1=Mine");
  expect(imported).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Imported as the draft flw_\w+\n$/) });
  expect(run("export", "Copy").stdout).toBe(text.replace('"name": "Look up"', '"name": "Copy"'));
  writeFileSync(join(own.folder, "b.json"), text.replace('"kind": "transform"', '"kind": "old-step"'));
  expect(run("import", "b.json")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('node "shape" has the kind "old-step"'),
  });
  await own.close();
}, 20_000);
