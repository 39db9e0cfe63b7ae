import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connections.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";
import type { Connector, Verification } from "../../shared/connector/connector.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask } from "../testing/test-client.ts";
import { node, testConnector, testFlow } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const upstream = await startFakeUpstream();
let server: TestServer;
let person: TestPerson;
const key = "k3y-that-nobody-may-see";

beforeAll(async () => {
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  person = await server.addPerson("Ada");
  await publish("open", { kind: "bearer" });
  await publish(
    "verified",
    { kind: "api-key", displayName: "API key", key: "X-Key", addTo: "header" },
    { endpoint: "me", inputs: {}, accountPath: "user.login" },
  );
  await publish("exchanging", {
    kind: "token-exchange",
    fields: [
      { key: "username", label: "User name", secret: false },
      { key: "password", label: "Password", secret: true },
    ],
    request: { method: "POST", path: "/authenticate", body: { u: "{{credentials.username}}", p: "{{credentials.password}}" } },
    tokenPath: "jwt",
    expiresInMs: 3_600_000,
    placement: { header: "Authorization", prefix: "Bearer " },
  });
});
beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always({ body: { user: { login: "ada" }, jwt: "token-1" } });
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

async function publish(name: string, auth: AuthScheme, verification?: Verification): Promise<void> {
  const me = { key: "me", name: "Me", method: "GET" as const, path: "/me", parameters: [] };
  const connector: Connector = {
    ...testConnector,
    key: name,
    name,
    auth,
    baseUrl: upstream.url,
    endpoints: [me],
    ...(verification && { verification }),
  };
  await publishConnector({ sql: server.pair.sql, ids: server.ids, clock: server.clock }, person.workspace, connector);
}
async function send(method: string, path: string, body?: unknown, who = person) {
  const headers = { Cookie: who.cookie, "X-Patchbay-Request": "1" };
  const answer = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.text).not.toContain(key);
  return { ...answer, problem: answer.status === 200 ? null : ErrorBody.parse(answer.json).error };
}
async function make(connector: string, credentials: Record<string, string>) {
  return api.createConnection.response.parse(
    (await send("POST", "/connections", { connector, name: connector, credentials })).json,
  );
}
async function find(id: string) {
  const { connections } = api.listConnections.response.parse((await send("GET", "/connections")).json);
  return connections.find((connection) => connection.id === id) ?? expect.fail(`no connection ${id}`);
}
const login = { username: "ada", password: key };

