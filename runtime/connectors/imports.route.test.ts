import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as connectors from "../../shared/api/connectors.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import * as api from "../../shared/api/imports.ts";
import { ask } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
});
afterAll(() => server.close());

async function send(method: string, path: string, body?: unknown) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const answer = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: answer.json, problem: answer.status === 200 ? null : ErrorBody.parse(answer.json).error };
}

/** An API whose operations are given by id; `more`: what one of them says beside that. */
function specification(ids: string[], more: Record<string, object> = {}): string {
  const operation = (id: string) => ({ operationId: id, responses: { 200: { description: "" } }, ...more[id] });
  return JSON.stringify({
    openapi: "3.0.3",
    info: { title: "Shop", version: "1" },
    servers: [{ url: "https://shop.example.com" }],
    paths: Object.fromEntries(ids.map((id) => [`/${id}`, { get: operation(id) }])),
  });
}

async function importText(text: string): Promise<string> {
  const { import: id } = api.startImport.response.parse((await send("POST", "/imports", { source: { text } })).json);
  for (;;) {
    const { result } = api.getImport.response.parse((await send("GET", `/imports/${id}`)).json);
    if (result.state === "read") return id;
    if (result.state === "refused") expect.fail(result.message);
  }
}

async function made(name: string, ids: string[]): Promise<string> {
  const from = { import: await importText(specification(ids)), endpoints: ids };
  return connectors.createConnector.response.parse((await send("POST", "/connectors", { name, from })).json).connector;
}
const read = async (key: string) => connectors.getConnector.response.parse((await send("GET", `/connectors/${key}`)).json);
const preview = async (key: string, id: string, mode = "merge") =>
  api.previewImport.response.parse((await send("POST", `/connectors/${key}/specification/preview`, { import: id, mode })).json)
    .merge;
const apply = (key: string, body: object) =>
  send("POST", `/connectors/${key}/specification`, { mode: "merge", take: [], ...body });

async function keepTest(key: string, endpoint: string): Promise<void> {
  const [row] = await server.pair.sql.read<{ id: string }>("SELECT id FROM connectors WHERE key = $1", [key]);
  await server.pair.sql.commit([
    {
      text: `INSERT INTO endpoint_tests (workspace_id, connector_id, endpoint, fingerprint, passed, status, message, inputs, tested_at)
        VALUES ($1, $2, $3, 'f', 1, 200, 'fine', '{}', 1)`,
      params: [person.workspace, row?.id ?? "", endpoint],
    },
  ]);
}

describe("a connector's file", () => {
  test("is known by its format, its title and when it was read; one made by hand has none", async () => {
    const key = await made("Sourced", ["a", "b"]);
    const source = async (connector: string) =>
      api.getImportSource.response.parse((await send("GET", `/connectors/${connector}/specification`)).json).source;
    expect(await source(key)).toEqual({
      format: "OpenAPI 3.0.3",
      title: "Shop",
      readAt: server.clock(),
      endpoints: 2,
      extensions: [],
    });
    await send("POST", "/connectors", { name: "By hand" });
    expect(await source("by-hand")).toBeNull();
    expect((await send("GET", "/connectors/nowhere/specification")).problem?.code).toBe("not_found");
  });

  test("is the connector as OpenAPI, and imports again", async () => {
    const key = await made("Exported", ["a", "b"]);
    const { fileName, document } = api.exportConnector.response.parse((await send("GET", `/connectors/${key}/openapi`)).json);
    expect(fileName).toBe("exported.openapi.json");
    const merge = await preview(key, await importText(JSON.stringify(document)));
    expect(merge).toMatchObject({ changes: [], signIn: null, unchanged: 2 });
  });
});

