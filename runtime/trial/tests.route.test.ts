import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connectors.ts";
import type { Json } from "../../shared/json.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let upstream: FakeUpstream;
let person: TestPerson;
let connector: string;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  person = await server.addPerson("Ada");
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});
beforeEach(async () => {
  const { json } = await send("POST", "/connectors", { name: "Tested" });
  connector = api.createConnector.response.parse(json).connector;
  await edit({ edit: "base", baseUrl: upstream.url, auth: { kind: "none" } });
});

async function send(method: string, path: string, body?: unknown) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  return ask(`${server.url}/api/v1${path}`, { method, headers, ...sent });
}
const load = async () => api.getConnector.response.parse((await send("GET", `/connectors/${connector}`)).json);
async function edit(change: object): Promise<void> {
  const { revision } = await load();
  expect((await send("PATCH", `/connectors/${connector}`, { base: revision, edit: change })).status).toBe(200);
}
const put = (key: string, more: object = {}, replaces: string | null = null) =>
  edit({
    edit: "endpoint",
    replaces,
    endpoint: { key, name: key, method: "GET", path: `/${key}`, parameters: [], ...more },
  });
async function run(key: string, inputs: Record<string, Json> = {}) {
  const { json } = await send("POST", `/connectors/${connector}/endpoints/${key}/test`, { connection: null, inputs });
  return api.testEndpoint.response.parse(json);
}
const samples = async (key: string) =>
  api.listSamples.response.parse((await send("GET", `/connectors/${connector}/endpoints/${key}/samples`)).json).samples;
const id = { key: "id", name: "Id", in: "path", type: "integer", required: true };

describe("sample inputs", () => {
  test("take values of an earlier test, and are kept as they were written", async () => {
    await put("create", { method: "POST" });
    await put("get", { path: "/things/{id}", parameters: [id] });
    const inputs = { id: "{{tests.create.body.id}}" };
    expect(await run("get", inputs)).toMatchObject({
      passed: false,
      outcome: "invalid-input",
      problems: [{ parameter: "id", message: expect.stringContaining('the test of "create"') }],
    });
    upstream.next({ status: 201, body: { id: 42 } }, { body: { id: 42 } });
    await run("create");
    expect(await run("get", inputs)).toMatchObject({ passed: true });
    expect(upstream.requests.at(-1)?.path).toBe("/things/42");
    expect((await load()).tests.find(({ endpoint }) => endpoint === "get")?.inputs).toEqual(inputs);
  });

  test("that have a list which cannot be fetched are not sent", async () => {
    await put("list");
    const link = { kind: "dynamic", endpoint: "list", items: "", value: "id" };
    await put("use", { parameters: [{ key: "of", name: "Of", in: "query", type: "integer", required: false, link }] });
    upstream.next({ status: 503 });
    const before = upstream.requests.length;
    expect(await run("use", { of: 1 })).toMatchObject({
      passed: false,
      message: expect.stringContaining("could not be fetched"),
    });
    expect(upstream.requests.slice(before).map(({ path }) => path)).toEqual(["/list"]);
  });
});