describe("a new connection", () => {
  test("is checked with the verification request, and takes the account that it names", async () => {
    const { connection, check } = await make("verified", { apiKey: key });
    expect(check).toEqual({ outcome: "healthy", status: 200, message: "the API accepted the credentials", account: "ada" });
    expect(upstream.requests).toMatchObject([{ method: "GET", path: "/me", headers: { "x-key": key } }]);
    expect(await find(connection)).toEqual({
      id: connection,
      name: "verified",
      connector: { key: "verified", name: "verified" },
      target: "live",
      baseUrl: upstream.url,
      ownBaseUrl: false,
      variables: {},
      retryAt: null,
      account: "ada",
      state: "healthy",
      message: "the API accepted the credentials",
      checkedAt: server.clock(),
      credentialsSetAt: server.clock(),
      open: {},
      fields: [{ key: "apiKey", label: "API key", secret: true }],
      flows: 0,
    });
  });

  test("whose credentials are refused is kept, with the API's own answer", async () => {
    upstream.always({ status: 403, body: { message: `no such key: ${key}` } });
    const { connection, check } = await make("verified", { apiKey: key });
    expect(check).toMatchObject({ outcome: "broken", status: 403, message: "answered 403 Forbidden: no such key: ***" });
    expect(await find(connection)).toMatchObject({ state: "broken", message: check.message, account: null });
  });

  test("says nothing of its credentials while the API cannot answer", async () => {
    upstream.always({ status: 503 });
    const { connection, check } = await make("verified", { apiKey: key });
    expect(check.outcome).toBe("unreachable");
    expect((await find(connection)).state).toBe("unverified");
  });

  test("of a token exchange is checked by the exchange itself", async () => {
    const { connection, check } = await make("exchanging", login);
    expect(check).toMatchObject({ outcome: "healthy", message: "the API gave a token" });
    expect(upstream.requests).toMatchObject([{ path: "/authenticate", body: { u: "ada", p: key } }]);
    expect(await find(connection)).toMatchObject({ open: { username: "ada" }, state: "healthy" });
    // Once more asks the API once more, although the token is good for an hour.
    await send("POST", `/connections/${connection}/check`);
    expect(upstream.requests).toHaveLength(2);
    upstream.always({ status: 401, body: { message: "Wrong password" } });
    const again = await send("POST", `/connections/${connection}/check`);
    expect(again.json).toMatchObject({ check: { outcome: "broken", message: expect.stringContaining("Wrong password") } });
  });

  test("without anything to verify it by is unchecked", async () => {
    const { connection, check } = await make("open", { token: key });
    expect(check.outcome).toBe("unchecked");
    expect((await find(connection)).state).toBe("unverified");
    expect(upstream.requests).toEqual([]);
  });

  test.each([
    [{}, "credentials.username, credentials.password"],
    [{ username: "ada", password: " " }, "credentials.password"],
    [{ ...login, pin: "1" }, "credentials.pin"],
  ])("with the credentials %o is refused for %s", async (credentials, fields) => {
    const { problem } = await send("POST", "/connections", { connector: "exchanging", name: "x", credentials });
    const { issues } = (problem?.details ?? { issues: [] }) as { issues: { field: string }[] };
    expect([problem?.code, issues.map(({ field }) => field).join(", ")]).toEqual(["bad_request", fields]);
    expect(upstream.requests).toEqual([]);
  });

  test("at a sandbox that there is not is refused", async () => {
    const { problem } = await send("POST", "/connections", {
      connector: "open",
      name: "x",
      target: "sandbox",
      credentials: { token: key },
    });
    expect(problem).toMatchObject({ code: "bad_request", message: 'target: "open" has no sandbox' });
  });

  test("has its secrets sealed in the database", async () => {
    const { connection } = await make("open", { token: key });
    const [row] = await server.pair.sql.read<object>("SELECT * FROM connections WHERE id = $1", [connection]);
    expect(JSON.stringify(row)).not.toContain(key);
  });
});

describe("changing a connection", () => {
  test("keeps what is left out, and gives up the old credentials' token", async () => {
    const { connection } = await make("exchanging", login);
    server.advance(1_000);
    upstream.always({ body: { jwt: "token-2" } });
    const { json } = await send("PATCH", `/connections/${connection}`, { name: "Renamed", credentials: { username: "eve" } });
    expect(json).toMatchObject({ check: { outcome: "healthy" } });
    expect(upstream.requests.at(-1)?.body).toEqual({ u: "eve", p: key });
    expect(await find(connection)).toMatchObject({
      name: "Renamed",
      open: { username: "eve" },
      credentialsSetAt: server.clock(),
    });
    const [row] = await server.pair.sql.read("SELECT token_version AS version FROM connections WHERE id = $1", [connection]);
    // One token, its end, and another one.
    expect(row).toEqual({ version: 3 });
  });

  test("only renames it when there are no credentials, and checks nothing", async () => {
    const { connection } = await make("open", { token: key });
    expect((await send("PATCH", `/connections/${connection}`, { name: "Other" })).json).toEqual({ check: null });
    expect((await find(connection)).name).toBe("Other");
  });

  test("refuses an empty or unknown field and keeps all as it was", async () => {
    const { connection } = await make("verified", { apiKey: key });
    for (const credentials of [{ apiKey: "" }, { token: "x" }]) {
      const { problem } = await send("PATCH", `/connections/${connection}`, { name: "Lost", credentials });
      expect(problem?.message).toMatch(/^credentials\.(apiKey|token): /);
    }
    expect(await find(connection)).toMatchObject({ name: "verified", state: "healthy" });
  });
});

