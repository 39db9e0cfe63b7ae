import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connectors.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { DynamicLink } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask } from "../testing/test-client.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const upstream = await startFakeUpstream();
let server: TestServer;
let person: TestPerson;
let connection: string;
const key = "k3y-that-nobody-may-see";

const parameter = (name: string, more: Partial<Parameter> = {}): Parameter => ({
  key: name,
  name,
  in: "query",
  type: "string",
  required: false,
  ...more,
});
const link: DynamicLink = {
  kind: "dynamic",
  endpoint: "projects",
  items: "data.projects",
  value: "id",
  label: "title",
  args: { workspace: { from: "workspace" }, max: { value: 50 } },
  allowCustom: false,
};
const endpoint = (name: string, parameters: Parameter[], more: Partial<Endpoint> = {}): Endpoint => ({
  key: name,
  name,
  method: "GET",
  path: `/${name}`,
  parameters,
  ...more,
});
const draft = ConnectorDraft.parse({
  schemaVersion: 1,
  key: "mine",
  name: "Mine",
  description: "",
  baseUrl: upstream.url,
  auth: { kind: "bearer" },
  endpoints: [
    endpoint("projects", [parameter("workspace"), parameter("max", { type: "integer" }), parameter("q")]),
    endpoint(
      "issue",
      [
        parameter("workspace", { name: "Workspace" }),
        parameter("project", { name: "Project", in: "body", type: "integer", link }),
        parameter("found", { link: { ...link, search: "q", args: {} } }),
        parameter("priority", {
          name: "Priority",
          link: {
            kind: "static",
            values: [
              { value: 1, label: "High" },
              { value: 2, label: "Low" },
            ],
            allowCustom: false,
          },
        }),
        parameter("writes", { link: { ...link, endpoint: "issue", args: {} } }),
        parameter("title", { name: "Title", in: "body" }),
      ],
      { method: "POST", idempotencyHeader: "Idempotency-Key" },
    ),
    endpoint("item", [parameter("id", { name: "ID", in: "path", required: true })], { path: "/items/:id" }),
  ],
  incomingWebhooks: [],
});
const projects: { [key: string]: Json } = {
  data: { projects: [{ id: 7, title: "Apollo" }, { id: 8, title: "Gemini" }, { id: 8, title: "Again" }, { title: "No id" }] },
};

beforeAll(async () => {
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  person = await server.addPerson("Ada");
  await store(draft);
  await store({ ...draft, key: "unfinished", baseUrl: "" });
  connection = await connect("mine");
});
beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always({ body: projects });
  // Kept lists of the test before are out of date.
  server.advance(6 * 60_000);
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

async function store(document: ConnectorDraft): Promise<void> {
  await server.pair.sql.commit([
    {
      text: `INSERT INTO connectors (id, workspace_id, key, created_at, origin, draft, draft_revision) VALUES ($1, $2, $3, 1, 'custom', $4, 1)
        ON CONFLICT (workspace_id, key) DO UPDATE SET draft = excluded.draft`,
      params: [`cnr_${document.key}`, person.workspace, document.key, JSON.stringify(document)],
    },
  ]);
}
async function send(method: string, path: string, body?: unknown) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const answer = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.text).not.toContain(key);
  return { ...answer, problem: answer.status === 200 ? null : ErrorBody.parse(answer.json).error };
}
async function connect(connector: string): Promise<string> {
  const { json } = await send("POST", "/connections", { connector, name: "c", credentials: { token: key } });
  return (json as { connection: string }).connection;
}
async function run(name: string, inputs: Record<string, Json>, more: { connection?: string | null; connector?: string } = {}) {
  const body = { connection: more.connection === undefined ? connection : more.connection, inputs };
  const { json } = await send("POST", `/connectors/${more.connector ?? "mine"}/endpoints/${name}/test`, body);
  return api.testEndpoint.response.parse(json);
}
async function options(name: string, inputs: Record<string, Json> = {}, more: object = {}) {
  const { json } = await send("POST", "/connectors/mine/endpoints/issue/options", {
    parameter: name,
    connection,
    inputs,
    ...more,
  });
  return api.listOptions.response.parse(json).result;
}

