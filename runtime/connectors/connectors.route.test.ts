import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connectors.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import { getImport, type ImportState, importFile, startImport } from "../../shared/api/imports.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { ask } from "../testing/test-client.ts";
import { node, testConnector, testFlow } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { beginImport } from "./imports.ts";
import { publishConnector } from "./publish-connector.ts";

let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
});
afterAll(() => server.close());

async function send(method: string, path: string, body?: unknown, who = person) {
  const headers = { Cookie: who.cookie, "X-Patchbay-Request": "1" };
  const answer = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: answer.json, problem: answer.status === 200 ? null : ErrorBody.parse(answer.json).error };
}
async function make(name: string, from?: object): Promise<string> {
  const { json } = await send("POST", "/connectors", { name, from });
  return api.createConnector.response.parse(json).connector;
}
const read = async (key: string) => api.getConnector.response.parse((await send("GET", `/connectors/${key}`)).json);
const edit = (key: string, base: number, change: object) => send("PATCH", `/connectors/${key}`, { base, edit: change });
const endpoint = (key: string, more = {}) => ({ key, name: key, method: "GET", path: `/${key}`, parameters: [], ...more });
const put = (given: object, replaces: string | null = null) => ({ edit: "endpoint", replaces, endpoint: given });

/** What comes of a file, once it is read. */
async function importText(text: string): Promise<{ id: string; result: ImportState }> {
  return outcomeOf(startImport.response.parse((await send("POST", "/imports", { source: { text } })).json).import);
}
async function outcomeOf(id: string): Promise<{ id: string; result: ImportState }> {
  for (;;) {
    const { result } = getImport.response.parse((await send("GET", `/imports/${id}`)).json);
    if (result.state !== "reading") return { id, result };
  }
}

