import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as api from "../../shared/api/connections.ts";
import { getConnector } from "../../shared/api/connectors.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { OAuth2, oauthCallbackPath } from "../../shared/connector/oauth2.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { sessionCookieName } from "../people/session-cookie.ts";
import { createSessions } from "../people/sessions.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { oidcClient, startOidcServer } from "../testing/oidc-server.ts";
import { ask } from "../testing/test-client.ts";
import { testConnector } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const redirectUri = `http://patchbay.example${oauthCallbackPath}`;
const upstream = await startFakeUpstream();
const provider = await startOidcServer({ redirectUri });
let server: TestServer;
let person: TestPerson;

beforeAll(async () => {
  server = await startTestServer({ allowedHttpHosts: [upstream.host, provider.host] });
  person = await server.addPerson("Ada");
});
beforeEach(() => {
  upstream.requests.length = 0;
  provider.tokenCalls.length = 0;
  upstream.always({ body: { ok: true } });
});
afterAll(async () => {
  expect(server.faults).toEqual([]);
  await server.close();
  await provider.close();
  await upstream.close();
});

const scheme = (options: Partial<OAuth2> = {}): OAuth2 =>
  OAuth2.parse({
    kind: "oauth2",
    grant: "authorization-code",
    authorizationUrl: `${provider.issuer}/auth`,
    tokenUrl: `${provider.issuer}/token`,
    scopes: "openid profile offline_access",
    authorizeParameters: { prompt: "consent" },
    issuer: provider.issuer,
    identity: { url: `${provider.issuer}/me`, parameter: "name" },
    ...options,
  });

async function publish(key: string, auth: OAuth2, variables: Connector["variables"] = []): Promise<void> {
  const items = { key: "items", name: "Items", method: "GET" as const, path: "/items", parameters: [] };
  const connector: Connector = { ...testConnector, key, name: key, auth, baseUrl: upstream.url, variables, endpoints: [items] };
  await publishConnector({ sql: server.pair.sql, ids: server.ids, clock: server.clock }, person.workspace, connector);
}

async function send(method: string, path: string, body?: unknown, who: { cookie: string } | null = person) {
  const headers = { "X-Patchbay-Request": "1", ...(who && { Cookie: who.cookie }) };
  const answer = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.text).not.toContain(oidcClient.clientSecret);
  return answer;
}
const setClient = (key: string) => send("PUT", `/connectors/${key}/oauth-client`, oidcClient);
async function make(key: string, credentials: Record<string, string> = {}) {
  const answer = await send("POST", "/connections", { connector: key, name: key, credentials });
  return api.createConnection.response.parse(answer.json);
}
async function find(id: string) {
  const { connections } = api.listConnections.response.parse((await send("GET", "/connections")).json);
  return connections.find((connection) => connection.id === id) ?? expect.fail(`no connection ${id}`);
}
async function begin(id: string, returnTo?: string): Promise<string> {
  const answer = await send("POST", `/connections/${id}/authorize`, returnTo === undefined ? {} : { returnTo });
  return api.authorizeConnection.response.parse(answer.json).url;
}
/** What the browser sends after the provider has sent it back. */
const callback = (search: string, who: { cookie: string } | null = person) =>
  send("GET", `/connector/callback${search}`, undefined, who);
async function authorize(id: string, login = "ada") {
  return callback((await provider.signIn(await begin(id), login)).search);
}
/** Calls the API with the connection; gives the tokens that came along. */
async function callItems(key: string, connection: string, times = 1) {
  const before = upstream.requests.length;
  const answers = await Promise.all(
    Array.from({ length: times }, () => send("POST", `/connectors/${key}/endpoints/items/test`, { connection, inputs: {} })),
  );
  const outcomes = answers.map(({ json }) => (json as { outcome: string }).outcome);
  return { outcomes, tokens: upstream.requests.slice(before).map(({ headers }) => headers.authorization) };
}
const hour = 3_600_000;