describe("a newer file", () => {
  test("shows what it would do, and which steps it hits, before it is taken in whole", async () => {
    const key = await made("Merged", ["a", "b", "c"]);
    await keepTest(key, "a");
    await keepTest(key, "b");
    const nodes = [{ ...node.transform("shape", "{{trigger.body}}") }];
    const { flow } = await server.publish({ workspace: person.workspace, nodes, edges: ["event -> shape"] });
    const call = { id: "ask", name: "Ask for b", kind: "call", connector: key, endpoint: "b", connection: null, inputs: {} };
    await server.pair.sql.commit([
      { text: `UPDATE flows SET draft = $1 WHERE id = $2`, params: [JSON.stringify({ nodes: [call] }), flow] },
    ]);
    const parameters = [{ name: "q", in: "query", required: true, schema: { type: "string" } }];
    const newer = await importText(specification(["a", "c", "d"], { c: { parameters } }));
    const merge = await preview(key, newer);
    expect(
      merge.changes.map(({ key, change, breaking, steps }) => [key, change, breaking, steps.map((step) => step.nodeName)]),
    ).toEqual([
      ["b", "removed", ["it is gone"], ["Ask for b"]],
      ["c", "changed", ['the parameter "Q" is new, and required'], []],
      ["d", "added", [], []],
    ]);
    expect(merge.changes[0]?.steps).toEqual([
      { flow, flowName: expect.any(String), node: "ask", nodeName: "Ask for b", endpoint: "b", published: false },
    ]);
    expect((await read(key)).revision).toBe(1);
    expect((await apply(key, { import: newer, base: merge.base, take: ["d"] })).json).toEqual({ revision: 2 });
    const { document, tests } = await read(key);
    expect(document.endpoints.map(({ key: each }) => each)).toEqual(["a", "c", "d"]);
    expect(tests.map(({ endpoint }) => endpoint)).toEqual(["a"]);
    expect((await preview(key, newer)).changes).toEqual([]);
    await server.pair.sql.commit([{ text: `UPDATE flows SET draft = NULL WHERE id = $1`, params: [flow] }]);
  });

  test("is not taken in half: while something is undecided, on a stale base, or beyond the limit", async () => {
    const key = await made("Strict", ["a"]);
    const endpoint = { key: "a", name: "Ours", method: "GET", path: "/a", parameters: [], imported: "GET /a" };
    await send("PATCH", `/connectors/${key}`, { base: 1, edit: { edit: "endpoint", replaces: "a", endpoint } });
    const many = Array.from({ length: 150 }, (_, index) => `e${index}`);
    const newer = await importText(specification(["a", ...many], { a: { summary: "Theirs" } }));
    expect(await preview(key, newer)).toMatchObject({
      base: 2,
      changes: expect.arrayContaining([expect.objectContaining({ change: "conflict" })]),
    });
    const decisions = { "GET /a": "file" };
    expect((await apply(key, { import: newer, base: 2 })).problem).toMatchObject({
      code: "bad_request",
      message: expect.stringContaining("GET /a"),
    });
    expect((await apply(key, { import: newer, base: 1, decisions })).problem).toMatchObject({
      code: "conflict",
      details: { revision: 2 },
    });
    expect((await apply(key, { import: newer, base: 2, decisions, take: many })).problem).toMatchObject({
      code: "invalid_document",
      message: expect.stringContaining("151 endpoints"),
    });
    expect((await apply(key, { import: newer, base: 2, decisions, take: ["z"] })).problem?.code).toBe("bad_request");
    expect((await apply(key, { import: "imp_gone", base: 2 })).problem?.code).toBe("not_found");
    expect(await read(key)).toMatchObject({ revision: 2, document: { endpoints: [{ name: "Ours" }] } });
    const both = await Promise.all([1, 2].map(() => apply(key, { import: newer, base: 2, decisions })));
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await read(key)).toMatchObject({ revision: 3, document: { endpoints: [{ name: "Theirs" }] } });
  });

  test("overwrites everything where people say so", async () => {
    const key = await made("Overwritten", ["a"]);
    await send("PATCH", `/connectors/${key}`, {
      base: 1,
      edit: {
        edit: "endpoint",
        replaces: null,
        endpoint: { key: "own", name: "Own", method: "GET", path: "/own", parameters: [] },
      },
    });
    const newer = await importText(specification(["a", "b"]));
    const of = `(SELECT id FROM connectors WHERE key = $1)`;
    await server.pair.sql.commit([
      {
        text: `INSERT INTO endpoint_samples (id, workspace_id, connector_id, endpoint, status, body, taken_at)
          VALUES ('smp_own', $2, ${of}, 'own', 200, '{}', 1)`,
        params: [key, person.workspace],
      },
    ]);
    const merge = await preview(key, newer, "overwrite");
    expect(merge.changes.map(({ key: each, change }) => [each, change])).toEqual([
      ["own", "removed"],
      ["b", "added"],
    ]);
    expect((await apply(key, { import: newer, mode: "overwrite", base: 2, take: ["b"] })).status).toBe(200);
    expect((await read(key)).document.endpoints.map(({ key: each }) => each)).toEqual(["a", "b"]);
    // An endpoint that gets its key later has answered nothing yet.
    expect(await server.pair.sql.read(`SELECT id FROM endpoint_samples WHERE connector_id = ${of}`, [key])).toEqual([]);
  });
});