describe("credentials of a connector whose base URL has moved to another host", () => {
  let other: Awaited<ReturnType<typeof startFakeUpstream>>;
  let moving: TestServer;
  let ada: TestPerson;
  beforeAll(async () => {
    other = await startFakeUpstream();
    moving = await startTestServer({ allowedHttpHosts: [upstream.host, other.host] });
    ada = await moving.addPerson("Ada");
  });
  afterAll(async () => {
    await moving.close();
    await other.close();
  });
  async function post(method: string, path: string, body: unknown) {
    const headers = { Cookie: ada.cookie, "X-Patchbay-Request": "1" };
    const answer = await ask(`${moving.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    expect(answer.text).not.toContain(key);
    return answer;
  }
  const verification = { endpoint: "me", inputs: {} };
  async function edit(connector: string, base: number, section: object) {
    expect((await post("PATCH", `/connectors/${connector}`, { base, edit: section })).status).toBe(200);
  }
  async function connected(name: string, auth: AuthScheme, credentials: Record<string, string>) {
    await post("POST", "/connectors", { name });
    const me = { key: "me", name: "Me", method: "GET", path: "/me", parameters: [] };
    await edit(name, 1, { edit: "endpoint", replaces: null, endpoint: me });
    await edit(name, 2, { edit: "base", baseUrl: upstream.url, auth, verification });
    const made = await post("POST", "/connections", { connector: name, name, credentials });
    return api.createConnection.response.parse(made.json).connection;
  }
  async function state(id: string) {
    const answer = await ask(`${moving.url}/api/v1/connections`, { headers: { Cookie: ada.cookie } });
    const { connections } = api.listConnections.response.parse(answer.json);
    return connections.find((connection) => connection.id === id);
  }
  const blocked = () =>
    `the credentials of this connection were entered for ${upstream.url}: enter them again to use them at ${other.url}`;

  test("go nowhere until they are entered again, and the connection says so", async () => {
    const bearer: AuthScheme = { kind: "bearer" };
    const connection = await connected("bearing", bearer, { token: key });
    await edit("bearing", 3, { edit: "base", baseUrl: other.url, auth: bearer, verification });
    expect((await post("POST", `/connections/${connection}/check`, {})).json).toMatchObject({
      check: { outcome: "broken", message: blocked() },
    });
    expect((await post("POST", "/connectors/bearing/endpoints/me/test", { connection, inputs: {} })).json).toMatchObject({
      outcome: "blocked",
      message: blocked(),
      request: null,
    });
    expect(await state(connection)).toMatchObject({ state: "broken", message: blocked() });
    expect(other.requests).toEqual([]);
    const again = await post("PATCH", `/connections/${connection}`, { credentials: { token: "an0ther" } });
    expect(again.json).toMatchObject({ check: { outcome: "healthy" } });
    expect(other.requests).toMatchObject([{ headers: { authorization: "Bearer an0ther" } }]);
    expect(await state(connection)).toMatchObject({ state: "healthy" });
    await edit("bearing", 4, { edit: "base", baseUrl: upstream.url, auth: bearer, verification });
    expect(await state(connection)).toMatchObject({ state: "broken" });
  });

  test("are not taken along when only some of them are entered anew", async () => {
    const basic: AuthScheme = { kind: "basic" };
    const connection = await connected("basic", basic, login);
    other.requests.length = 0;
    await edit("basic", 3, { edit: "base", baseUrl: other.url, auth: basic, verification });
    const { status, json } = await post("PATCH", `/connections/${connection}`, { credentials: { username: "eve" } });
    expect([status, ErrorBody.parse(json).error.message]).toEqual([400, 'credentials.password: enter "Password"']);
    expect(other.requests).toEqual([]);
  });

  test("and their token stay where they were when they are exchanged for one", async () => {
    const exchanging: AuthScheme = {
      kind: "token-exchange",
      fields: [{ key: "password", label: "Password", secret: true }],
      request: { method: "POST", path: "/authenticate", body: { p: "{{credentials.password}}" } },
      tokenPath: "jwt",
      expiresInMs: 3_600_000,
      placement: { header: "Authorization", prefix: "Bearer " },
    };
    const connection = await connected("exchange", exchanging, { password: key });
    other.requests.length = 0;
    await edit("exchange", 3, { edit: "base", baseUrl: other.url, auth: exchanging, verification });
    await post("POST", "/connectors/exchange/endpoints/me/test", { connection, inputs: {} });
    await edit("exchange", 4, { edit: "base", baseUrl: other.url, auth: exchanging });
    await post("POST", `/connections/${connection}/check`, {});
    expect(other.requests).toEqual([]);
  });

  test("cannot be entered before there is a base URL", async () => {
    await post("POST", "/connectors", { name: "unfinished" });
    await edit("unfinished", 1, { edit: "base", baseUrl: "", auth: { kind: "bearer" } });
    const { status, json } = await post("POST", "/connections", {
      connector: "unfinished",
      name: "Early",
      credentials: { token: key },
    });
    expect([status, ErrorBody.parse(json).error.message]).toEqual([
      400,
      'connector: "unfinished" has no base URL yet: define it before credentials are entered for it',
    ]);
  });

  test("are not shown when the connector calls them open afterwards", async () => {
    const scheme = (secret: boolean): AuthScheme => ({
      kind: "token-exchange",
      fields: [
        { key: "user", label: "User", secret: false },
        { key: "password", label: "Password", secret },
      ],
      request: { method: "POST", path: "/authenticate", body: {} },
      tokenPath: "jwt",
      expiresInMs: 3_600_000,
      placement: { header: "Authorization", prefix: "Bearer " },
    });
    const connection = await connected("opening", scheme(true), { user: "ada", password: key });
    await edit("opening", 3, { edit: "base", baseUrl: upstream.url, auth: scheme(false) });
    expect((await post("PATCH", `/connections/${connection}`, { credentials: { user: "eve" } })).status).toBe(200);
    expect((await state(connection))?.open).toEqual({ user: "eve" });
  });
});

describe("deleting a connection", () => {
  test("is refused while a published flow uses it, naming the flow", async () => {
    const { connection } = await make("open", { token: key });
    const deps = { sql: server.pair.sql, ids: server.ids, clock: server.clock };
    const flow = await createFlow(deps, { workspace: person.workspace, name: "Daily", description: "" });
    const document = testFlow(
      [node.start(), node.call("a", "me", { connector: "open", connection, inputs: {} })],
      ["start -> a"],
    );
    await publishFlow(deps, { workspace: person.workspace, flow, document });
    expect((await find(connection)).flows).toBe(1);
    expect((await send("DELETE", `/connections/${connection}`)).problem).toMatchObject({
      code: "conflict",
      message: '"open" is used by the flow "Daily"',
    });
    const { connection: other } = await make("open", { token: key });
    expect((await send("DELETE", `/connections/${other}`)).status).toBe(200);
    expect((await send("DELETE", `/connections/${other}`)).status).toBe(404);
  });
});

test("a person who is no administrator makes and uses connections; another workspace sees none", async () => {
  const user = await server.addPerson("Uma");
  await server.pair.sql.commit([
    { text: "UPDATE memberships SET role = 'user' WHERE workspace_id = $1", params: [user.workspace] },
  ]);
  await publishConnector({ sql: server.pair.sql, ids: server.ids, clock: server.clock }, user.workspace, {
    ...testConnector,
    auth: { kind: "bearer" },
  });
  const made = await send("POST", "/connections", { connector: "upstream", name: "mine", credentials: { token: key } }, user);
  expect(made.status).toBe(200);
  const { connection } = await make("open", { token: key });
  const theirs = await send("GET", "/connections", undefined, user);
  expect(api.listConnections.response.parse(theirs.json).connections.map(({ name }) => name)).toEqual(["mine"]);
  for (const [method, path] of [
    ["PATCH", ""],
    ["POST", "/check"],
    ["DELETE", ""],
  ] as const)
    expect((await send(method, `/connections/${connection}${path}`, method === "DELETE" ? undefined : {}, user)).status).toBe(
      404,
    );
});