describe("a person authorizes a connection", () => {
  beforeAll(async () => {
    await publish("code", scheme());
    await setClient("code");
  });

  test("the client of the connector is shown without its secret", async () => {
    const shown = getConnector.response.parse((await send("GET", "/connectors/code")).json);
    expect(shown.oauthClient).toEqual({ clientId: "patchbay", hasSecret: true, setAt: server.clock() });
    expect(shown.redirectUrl).toBe(redirectUri);
  });

  test("with PKCE, and the account is the one that signed in", async () => {
    const { connection, check } = await make("code");
    expect(check).toMatchObject({ outcome: "needs-authorization" });
    expect(await find(connection)).toMatchObject({ state: "needs-authorization", account: null });
    const url = new URL(await begin(connection, "/connectors/code/connections?tab=1#top"));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "patchbay",
      redirect_uri: redirectUri,
      scope: "openid profile offline_access",
      prompt: "consent",
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
    const back = await provider.signIn(url.href, "ada");
    expect(`${back.origin}${back.pathname}`).toBe(redirectUri);
    expect(back.searchParams.get("iss")).toBe(provider.issuer);
    const answer = await callback(back.search);
    expect([answer.status, answer.headers.location]).toEqual([
      302,
      `/connectors/code/connections?tab=1&connection=${connection}&authorized=yes#top`,
    ]);
    expect(await find(connection)).toMatchObject({ state: "healthy", account: "ada Lovelace" });
    expect(await callItems("code", connection)).toMatchObject({
      outcomes: ["succeeded"],
      tokens: [expect.stringMatching(/^Bearer .{20}/)],
    });
    expect(provider.tokenCalls).toEqual(["authorization_code"]);
  });

  test("without PKCE where the connector says so", async () => {
    await publish("plain", scheme({ pkce: false, identity: undefined }));
    await setClient("plain");
    const { connection } = await make("plain");
    expect(new URL(await begin(connection)).searchParams.has("code_challenge")).toBe(false);
    expect((await authorize(connection)).headers.location).toBe(`/connections?connection=${connection}&authorized=yes`);
    expect(await find(connection)).toMatchObject({ state: "healthy", message: "the provider gave a token" });
  });

  test("with a client that the connection brings itself", async () => {
    await publish("own", scheme({ client: "connection" }));
    const { connection } = await make("own", oidcClient);
    expect((await authorize(connection)).headers.location).toContain("authorized=yes");
    expect(await find(connection)).toMatchObject({ account: "ada Lovelace", open: { clientId: "patchbay" } });
  });

  test("whose account is found below the base URL", async () => {
    upstream.always({ body: { user: { email: "ada@example.com" } } });
    await publish("below", scheme({ identity: { url: "who/me", parameter: "user.email" } }));
    await setClient("below");
    const { connection } = await make("below");
    await authorize(connection);
    expect(upstream.requests).toMatchObject([
      { method: "GET", path: "/who/me", headers: { authorization: expect.stringContaining("Bearer ") } },
    ]);
    expect(await find(connection)).toMatchObject({ state: "healthy", account: "ada@example.com" });
    upstream.always({ status: 403, body: { message: "not allowed" } });
    const checked = await send("POST", `/connections/${connection}/check`);
    expect(checked.json).toMatchObject({ check: { outcome: "broken", message: "answered 403 Forbidden: not allowed" } });
  });

  test("and refuses, and the page says so in words of ours", async () => {
    const { connection } = await make("code");
    const back = await provider.signIn(await begin(connection), "ada", { refuse: true });
    const { location = "" } = (await callback(back.search)).headers;
    expect(Object.fromEntries(new URL(location, "http://x.example").searchParams)).toEqual({
      connection,
      authorized: "no",
      reason: "the sign-in was refused or given up at the provider",
    });
    expect(provider.tokenCalls).toEqual([]);
  });

  test("again as somebody else, whose token is used from then on", async () => {
    const { connection } = await make("code");
    await authorize(connection, "ada");
    const { tokens: before } = await callItems("code", connection);
    await authorize(connection, "grace");
    const { tokens: after } = await callItems("code", connection);
    expect(after).not.toEqual(before);
    expect(await find(connection)).toMatchObject({ account: "grace Lovelace" });
  });

  const elsewhere = ["//evil.example", "/\\evil.example", "/a\\b", "/\t/evil.example", "https://evil.example", "evil"];
  // Paths as they stand, and hosts once they are resolved.
  const dotted = ["/.//evil.example", "/a/..//evil.example", "/%2e//evil.example"];
  test.each([...elsewhere, ...dotted])("but is sent back to no other site: %j", async (returnTo) => {
    const { connection } = await make("code");
    expect((await send("POST", `/connections/${connection}/authorize`, { returnTo })).status).toBe(400);
  });

  test("only where there is a client, and somebody is needed at all", async () => {
    await publish("clientless", scheme());
    const { connection } = await make("clientless");
    expect(await send("POST", `/connections/${connection}/authorize`, {})).toMatchObject({
      status: 400,
      text: expect.stringContaining("no OAuth client yet"),
    });
    const foreign = await server.addPerson("Eve");
    expect((await send("POST", `/connections/${connection}/authorize`, {}, foreign)).status).toBe(404);
    const user = await server.addPerson("Uma", { role: "user", workspace: person.workspace });
    expect((await send("PUT", "/connectors/clientless/oauth-client", oidcClient, user)).status).toBe(403);
  });
});