describe("a test", () => {
  test("gives the request as it was sent, masked, and the answer", async () => {
    upstream.always({ status: 201, headers: { "X-Request-Id": "r1" }, body: { id: 1, token: key } });
    const result = await run("issue", { title: "Hello", priority: 1 });
    const [sent] = upstream.requests;
    expect(result).toMatchObject({
      passed: true,
      outcome: "succeeded",
      message: "201 Created",
      problems: [],
      request: {
        method: "POST",
        url: `${upstream.url}/issue?priority=1`,
        headers: {
          authorization: "Bearer ***",
          "content-type": "application/json",
          "idempotency-key": sent?.headers["idempotency-key"],
        },
        body: { title: "Hello" },
      },
      response: { status: 201, headers: { "x-request-id": "r1" }, body: { id: 1, token: "***" } },
    });
    expect(sent?.headers).toMatchObject({ authorization: `Bearer ${key}`, "user-agent": result.request?.headers["user-agent"] });
  });

  test("that the API refuses has failed, with its own answer", async () => {
    upstream.always({ status: 422, body: { message: "title is taken" } });
    expect(await run("issue", { title: "x" })).toMatchObject({
      passed: false,
      outcome: "rejected",
      message: "answered 422 Unprocessable Entity: title is taken",
      response: { status: 422 },
    });
  });

  test("is kept as the endpoint's last, and is stale once the endpoint sends something else", async () => {
    await run("item", { id: "a" });
    const last = await run("item", { id: "b" });
    const read = async () => {
      const { tests } = api.getConnector.response.parse((await send("GET", "/connectors/mine")).json);
      return tests.filter(({ endpoint: tested }) => tested === "item");
    };
    expect(await read()).toEqual([
      {
        endpoint: "item",
        passed: true,
        stale: false,
        testedAt: last.testedAt,
        status: 200,
        message: "200 OK",
        inputs: { id: "b" },
        connection,
        assertions: [],
      },
    ]);
    await store({ ...draft, name: "Another name" });
    expect(await read()).toMatchObject([{ stale: false }]);
    await store({ ...draft, auth: { kind: "basic" } });
    expect(await read()).toMatchObject([{ stale: true }]);
    await store(draft);
  });

  test("sends nothing without a required input, and names it", async () => {
    expect(await run("item", {})).toMatchObject({
      passed: false,
      outcome: "invalid-input",
      problems: [
        { parameter: "id", message: '"ID" is required' },
        { parameter: "id", message: expect.anything() },
      ],
      request: null,
    });
    expect(upstream.requests).toEqual([]);
  });

  test("sends nothing before there is a base URL, or without a connection where one is needed", async () => {
    expect(await run("item", { id: "a" }, { connector: "unfinished", connection: null })).toMatchObject({
      outcome: "blocked",
      message: "Nothing was sent: define the base URL first",
    });
    expect(await run("item", { id: "a" }, { connection: null })).toMatchObject({
      outcome: "blocked",
      message: expect.stringContaining("choose a connection"),
    });
    expect(upstream.requests).toEqual([]);
  });

  test("sends nothing for a value outside its list", async () => {
    expect(await run("issue", { priority: 3 })).toMatchObject({
      outcome: "invalid-input",
      problems: [{ parameter: "priority", message: '"Priority": 3 is not in its list of 2' }],
    });
    expect(upstream.requests).toEqual([]);
  });

  test("never takes the connection of another connector", async () => {
    await store({ ...draft, key: "elsewhere" });
    const body = { connection, inputs: { id: "a" } };
    const { problem } = await send("POST", "/connectors/elsewhere/endpoints/item/test", body);
    expect(problem?.code).toBe("not_found");
    expect((await send("POST", "/connectors/mine/endpoints/nothing/test", body)).problem?.code).toBe("not_found");
    expect(upstream.requests).toEqual([]);
  });
});