/** In these pieces, its length unsaid. */
function sendFile(pieces: Buffer[]) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1/imports/file`, { method: "POST", headers, chunks: pieces });
}

const specification = JSON.stringify({
  openapi: "3.0.3",
  info: { title: "Shop", version: "1" },
  servers: [{ url: "https://shop.example.com" }],
  paths: Object.fromEntries(
    ["a", "b", "c"].map((id) => [`/${id}`, { get: { operationId: id, responses: { 200: { description: "" } } } }]),
  ),
});

describe("importing", () => {
  test("keeps what was read; a connector takes the endpoints that are chosen", async () => {
    const { id, result } = await importText(specification);
    if (result.state !== "read") expect.fail("it was not read");
    expect(result.report.operations.map(({ key }) => key)).toEqual(["a", "b", "c"]);
    const key = await make("Shop", { import: id, endpoints: ["c", "a"] });
    expect(await read(key)).toMatchObject({
      origin: "custom",
      revision: 1,
      tests: [],
      document: { key: "shop", baseUrl: "https://shop.example.com", endpoints: [{ key: "a" }, { key: "c" }] },
    });
    const [row] = await server.pair.sql.read<{ imported: string }>("SELECT imported FROM connectors WHERE key = 'shop'");
    expect(JSON.parse(row?.imported ?? "{}").endpoints).toHaveLength(3);
    const unknown = await send("POST", "/connectors", { name: "Shop", from: { import: id, endpoints: ["z"] } });
    expect(unknown.problem).toMatchObject({ code: "bad_request", message: 'from.endpoints: the import has no endpoint "z"' });
    server.advance(86_400_001);
    expect((await send("POST", "/connectors", { name: "Shop", from: { import: id, endpoints: [] } })).problem?.code).toBe(
      "not_found",
    );
    await importText(specification);
    expect(await server.pair.sql.read("SELECT id FROM imports")).toHaveLength(1);
    expect(await server.pair.sql.read("SELECT DISTINCT import_id FROM import_parts")).toHaveLength(1);
    for (let made = 0; made < 25; made++) await beginImport({ ...server, sql: server.pair.sql }, "wsp_x");
    expect(await server.pair.sql.read("SELECT id FROM imports WHERE workspace_id = 'wsp_x'")).toHaveLength(20);
    expect(await server.pair.sql.read("SELECT id FROM imports WHERE workspace_id <> 'wsp_x'")).toHaveLength(1);
  });

  test("refuses a file with its place and reason", async () => {
    const { result } = await importText('{"swagger":"2.0"}');
    const message = "Only OpenAPI 3.0 and 3.1 can be read; this file says Swagger 2.0";
    expect(result).toEqual({ state: "refused", message });
  });

  test("is known to have ended when its server was stopped meanwhile", async () => {
    const id = await beginImport({ ...server, sql: server.pair.sql }, person.workspace);
    const state = async () => getImport.response.parse((await send("GET", `/imports/${id}`)).json).result;
    expect(await state()).toEqual({ state: "reading", progress: 0, stage: "Waiting" });
    expect((await send("POST", "/connectors", { name: "Early", from: { import: id, endpoints: [] } })).status).toBe(404);
    server.advance(5 * 60_000 + 1);
    expect(await state()).toMatchObject({ state: "refused", message: expect.stringContaining("was stopped") });
  });

  test("kept whole by an earlier release goes on to be there", async () => {
    const { id } = await importText(specification);
    const text = `UPDATE imports SET document = (SELECT text FROM import_parts WHERE import_id = $1) WHERE id = $1`;
    await server.pair.sql.commit([
      { text, params: [id] },
      { text: "DELETE FROM import_parts WHERE import_id = $1", params: [id] },
    ]);
    const key = await make("Kept whole", { import: id, endpoints: ["b"] });
    expect((await read(key)).document.endpoints).toMatchObject([{ key: "b" }]);
  });

  test("takes a file of several MB, and no other route does", async () => {
    const large = specification.replace('"Shop"', `"Shop","description":"${"ö".repeat(1_500_000)}"`);
    const { import: id } = importFile.response.parse((await sendFile([Buffer.from(large)])).json);
    expect((await outcomeOf(id)).result).toMatchObject({ state: "read", report: { title: "Shop" } });
    expect((await send("POST", "/imports", { source: { text: large } })).problem?.message).toContain("at most 1 MB");
    expect((await send("POST", "/connectors", { name: large })).problem?.message).toBe("body: at most 2 MB");
  });

  test("refuses a file that is empty or too large, whether it says so or not", async () => {
    const tooLarge = Array.from({ length: 31 }, () => Buffer.alloc(1024 * 1024, "x"));
    const refused = async (pieces: Buffer[]) => ErrorBody.parse((await sendFile(pieces)).json).error;
    expect(await refused([])).toMatchObject({ code: "bad_request", message: "body: the file is empty" });
    expect(await refused(tooLarge)).toMatchObject({ code: "bad_request", message: "body: at most 30 MB" });
    const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1", "Content-Length": String(32_000_000) };
    const announced = await ask(`${server.url}/api/v1/imports/file`, { method: "POST", headers, body: "x" });
    expect(ErrorBody.parse(announced.json).error.message).toBe("body: at most 30 MB");
  });

  test("from a URL goes where every call may go, and nowhere else", async () => {
    const from = async (url: string) => {
      const { json } = await send("POST", "/imports", { source: { url } });
      const { import: id } = startImport.response.parse(json);
      for (;;) {
        const { result } = getImport.response.parse((await send("GET", `/imports/${id}`)).json);
        if (result.state !== "reading") return result;
      }
    };
    expect(await from("http://example.com/a.json")).toMatchObject({
      state: "refused",
      message: expect.stringContaining("https"),
    });
    expect(await from("https://169.254.169.254/latest")).toMatchObject({
      state: "refused",
      message: expect.stringContaining("not a public address"),
    });
    expect((await send("POST", "/imports", { source: { url: "file:///etc/passwd" } })).problem?.code).toBe("bad_request");
  });
});

describe("editing", () => {
  test("saves one section on its base, and a stale base is a conflict that changes nothing", async () => {
    const key = await make("Edited");
    expect((await edit(key, 1, { edit: "basics", name: "New name", description: "" })).json).toEqual({ revision: 2 });
    const late = await edit(key, 1, { edit: "basics", name: "Lost", description: "" });
    expect(late.problem).toMatchObject({ code: "conflict", details: { revision: 2 } });
    expect((await read(key)).document.name).toBe("New name");
    const both = await Promise.all([1, 2].map((count) => edit(key, 2, put(endpoint(`e${count}`)))));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect((await read(key)).document.endpoints).toHaveLength(1);
  });

  test("names the field that is refused", async () => {
    const key = await make("Refused");
    const http = await edit(key, 1, { edit: "base", baseUrl: "http://api.example.com", auth: { kind: "none" } });
    expect(http.problem).toMatchObject({
      code: "invalid_document",
      details: { issues: [{ field: "edit.baseUrl", message: expect.stringContaining("must use https") }] },
    });
    expect((await edit(key, 1, put(endpoint("No Slug")))).problem).toMatchObject({
      code: "bad_request",
      details: { issues: [{ field: "edit.endpoint.key", message: expect.stringContaining("slug") }] },
    });
    expect((await read(key)).revision).toBe(1);
  });

  test("keeps the last test of an endpoint that gets another key, as long as it sends the same", async () => {
    const key = await make("Tested");
    await edit(key, 1, put(endpoint("old")));
    const [row] = await server.pair.sql.read<{ id: string }>("SELECT id FROM connectors WHERE key = $1", [key]);
    await server.pair.sql.commit([
      {
        text: `INSERT INTO endpoint_tests (workspace_id, connector_id, endpoint, fingerprint, passed, status, message, inputs, tested_at)
          VALUES ($1, $2, 'old', 'of another time', 1, 200, 'fine', '{}', 5)`,
        params: [person.workspace, row?.id ?? ""],
      },
    ]);
    // A test of an endpoint that was removed while it was under way.
    await server.pair.sql.commit([
      {
        text: `INSERT INTO endpoint_tests (workspace_id, connector_id, endpoint, fingerprint, passed, message, inputs, tested_at)
          VALUES ($1, $2, 'new', 'late', 1, 'late', '{}', 6)`,
        params: [person.workspace, row?.id ?? ""],
      },
    ]);
    await edit(key, 2, put(endpoint("new", { path: "/old" }), "old"));
    expect((await read(key)).tests).toEqual([
      {
        endpoint: "new",
        passed: true,
        stale: true,
        status: 200,
        message: "fine",
        inputs: {},
        connection: null,
        testedAt: 5,
        assertions: [],
      },
    ]);
    await edit(key, 3, { edit: "remove-endpoint", endpoint: "new" });
    expect(await server.pair.sql.read("SELECT 1 FROM endpoint_tests")).toEqual([]);
  });
});

describe("the list", () => {
  test("has connectors with what uses them, and a name's second connector gets a key of its own", async () => {
    const other = await server.addPerson("Eve");
    const named = async () =>
      api.createConnector.response.parse((await send("POST", "/connectors", { name: "Čapek & Söhne" }, other)).json);
    expect([await named(), await named()]).toEqual([{ connector: "capek-sohne" }, { connector: "capek-sohne-2" }]);
    const deps = { sql: server.pair.sql, ids: server.ids, clock: server.clock };
    await publishConnector(deps, other.workspace, testConnector);
    const flow = await createFlow(deps, { workspace: other.workspace, name: "Uses it", description: "" });
    const document = testFlow([node.start(), node.call("a", "read")], ["start -> a"]);
    await publishFlow(deps, { workspace: other.workspace, flow, document });
    const { connectors } = api.listConnectors.response.parse((await send("GET", "/connectors", undefined, other)).json);
    expect(connectors.map(({ key, origin, flows, auth }) => [key, origin, flows, auth])).toEqual([
      ["capek-sohne", "custom", 0, "None"],
      ["capek-sohne-2", "custom", 0, "None"],
      ["upstream", "built-in", 1, "None"],
    ]);
    expect(connectors[2]?.endpoints[0]).toEqual({ key: "read", name: "read", method: "POST", path: "/read", effect: "read" });
  });
});

describe("a built-in connector", () => {
  test("is read, and neither changed nor deleted", async () => {
    await publishConnector({ sql: server.pair.sql, ids: server.ids, clock: server.clock }, person.workspace, testConnector);
    expect(await read("upstream")).toMatchObject({ origin: "built-in", revision: 1 });
    expect((await edit("upstream", 1, { edit: "basics", name: "Mine", description: "" })).problem?.code).toBe("forbidden");
    expect((await send("DELETE", "/connectors/upstream")).problem?.code).toBe("forbidden");
  });
});

describe("deleting", () => {
  test("is refused while a draft or a connection uses it, naming them", async () => {
    const key = await make("Used");
    const { sql } = server.pair;
    const flow = await createFlow(
      { sql, ids: server.ids, clock: server.clock },
      { workspace: person.workspace, name: "Draws it", description: "" },
    );
    const document = testFlow([node.start(), node.call("a", "read", { connector: key })], ["start -> a"]);
    await sql.commit([{ text: "UPDATE flows SET draft = $1 WHERE id = $2", params: [JSON.stringify(document), flow] }]);
    expect((await send("DELETE", `/connectors/${key}`)).problem).toMatchObject({
      code: "conflict",
      message: '"Used" is used by the flow "Draws it"',
    });
    await sql.commit([{ text: "UPDATE flows SET draft = NULL WHERE id = $1", params: [flow] }]);
    expect((await send("DELETE", `/connectors/${key}`)).status).toBe(200);
    expect((await send("GET", `/connectors/${key}`)).problem?.code).toBe("not_found");
  });
});