describe("the client of a connector", () => {
  const put = (key: string, body: object) => send("PUT", `/connectors/${key}/oauth-client`, body);
  const moved = (more: Partial<OAuth2>, variables: Connector["variables"] = []) => publish("moved", scheme(more), variables);

  test("keeps its secret when only its tokens' address is the same, and needs it anew at another", async () => {
    await moved({});
    await put("moved", oidcClient);
    expect((await put("moved", { clientId: "patchbay" })).status).toBe(200);
    const { connection } = await make("moved");
    expect((await authorize(connection)).headers.location).toContain("authorized=yes");
    await moved({ tokenUrl: `${upstream.url}/token` });
    expect(await put("moved", { clientId: "patchbay" })).toMatchObject({
      status: 400,
      text: expect.stringContaining("enter the client secret again"),
    });
    // Nor does a connection take it there.
    const again = await make("moved");
    const location = (await authorize(again.connection)).headers.location;
    expect(location).toContain("authorized=no&reason=the+provider+gave+no+token");
    expect((await find(again.connection)).message).toContain("entered for another address");
    expect(upstream.requests).toEqual([]);
  });

  test.each<[string, Connector["variables"], number]>([
    ["https://{host}/token", [{ key: "host", label: "Host" }], 400],
    [
      "https://{a}.{b}/token",
      [
        { key: "a", label: "A" },
        { key: "b", label: "B" },
      ],
      400,
    ],
    ["https://{a}.com/token", [{ key: "a", label: "A" }], 400],
    ["https://{host}/token", [{ key: "host", label: "Host", hostSuffixes: [".example.com"] }], 200],
    ["https://{shop}.example.com/token", [{ key: "shop", label: "Shop" }], 200],
    ["https://{a}.com/token", [{ key: "a", label: "A", values: ["one", "two"] }], 200],
  ])("goes to no host that only a connection names: %s with %o", async (tokenUrl, variables, status) => {
    await moved({ tokenUrl }, variables);
    expect((await put("moved", oidcClient)).status).toBe(status);
  });

  test("is none for a scheme without one", async () => {
    await moved({ client: "connection" });
    expect((await put("moved", oidcClient)).status).toBe(400);
  });
});