describe("a list", () => {
  const both = [
    { value: 7, label: "Apollo" },
    { value: 8, label: "Gemini" },
  ];

  test("of an enumeration is what it says, searched by label", async () => {
    expect(await options("priority")).toEqual({
      outcome: "listed",
      options: [
        { value: 1, label: "High" },
        { value: 2, label: "Low" },
      ],
      complete: true,
    });
    expect(await options("priority", {}, { search: "hi" })).toMatchObject({ options: [{ value: 1 }] });
  });

  test("of an endpoint is fetched with its arguments; values keep their type", async () => {
    expect(await options("project", { workspace: "w1" })).toEqual({ outcome: "listed", options: both, complete: true });
    expect(upstream.requests).toMatchObject([{ method: "GET", path: "/projects?workspace=w1&max=50" }]);
  });

  test("is kept for five minutes per argument, fetched once for all who ask, and again when asked to", async () => {
    await Promise.all([1, 2, 3].map(() => options("project", { workspace: "w1" })));
    expect(upstream.requests).toHaveLength(1);
    await options("project", { workspace: "w1" }, { search: "gem" });
    expect(upstream.requests).toHaveLength(1);
    await options("project", { workspace: "w2" });
    expect(upstream.requests).toHaveLength(2);
    await options("project", { workspace: "w1" }, { refresh: true });
    expect(upstream.requests).toHaveLength(3);
    server.advance(5 * 60_000);
    await options("project", { workspace: "w1" });
    expect(upstream.requests).toHaveLength(4);
  });

  test("is not kept for another connection, nor for other credentials of the same one", async () => {
    const other = await connect("mine");
    await options("project", { workspace: "w1" });
    await options("project", { workspace: "w1" }, { connection: other });
    expect(upstream.requests).toHaveLength(2);
    await send("PATCH", `/connections/${other}`, { credentials: { token: `${key}-2` } });
    await options("project", { workspace: "w1" }, { connection: other });
    expect(upstream.requests).toHaveLength(3);
  });

  test("that is too large to be kept whole is cut, and is not complete", async () => {
    const long = Array.from({ length: 3 }, (_, index) => ({ id: `${index}`.padEnd(400_000, "x"), title: "y".repeat(400) }));
    upstream.always({ body: { data: { projects: long } } });
    const result = await options("project", { workspace: "large" });
    if (result.outcome !== "listed") return expect.fail(JSON.stringify(result));
    expect(result.options.map(({ label }) => label.length)).toEqual([200, 200]);
    expect(result.complete).toBe(false);
  });

  test("that the API searches gets what was typed, and is never complete", async () => {
    expect(await options("found", {}, { search: " apo " })).toMatchObject({ outcome: "listed", options: both, complete: false });
    expect(upstream.requests[0]?.path).toBe("/projects?q=apo");
  });

  test.each<[what: string, headers: Record<string, string>, body: Json]>([
    ["a Link header", { Link: '</projects?page=2>; rel="next"' }, projects],
    ["a field beside it", {}, { ...projects, has_more: true }],
    ["a field of its paging", {}, { ...projects, meta: { next_cursor: "abc" } }],
  ])("whose answer announces more by %s is not complete", async (_, headers, body) => {
    upstream.always({ headers, body });
    expect(await options("project", { workspace: "w1" })).toMatchObject({ outcome: "listed", complete: false });
  });

  test("has ten thousand entries at the most, and says so when there are more", async () => {
    const many = (count: number) => ({
      data: { projects: Array.from({ length: count }, (_, id) => ({ id, title: `Project ${id}` })) },
    });
    upstream.always({ body: many(10_001) });
    const result = await options("project", { workspace: "w1" });
    expect(result).toMatchObject({ outcome: "listed", complete: false });
    expect(result.outcome === "listed" && result.options.length).toBe(10_000);
    upstream.always({ body: many(10_000) });
    expect(await options("project", { workspace: "w1" }, { search: "9999", refresh: true })).toEqual({
      outcome: "listed",
      options: [{ value: 9_999, label: "Project 9999" }],
      complete: true,
    });
  });

  test("asks for what it needs first", async () => {
    expect(await options("project", { workspace: "" })).toEqual({
      outcome: "needs-parameters",
      parameters: [{ key: "workspace", name: "Workspace" }],
    });
    expect(await options("project", { workspace: "w1" }, { connection: null })).toEqual({ outcome: "needs-connection" });
    expect(upstream.requests).toEqual([]);
  });

  test("whose endpoint fails says what the API answered, and is asked for again", async () => {
    upstream.always({ status: 429, headers: { "Retry-After": "7", "X-Request-Id": "req-9" }, body: { message: "slow down" } });
    expect(await options("project", { workspace: "w1" })).toEqual({
      outcome: "failed",
      status: 429,
      message: "answered 429 Too Many Requests: slow down",
      retryAfterMs: 7_000,
      reason: "rate-limited",
      requestId: "req-9",
    });
    upstream.always({ body: projects });
    expect((await options("project", { workspace: "w1" })).outcome).toBe("listed");
  });

  test.each<[what: string, body: Json, words: string]>([
    ["there is no list", { data: {} }, '"data.projects" is no list'],
    ["no item has the value", { data: { projects: [{ key: 1 }] } }, 'number or boolean at "id"'],
  ])("where %s shows the answer", async (_, body, words) => {
    upstream.always({ body });
    expect(await options("project", { workspace: "w1" })).toEqual({
      outcome: "mismatch",
      message: expect.stringContaining(words),
      answer: body,
    });
  });

  test("is never asked of an endpoint that may change something", async () => {
    expect(await options("writes")).toMatchObject({
      outcome: "failed",
      status: null,
      message: expect.stringContaining("may change something"),
    });
    expect(upstream.requests).toEqual([]);
  });

  test("of a parameter without one is not found", async () => {
    const { problem } = await send("POST", "/connectors/mine/endpoints/issue/options", {
      parameter: "title",
      connection,
      inputs: {},
    });
    expect(problem?.code).toBe("not_found");
  });
});
