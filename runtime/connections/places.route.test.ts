import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connections.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { OAuth2 } from "../../shared/connector/oauth2.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask, deliver } from "../testing/test-client.ts";
import { node, testConnector } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const upstream = await startFakeUpstream();
const other = await startFakeUpstream();
const port = upstream.host.split(":")[1];
let server: TestServer;
let person: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ allowedHttpHosts: [upstream.host, other.host] });
  person = await server.addPerson("Ada");
});
beforeEach(() => {
  for (const { requests, always } of [upstream, other]) {
    requests.length = 0;
    always({ body: { login: "ada" } });
  }
});
afterAll(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
  await upstream.close();
  await other.close();
});

async function publish(key: string, more: Partial<Connector>): Promise<void> {
  const me = { key: "me", name: "Me", method: "GET" as const, path: "/me", parameters: [] };
  const verification = { endpoint: "me", inputs: {}, accountPath: "login" };
  const connector: Connector = {
    ...testConnector,
    key,
    name: key,
    auth: { kind: "bearer" },
    endpoints: [me],
    verification,
    ...more,
  };
  await publishConnector({ sql: server.pair.sql, ids: server.ids, clock: server.clock }, person.workspace, connector);
}
async function send(method: string, path: string, body?: unknown) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const answer = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const issues = answer.status === 200 ? [] : (ErrorBody.parse(answer.json).error.details?.issues ?? []);
  return { ...answer, issues };
}
async function make(connector: string, more: object = {}) {
  const answer = await send("POST", "/connections", { connector, name: connector, credentials: { token: "t0ken-1" }, ...more });
  expect(answer.text).not.toContain("t0ken");
  return answer.status === 200 ? api.createConnection.response.parse(answer.json) : expect.fail(answer.text);
}
async function find(id: string) {
  const { connections } = api.listConnections.response.parse((await send("GET", "/connections")).json);
  return connections.find((connection) => connection.id === id) ?? expect.fail(`no connection ${id}`);
}

describe("variables of the base URL", () => {
  beforeAll(async () => {
    await publish("tenants", {
      baseUrl: `${upstream.url}/{tenant}/v1`,
      variables: [{ key: "tenant", label: "Tenant" }],
    });
    await publish("hosts", {
      baseUrl: "http://{host}",
      variables: [{ key: "host", label: "Host", hostSuffixes: ["127.0.0.1"] }],
    });
  });

  test("are filled in for each connection, and shown", async () => {
    const { connection, check } = await make("tenants", { variables: { tenant: "acme" } });
    expect(check).toMatchObject({ outcome: "healthy", account: "ada" });
    expect(upstream.requests).toMatchObject([{ path: "/acme/v1/me", headers: { authorization: "Bearer t0ken-1" } }]);
    expect(await find(connection)).toMatchObject({
      baseUrl: `${upstream.url}/acme/v1`,
      variables: { tenant: "acme" },
      ownBaseUrl: false,
    });
    const updated = await send("PATCH", `/connections/${connection}`, { variables: { tenant: "umbra" } });
    expect(updated.json).toMatchObject({ check: { outcome: "healthy" } });
    expect(upstream.requests.at(-1)?.path).toBe("/umbra/v1/me");
  });

  test.each<[string, object, string, string]>([
    ["tenants", {}, "variables.tenant", 'enter "Tenant"'],
    ["tenants", { variables: { tenant: ".." } }, "variables.tenant", "one segment of a path"],
    ["tenants", { variables: { tenant: "a/../../b" } }, "variables.tenant", "one segment of a path"],
    ["tenants", { variables: { tenant: "a", region: "eu" } }, "variables.region", "no such variable"],
    ["hosts", { variables: { host: "evil.example" } }, "variables.host", "must end with 127.0.0.1"],
    ["hosts", { variables: { host: `evil.example/?${upstream.host}` } }, "variables.host", "must be a host name"],
    ["hosts", { variables: { host: `evil.example@${upstream.host}` } }, "variables.host", "must be a host name"],
  ])("of %s are refused: %o", async (connector, given, field, words) => {
    const refused = await send("POST", "/connections", { connector, name: "x", credentials: { token: "t" }, ...given });
    expect(refused).toMatchObject({ status: 400, issues: [{ field, message: expect.stringContaining(words) }] });
    expect(upstream.requests).toEqual([]);
  });

  test("that name another host need the secrets anew, which do not go there before", async () => {
    const { connection } = await make("hosts", { variables: { host: upstream.host } });
    const moved = { variables: { host: other.host } };
    expect(await send("PATCH", `/connections/${connection}`, moved)).toMatchObject({
      status: 400,
      issues: [{ field: "credentials.token" }],
    });
    expect((await find(connection)).baseUrl).toBe(upstream.url);
    expect((await send("PATCH", `/connections/${connection}`, { ...moved, credentials: { token: "t0ken-2" } })).status).toBe(200);
    expect(other.requests).toMatchObject([{ headers: { authorization: "Bearer t0ken-2" } }]);
    expect(await find(connection)).toMatchObject({ baseUrl: other.url, state: "healthy" });
  });
});