describe("a callback is refused, and nobody is asked for a token,", () => {
  let connection: string;
  let back: URL;
  beforeEach(async () => {
    ({ connection } = await make("code"));
    back = await provider.signIn(await begin(connection), "ada");
  });

  test("the second time", async () => {
    expect((await callback(back.search)).status).toBe(302);
    provider.tokenCalls.length = 0;
    expect((await callback(back.search)).status).toBe(400);
    expect(provider.tokenCalls).toEqual([]);
  });

  test("of two at once, one", async () => {
    const both = await Promise.all([callback(back.search), callback(back.search)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([302, 400]);
    expect(provider.tokenCalls).toEqual(["authorization_code"]);
  });

  test("from another session of the same person", async () => {
    const { sql } = server.pair;
    const sessions = createSessions({ sql, clock: server.clock });
    const found = await sessions.find(person.cookie.split("=")[1] ?? "");
    const { token, statements } = sessions.opening(found?.session ?? expect.fail("no session"));
    await sql.commit(statements);
    expect((await callback(back.search, { cookie: `${sessionCookieName}=${token}` })).status).toBe(400);
    expect(provider.tokenCalls).toEqual([]);
  });

  test("from somebody else, and from nobody", async () => {
    const other = await server.addPerson("Bob", { workspace: person.workspace });
    expect((await callback(back.search, null)).status).toBe(401);
    expect((await callback(back.search, other)).status).toBe(400);
    // It is used up by then.
    expect((await callback(back.search)).status).toBe(400);
    expect(provider.tokenCalls).toEqual([]);
  });

  test("eleven minutes later", async () => {
    server.advance(660_000);
    expect((await callback(back.search)).status).toBe(400);
    expect(provider.tokenCalls).toEqual([]);
  });

  test("with a page for people that says nothing of what came", async () => {
    const { status, headers, text } = await callback(
      "?state=%3Cscript%3Ealert(1)%3C/script%3E&code=%22%3E%3Cimg%20src=x%3E&error=x-y-z",
    );
    expect([status, headers["content-type"]]).toEqual([400, "text/html; charset=UTF-8"]);
    expect(headers["content-security-policy"]).toContain("script-src 'self'");
    expect(text).toContain("this sign-in was not begun here");
    expect(text).not.toMatch(/script|img|x-y-z/);
    expect((await callback("?state=x", null)).text).toContain("sign in first");
  });

  test.each(["", "?state=", "?code=abc", "?state=con_1&code=abc", `?state=${"A".repeat(43)}&code=abc`])(
    "with the state of %j",
    async (search) => {
      expect((await callback(search)).status).toBe(400);
      expect(provider.tokenCalls).toEqual([]);
    },
  );

  test("with the name of another issuer, or no code", async () => {
    const search = new URLSearchParams(back.searchParams);
    search.set("iss", "https://elsewhere.example");
    expect((await callback(`?${search}`)).headers.location).toContain(
      "authorized=no&reason=the+answer+came+from+another+provider",
    );
    const again = new URL(await begin(connection)).searchParams.get("state") ?? "";
    expect((await callback(`?state=${again}`)).headers.location).toContain("authorized=no&reason=the+provider+sent+no+code");
    const odd = new URL(await begin(connection)).searchParams.get("state") ?? "";
    const { headers, text } = await callback(`?state=${odd}&error=${encodeURIComponent("<script>alert(1)</script>")}`);
    expect(headers.location).toContain("authorized=no&reason=the+provider+answered+with+an+error");
    expect(text + headers.location).not.toContain("script");
    expect(provider.tokenCalls).toEqual([]);
    expect(await find(connection)).toMatchObject({ state: "needs-authorization" });
  });

  test("with a code that is not the provider's: the page says that there is no token, the connection why", async () => {
    const search = new URLSearchParams(back.searchParams);
    search.set("code", "made-up-code-of-somebody");
    expect((await callback(`?${search}`)).headers.location).toContain("authorized=no&reason=the+provider+gave+no+token");
    const shown = await find(connection);
    expect(shown.message).toContain("invalid_grant");
    expect(shown.message).not.toContain("made-up-code");
  });
});

describe("the token of a connection", () => {
  test("is refreshed once for five calls at once, with a refresh token that is good for one use, ten times over", async () => {
    const { connection } = await make("code");
    await authorize(connection);
    for (let round = 1; round <= 10; round++) {
      server.advance(hour);
      provider.tokenCalls.length = 0;
      const { outcomes, tokens } = await callItems("code", connection, 5);
      expect(outcomes).toEqual(Array(5).fill("succeeded"));
      expect(new Set(tokens).size).toBe(1);
      expect(provider.tokenCalls).toEqual(["refresh_token"]);
    }
  });

  test("is refreshed once when the API takes it no more, and the call is sent again", async () => {
    const { connection } = await make("code");
    await authorize(connection);
    const { tokens } = await callItems("code", connection);
    upstream.always(({ headers }) => (headers.authorization === tokens[0] ? { status: 401 } : { body: { ok: true } }));
    provider.tokenCalls.length = 0;
    expect((await callItems("code", connection, 3)).outcomes).toEqual(Array(3).fill("succeeded"));
    expect(provider.tokenCalls).toEqual(["refresh_token"]);
    upstream.always({ status: 401 });
    expect((await callItems("code", connection)).outcomes).toEqual(["unauthorized"]);
    expect(provider.tokenCalls).toEqual(["refresh_token", "refresh_token"]);
  });

  test("needs a person again once the provider has ended the grant, and is asked for no more until then", async () => {
    const { connection } = await make("code");
    await authorize(connection);
    await provider.revokeAll();
    server.advance(hour);
    provider.tokenCalls.length = 0;
    expect((await callItems("code", connection, 5)).outcomes).toEqual(Array(5).fill("blocked"));
    expect((await callItems("code", connection)).outcomes).toEqual(["blocked"]);
    expect(provider.tokenCalls).toEqual(["refresh_token"]);
    expect(await find(connection)).toMatchObject({
      state: "needs-authorization",
      message: expect.stringContaining("invalid_grant"),
    });
    await authorize(connection);
    expect(await find(connection)).toMatchObject({ state: "healthy" });
    expect((await callItems("code", connection)).outcomes).toEqual(["succeeded"]);
  });

  test("is asked for where the connector says by now, once a person has signed in anew", async () => {
    await publish("relocated", scheme({ tokenUrl: `${upstream.url}/token`, identity: undefined }));
    await setClient("relocated");
    const { connection } = await make("relocated");
    await publish("relocated", scheme());
    await setClient("relocated");
    expect(await find(connection)).toMatchObject({ state: "broken", message: expect.stringContaining("enter them again") });
    expect((await authorize(connection)).headers.location).toContain("authorized=yes");
    expect(await find(connection)).toMatchObject({ state: "healthy", account: "ada Lovelace" });
    await publish("owned", scheme({ client: "connection", tokenUrl: `${upstream.url}/token`, identity: undefined }));
    const own = await make("owned", oidcClient);
    await publish("owned", scheme({ client: "connection" }));
    // Secrets of its own do not come along.
    expect((await send("POST", `/connections/${own.connection}/authorize`, {})).status).toBe(400);
    expect(upstream.requests).toEqual([]);
  });

  test("goes with the client that it was given to", async () => {
    await publish("moving", scheme());
    await setClient("moving");
    const { connection } = await make("moving");
    await authorize(connection);
    await send("PUT", "/connectors/moving/oauth-client", { clientId: "another", clientSecret: "another-secret" });
    expect(await find(connection)).toMatchObject({ state: "needs-authorization" });
    expect((await callItems("moving", connection)).outcomes).toEqual(["blocked"]);
  });

  test("is given for client credentials without a person", async () => {
    await publish("machine", scheme({ grant: "client-credentials", scopes: "api", identity: undefined, client: "connection" }));
    const { connection, check } = await make("machine", oidcClient);
    expect(check).toMatchObject({ outcome: "healthy", message: "the provider gave a token" });
    expect((await callItems("machine", connection, 5)).outcomes).toEqual(Array(5).fill("succeeded"));
    expect(provider.tokenCalls).toEqual(["client_credentials"]);
    server.advance(hour);
    expect((await callItems("machine", connection, 5)).outcomes).toEqual(Array(5).fill("succeeded"));
    expect(provider.tokenCalls).toEqual(["client_credentials", "client_credentials"]);
    const wrong = await make("machine", { ...oidcClient, clientSecret: "not-the-secret" });
    expect(wrong.check).toMatchObject({ outcome: "broken", status: 401, message: expect.stringContaining("invalid_client") });
  });
});