describe("assertions", () => {
  const asserted = (assertions: object[], more: object = {}) => put("asserted", { ...more, test: { assertions } });

  test("each is told, and one that fails fails the test", async () => {
    await asserted([
      { kind: "status", equals: 200 },
      { kind: "value", path: "data[0].id", equals: 7 },
      { kind: "value", path: "data[0]", equals: { name: "a", id: 8 } },
      { kind: "value", path: "$.total" },
    ]);
    upstream.next({ body: { data: [{ id: 8, name: "a" }], total: 1 } });
    expect(await run("asserted")).toMatchObject({
      passed: false,
      outcome: "succeeded",
      message: "200 OK; not as asserted: data[0].id is 7: it is 8",
      assertions: [{ passed: true }, { passed: false }, { passed: true }, { passed: true }],
    });
    expect((await load()).tests).toMatchObject([{ passed: false, stale: false, assertions: [{}, { passed: false }, {}, {}] }]);
  });

  test("a status that is asked for passes, whatever it is", async () => {
    await asserted([{ kind: "status", equals: 404 }]);
    upstream.next({ status: 404, body: {} });
    expect(await run("asserted")).toMatchObject({ passed: true, response: { status: 404 } });
    upstream.next({ body: {} });
    expect(await run("asserted")).toMatchObject({ passed: false });
  });

  test("the response schema is one of them, its regular expressions left out", async () => {
    const schema = {
      type: "object",
      required: ["id"],
      properties: { id: { type: "integer" }, name: { type: "string", pattern: "^(a+)+$" } },
    };
    await asserted([{ kind: "schema" }], { responseSchema: schema });
    upstream.next({ body: { id: 1, name: `${"a".repeat(40)}!` } }, { body: { id: "1" } });
    expect(await run("asserted")).toMatchObject({ passed: true });
    expect(await run("asserted")).toMatchObject({ passed: false, assertions: [{ message: expect.stringContaining("#/id") }] });
  });

  test("go stale with the value of a variable that the base URL takes", async () => {
    const to = (preset: string) => {
      const variables = [{ key: "api", label: "API", values: ["v1", "v2"], default: preset }];
      return edit({ edit: "base", baseUrl: `${upstream.url}/{api}`, variables, auth: { kind: "none" } });
    };
    await put("get");
    await to("v1");
    await run("get");
    expect((await load()).tests).toMatchObject([{ passed: true, stale: false }]);
    await to("v2");
    expect((await load()).tests).toMatchObject([{ stale: true }]);
  });

  test("other assertions make the test stale", async () => {
    await asserted([]);
    await run("asserted");
    expect((await load()).tests).toMatchObject([{ stale: false }]);
    await put("asserted", { test: { assertions: [{ kind: "status", equals: 200 }] } }, "asserted");
    expect((await load()).tests).toMatchObject([{ stale: true }]);
  });
});

test("sample inputs are for administrators alone", async () => {
  await put("get", { path: "/things/{id}", parameters: [id] });
  await run("get", { id: 42 });
  const user = await server.addPerson("Uma", { role: "user", workspace: person.workspace });
  const { json } = await ask(`${server.url}/api/v1/connectors/${connector}`, { headers: { Cookie: user.cookie } });
  expect(api.getConnector.response.parse(json).tests).toMatchObject([{ endpoint: "get", passed: true, inputs: {} }]);
  expect((await load()).tests).toMatchObject([{ inputs: { id: 42 } }]);
});

describe("samples", () => {
  test("are shown to those who test alone, not to all who use the connector", async () => {
    await put("get");
    await run("get");
    const user = await server.addPerson("Bob", { role: "user", workspace: person.workspace });
    const stranger = await server.addPerson("Eve");
    const path = `${server.url}/api/v1/connectors/${connector}/endpoints/get/samples`;
    const statusFor = async ({ cookie }: TestPerson) => (await ask(path, { headers: { Cookie: cookie } })).status;
    expect(await Promise.all([person, user, stranger].map(statusFor))).toEqual([200, 403, 404]);
  });

  test("are the answers of tests that passed, the newest five of them first", async () => {
    await put("list");
    for (let count = 1; count <= 6; count++) {
      upstream.next({ body: { count } });
      server.clock.advance(1);
      await run("list");
    }
    upstream.next({ status: 500 });
    await run("list");
    expect((await samples("list")).map(({ body }) => body)).toEqual([6, 5, 4, 3, 2].map((count) => ({ count })));
  });

  test("follow their endpoint's key, and go with it", async () => {
    await put("list");
    await run("list");
    await put("all", {}, "list");
    expect(await samples("all")).toHaveLength(1);
    await edit({ edit: "remove-endpoint", endpoint: "all" });
    await put("all");
    expect(await samples("all")).toEqual([]);
  });
});

test("what is no JSON, and what is too large, is told as what it is", async () => {
  await put("page");
  upstream.next({ headers: { "content-type": "text/html" }, body: "<h1>Hello</h1>" });
  expect(await run("page")).toMatchObject({ passed: true, response: { body: "<h1>Hello</h1>" } });
  upstream.next({ body: "x".repeat(11 * 1024 * 1024) });
  expect(await run("page")).toMatchObject({
    passed: false,
    outcome: "too-large",
    message: expect.stringContaining("larger than"),
  });
});