describe("a base URL of the connection's own", () => {
  beforeAll(() =>
    publish("loose", { baseUrl: `http://{host}/v1`, variables: [{ key: "host", label: "Host", hostSuffixes: ["127.0.0.1"] }] }),
  );

  test("takes the place of the connector's, within its host pattern", async () => {
    const { connection } = await make("loose", { baseUrl: `${upstream.url}/own` });
    expect(upstream.requests).toMatchObject([{ path: "/own/me" }]);
    expect(await find(connection)).toMatchObject({ baseUrl: `${upstream.url}/own`, ownBaseUrl: true });
    const back = await send("PATCH", `/connections/${connection}`, { baseUrl: "", variables: { host: `127.0.0.1:${port}` } });
    expect(back.json).toMatchObject({ check: { outcome: "healthy" } });
    expect(await find(connection)).toMatchObject({ baseUrl: `${upstream.url}/v1`, ownBaseUrl: false });
  });

  test.each([
    ["https://evil.example", "must end with 127.0.0.1"],
    [`http://user:pass@${upstream.host}`, "no user name"],
    ["http://127.0.0.1:1", "must use https"],
    ["relative/path", "absolute URL"],
  ])("is refused when it is %s", async (baseUrl, words) => {
    const refused = await send("POST", "/connections", { connector: "loose", name: "x", credentials: { token: "t" }, baseUrl });
    expect(refused).toMatchObject({ status: 400, issues: [{ field: "baseUrl", message: expect.stringContaining(words) }] });
    expect(upstream.requests).toEqual([]);
  });
});

describe("a connection whose token endpoint", () => {
  const auth = () =>
    OAuth2.parse({ kind: "oauth2", grant: "client-credentials", client: "connection", tokenUrl: `${upstream.url}/token` });
  const credentials = { clientId: "me", clientSecret: "cl1ent-secret" };

  test("fails is cooling down with the reason, and comes back by itself", async () => {
    await publish("cooling", { baseUrl: other.url, auth: auth() });
    upstream.always({ body: { access_token: "t0ken-1" } });
    const { connection } = await make("cooling", { credentials });
    expect(await find(connection)).toMatchObject({ state: "healthy", account: "ada", retryAt: null });
    upstream.always({ status: 503, body: { message: "down for a moment" } });
    other.always({ status: 401 });
    await send("POST", `/connections/${connection}/check`);
    expect(await find(connection)).toMatchObject({
      state: "cooling-down",
      retryAt: server.clock() + 30_000,
      message: "token endpoint: answered 503 Service Unavailable: down for a moment",
    });
    server.advance(30_000);
    expect(await find(connection)).toMatchObject({ state: "healthy", retryAt: null });
    upstream.always({ body: { access_token: "t0ken-2" } });
    other.always({ body: { login: "ada" } });
    await send("POST", `/connections/${connection}/check`);
    expect(await find(connection)).toMatchObject({ state: "healthy", message: "the API accepted the credentials" });
  });

  test("fails makes a run wait for the end of the pause, and nothing else", async () => {
    await publish("waited", { baseUrl: other.url, auth: auth() });
    upstream.always({ body: { access_token: "t0ken-1", expires_in: 60 } });
    const { connection } = await make("waited", { credentials });
    const call = node.call("a", "me", { connector: "waited", connection, inputs: {} });
    const hook = await server.publish({ workspace: person.workspace, nodes: [call], edges: ["event -> a"] });
    server.advance(60_000);
    upstream.always({ status: 503 });
    upstream.requests.length = 0;
    const run = String((await deliver(server, hook, { id: "1" })).headers["x-patchbay-run"]);
    expect(await server.reaches(run, "waiting")).toBe("waiting");
    const journal = (await server.pair.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry);
    // The other retries of its policy come sooner.
    expect(journal).toContainEqual(expect.objectContaining({ kind: "attempt-failed", retryAt: server.clock() + 30_000 }));
    upstream.always({ body: { access_token: "t0ken-2", expires_in: 60 } });
    server.advance(30_000);
    expect(await server.reaches(run)).toBe("succeeded");
    expect(upstream.requests).toHaveLength(2);
    expect(other.requests.at(-1)?.headers.authorization).toBe("Bearer t0ken-2");
  });

  test("names its host is placed there, and keeps the place", async () => {
    const metadata = { instance_url: "instance_url" };
    const variables = [{ key: "instance_url", label: "Instance", hostSuffixes: ["127.0.0.1"] }];
    await publish("named", { baseUrl: "http://{instance_url}", variables, auth: { ...auth(), metadata } });
    upstream.always({ body: { access_token: "t0ken-1", instance_url: `https://${other.host}` } });
    const { connection, check } = await make("named", { credentials });
    expect(check).toMatchObject({ outcome: "healthy", account: "ada" });
    expect(other.requests).toMatchObject([{ path: "/me", headers: { authorization: "Bearer t0ken-1" } }]);
    const placed = { state: "healthy", baseUrl: other.url, variables: { instance_url: `https://${other.host}` } };
    expect(await find(connection)).toMatchObject(placed);
    // Who changes the rest does not enter what the provider has named.
    expect((await send("PATCH", `/connections/${connection}`, { name: "Renamed", variables: {} })).json).toEqual({ check: null });
    expect(await find(connection)).toMatchObject({ ...placed, name: "Renamed" });
  });
});
