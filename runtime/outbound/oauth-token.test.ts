import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { OAuth2 } from "../../shared/connector/oauth2.ts";
import { credentialsOrigins, hostPattern } from "../connections/credentials-origin.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { startFakeUpstream, type UpstreamAnswer, type UpstreamRequest } from "../testing/fake-upstream.ts";
import { createTestTokens, type TestTokens } from "../testing/test-tokens.ts";
import { createOutbound, type Outbound } from "./call-endpoint.ts";

/** The provider's token endpoint and the API in one: it keeps every byte that it is sent. */
const upstream = await startFakeUpstream();
const start = Date.UTC(2026, 0, 1);
let now = start;
let tokens: TestTokens;
let outbound: Outbound;
/** What the token endpoint answers next; the last one goes on. */
let answers: UpstreamAnswer[];

beforeEach(() => {
  now = start;
  upstream.requests.length = 0;
  answers = [{ body: { access_token: "access-1", token_type: "bearer", expires_in: 3_600 } }];
  upstream.always(({ path }) =>
    path.startsWith("/oauth") ? ((answers.length > 1 ? answers.shift() : answers[0]) ?? {}) : { body: { ok: true } },
  );
  tokens = createTestTokens();
  outbound = createOutbound({
    clock: () => now,
    allowedHttpHosts: [upstream.host],
    sandboxes: {},
    tokens: tokens.store,
    lease: tokens.lease,
    governor: createMemoryGovernor(() => now),
    wait: async () => {},
  });
});
afterAll(() => upstream.close());

const secret = "s3cret:/+ü";
const account = { clientId: "client 1", clientSecret: secret, username: "ada@example.com", password: "p&ss=w0rd" };

function connectorOf(options: Partial<OAuth2>, more: Partial<Connector> = {}): Connector & { auth: OAuth2 } {
  const auth = OAuth2.parse({
    kind: "oauth2",
    grant: "client-credentials",
    tokenUrl: `${upstream.url}/oauth/token`,
    client: "connection",
    ...options,
  });
  return {
    schemaVersion: 1,
    key: "fake",
    name: "Fake",
    description: "",
    baseUrl: upstream.url,
    endpoints: [],
    incomingWebhooks: [],
    ...more,
    auth,
  };
}

function connectionOf(connector: Connector, more: Partial<LoadedConnection> = {}): LoadedConnection {
  const place = { target: "live" as const, variables: {}, baseUrl: null, ...more };
  const origin = credentialsOrigins(connector, place);
  return {
    id: "con",
    workspace: "wsp",
    connector: "fake",
    account: null,
    since: 0,
    client: null,
    credentials: account,
    origin,
    ...place,
    ...more,
  };
}

function call(connector: Connector, connection = connectionOf(connector)) {
  return outbound.call({
    request: { method: "GET", url: `${upstream.url}/items`, headers: {}, body: null },
    connector,
    connection,
    idempotency: null,
    limitGroup: undefined,
    timeoutMs: 2_000,
    signal: new AbortController().signal,
  });
}

const asked = () => upstream.requests.filter(({ path }) => path.startsWith("/oauth"));
const seen = ({ text, headers }: UpstreamRequest) => [headers["content-type"], headers.authorization ?? null, text];
const form = "application/x-www-form-urlencoded";
// RFC 6749, 2.3.1: form-encoded before they are joined.
const basic = `Basic ${Buffer.from("client+1:s3cret%3A%2F%2B%C3%BC").toString("base64")}`;
const inBody = "client_id=client+1&client_secret=s3cret%3A%2F%2B%C3%BC";

describe("a token is asked for", () => {
  test.each<[string, Partial<OAuth2>, unknown[]]>([
    ["as the RFC says", {}, [form, basic, "grant_type=client_credentials"]],
    ["with scopes", { scopes: "read  write:all" }, [form, basic, "grant_type=client_credentials&scope=read+write%3Aall"]],
    [
      "with scopes and commas",
      { scopes: "read write", scopeSeparator: "," },
      [form, basic, "grant_type=client_credentials&scope=read%2Cwrite"],
    ],
    ["with the client in the body", { clientAuthentication: "body" }, [form, null, `grant_type=client_credentials&${inBody}`]],
    [
      "with parameters of the provider's own, which may name another grant but no other client",
      {
        tokenParameters: { grant_type: "account_credentials", audience: "a b", client_id: "forged" },
        clientAuthentication: "body",
      },
      [form, null, "grant_type=account_credentials&audience=a+b&client_id=client+1&client_secret=s3cret%3A%2F%2B%C3%BC"],
    ],
    [
      "in JSON",
      { tokenBody: "json", clientAuthentication: "body", scopes: "a" },
      [
        "application/json",
        null,
        JSON.stringify({ grant_type: "client_credentials", scope: "a", client_id: "client 1", client_secret: secret }),
      ],
    ],
    [
      "with the password of the resource owner",
      { grant: "password", scopes: "a" },
      [form, basic, "grant_type=password&scope=a&username=ada%40example.com&password=p%26ss%3Dw0rd"],
    ],
  ])("%s", async (_, options, expected) => {
    const connector = connectorOf(options);
    expect(await call(connector)).toMatchObject({ outcome: "succeeded" });
    expect(asked().map(seen)).toEqual([expected]);
    expect(asked()[0]).toMatchObject({ method: "POST", headers: { accept: "application/json" } });
    expect(upstream.requests.at(-1)?.headers.authorization).toBe("Bearer access-1");
  });

  test("by a public client, which has no secret", async () => {
    const { clientSecret: _, ...open } = account;
    const connector = connectorOf({ grant: "password" });
    await call(connector, connectionOf(connector, { credentials: open }));
    expect(asked().map(seen)).toEqual([
      [form, null, "grant_type=password&username=ada%40example.com&password=p%26ss%3Dw0rd&client_id=client+1"],
    ]);
  });

  test("at a URL with a query and a variable of the connection", async () => {
    const connector = connectorOf(
      { tokenUrl: `${upstream.url}/oauth/{tenant}/token?v=2` },
      { variables: [{ key: "tenant", label: "Tenant" }] },
    );
    await call(connector, connectionOf(connector, { variables: { tenant: "acme" } }));
    expect(asked()[0]?.path).toBe("/oauth/acme/token?v=2");
    const other = connectionOf(connector, { id: "other", variables: { tenant: "../x" } });
    expect(await call(connector, other)).toMatchObject({ outcome: "blocked", message: expect.stringContaining("one segment") });
    expect(asked()).toHaveLength(1);
  });

  test("with the client of the connector, whose secret goes only where it was entered for", async () => {
    const connector = connectorOf({ client: "connector" });
    const client = { clientId: "shared", clientSecret: "shared-secret", origins: hostPattern(connector.auth.tokenUrl, []) };
    expect(await call(connector, connectionOf(connector, { client }))).toMatchObject({ outcome: "succeeded" });
    expect(asked()[0]?.headers.authorization).toBe(`Basic ${Buffer.from("shared:shared-secret").toString("base64")}`);
    const moved = connectionOf(connector, { id: "moved", client: { ...client, origins: "https://elsewhere.example" } });
    expect(await call(connector, moved)).toMatchObject({ outcome: "blocked", reason: "credentials" });
    expect(await call(connector, connectionOf(connector, { id: "none" }))).toMatchObject({
      message: expect.stringContaining("no OAuth client yet"),
    });
    expect(asked()).toHaveLength(1);
  });

  test("and neither it nor the client's secret is seen in an answer of the API", async () => {
    upstream.always(
      ({ path, headers }): UpstreamAnswer =>
        path.startsWith("/oauth")
          ? { body: { access_token: "access-1" } }
          : { body: { echo: `${headers.authorization} shared-secret` } },
    );
    const connector = connectorOf({ client: "connector" });
    const client = { clientId: "shared", clientSecret: "shared-secret", origins: hostPattern(connector.auth.tokenUrl, []) };
    const connection = connectionOf(connector, { client });
    expect(await call(connector, connection)).toMatchObject({ outcome: "succeeded", body: { echo: "Bearer *** ***" } });
    const input = { request: { method: "GET", url: `${upstream.url}/items`, headers: {}, body: null }, connector, connection };
    const rest = { idempotency: null, limitGroup: undefined, timeoutMs: 1, signal: new AbortController().signal };
    expect(outbound.preview({ ...input, ...rest })).toMatchObject({ headers: { authorization: "Bearer ***" } });
  });

  test("nowhere but where the connection's credentials were entered for, and never at a private address", async () => {
    const connector = connectorOf({});
    const elsewhere = connectorOf({ tokenUrl: "https://elsewhere.example/token" });
    expect(await call(elsewhere, connectionOf(connector))).toMatchObject({ outcome: "blocked", reason: "credentials" });
    const inside = connectorOf({ tokenUrl: "https://169.254.169.254/oauth" });
    expect(await call(inside)).toMatchObject({ outcome: "blocked", reason: "egress" });
    const plain = connectorOf({ tokenUrl: "http://plain.example/oauth" });
    expect(await call(plain)).toMatchObject({ outcome: "blocked", reason: "http" });
    expect(upstream.requests).toEqual([]);
  });
});

describe("the answer of a token endpoint", () => {
  test.each<[string, Partial<OAuth2>, UpstreamAnswer, string]>([
    ["is a form, as GitHub's", {}, { body: "access_token=gho_1&scope=repo%2Cgist&token_type=bearer" }, "Bearer gho_1"],
    ["has no token type", {}, { body: { access_token: "t1" } }, "Bearer t1"],
    ["has a token type of its own", {}, { body: { ok: true, access_token: "xoxb-1", token_type: "bot" } }, "Bearer xoxb-1"],
    [
      "has the status 201, nulls and a text for its life",
      {},
      { status: 201, body: { access_token: "t1", refresh_token: null, expires_in: "3600" } },
      "Bearer t1",
    ],
    [
      "has the token elsewhere",
      { tokenPath: "authed_user.access_token" },
      { body: { access_token: "xoxb", authed_user: { access_token: "xoxp-1" } } },
      "Bearer xoxp-1",
    ],
  ])("%s", async (_, options, answer, sent) => {
    answers = [answer];
    expect(await call(connectorOf(options))).toMatchObject({ outcome: "succeeded" });
    expect(upstream.requests.at(-1)?.headers.authorization).toBe(sent);
  });

  test("goes into the header that the connector names", async () => {
    await call(connectorOf({ placement: { header: "X-Shop-Token", prefix: "" } }));
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ "x-shop-token": "access-1" });
    expect(upstream.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  test.each<[string, UpstreamAnswer, object]>([
    [
      "says no with 200",
      { body: { ok: false, error: "invalid_code" } },
      { outcome: "unauthorized", message: expect.stringContaining("(invalid_code)") },
    ],
    [
      "says no",
      { status: 401, body: { error: "invalid_client", error_description: `${secret} is wrong in ${basic}` } },
      {
        outcome: "unauthorized",
        message: "token endpoint: answered 401 Unauthorized: *** is wrong in Basic *** (invalid_client)",
      },
    ],
    ["refuses the password", { status: 400, body: { error: "invalid_grant" } }, { outcome: "unauthorized", status: 400 }],
    [
      "redirects",
      { status: 302, headers: { location: "https://elsewhere.example" } },
      { outcome: "unauthorized", message: expect.stringContaining("not followed") },
    ],
    ["is none", { status: 503 }, { outcome: "unreachable", retryAfterMs: 30_000 }],
    ["comes too fast", { status: 429, headers: { "retry-after": "90" } }, { outcome: "unreachable", retryAfterMs: 90_000 }],
    ["breaks off", { cut: "after-reading" }, { outcome: "unreachable", retryAfterMs: 30_000 }],
    [
      "is a page",
      { body: "<html>Sign in</html>" },
      { outcome: "unauthorized", message: 'token endpoint: its answer has no text at "access_token"' },
    ],
  ])("that %s gives no token, no secret, and peace to the endpoint for a while", async (_, answer, expected) => {
    answers = [answer];
    const connector = connectorOf({ grant: "password" });
    const outcome = await call(connector);
    expect(outcome).toMatchObject(expected);
    expect(JSON.stringify([outcome, tokens.notes])).not.toContain(secret);
    now += 10_000;
    expect(await call(connector)).toMatchObject({ outcome: "unreachable", retryAfterMs: expect.any(Number) });
    expect(asked()).toHaveLength(1);
    answers = [{ body: { access_token: "late" } }];
    now += 90_000;
    expect(await call(connector)).toMatchObject({ outcome: "succeeded" });
  });

  test("names the host of the API, which the token then goes to and to no other", async () => {
    const variables = [{ key: "instance_url", label: "Instance", hostSuffixes: ["127.0.0.1"] }];
    const connector = connectorOf(
      { metadata: { instance_url: "data.instance" } },
      { baseUrl: "http://{instance_url}", variables },
    );
    const connection = connectionOf(connector);
    expect(connection.origin?.split(" ")).toEqual(["http://{instance_url~127.0.0.1~~data.instance}", upstream.url]);
    answers = [{ body: { access_token: "t1", data: { instance: `https://${upstream.host}/` } } }];
    expect(await outbound.holdToken({ connector, scheme: connector.auth, connection })).toBeNull();
    expect(tokens.notes).toEqual([`{"instance_url":"https://${upstream.host}/"} at ${connection.origin}`]);
    answers = [{ body: { access_token: "t2", data: { instance: "evil.example" } } }];
    expect(
      await outbound.holdToken({ connector, scheme: connector.auth, connection: { ...connection, id: "other" } }),
    ).toMatchObject({
      outcome: "blocked",
      message: 'the token response names no address that the connector allows: "Instance" must end with 127.0.0.1',
    });
    expect(tokens.rows.get("other")).toMatchObject({ token: null });
  });
});

describe("a refresh", () => {
  const code: Partial<OAuth2> = { grant: "authorization-code", authorizationUrl: "https://auth.example/" };
  const granted = (refreshToken: string | null, lifeMs: number | null = 3_600_000) =>
    void tokens.rows.set("con", { token: "old", expiresAt: start + 3_600_000, version: 7, grant: { refreshToken, lifeMs } });
  const redeem = (connector: Connector & { auth: OAuth2 }) =>
    outbound.redeemCode({
      connector,
      scheme: connector.auth,
      connection: connectionOf(connector),
      code: "the-code",
      verifier: "the-verifier",
      redirectUri: "https://here.example/cb",
    });

  test("goes to its own URL with its own parameters, 5 % of its life before the end", async () => {
    const connector = connectorOf({
      ...code,
      refreshUrl: `${upstream.url}/oauth/refresh`,
      refreshParameters: { x: "1" },
      tokenParameters: { y: "2" },
    });
    granted("refresh-1");
    now = start + 3_600_000 - 180_001;
    await call(connector);
    expect(asked()).toEqual([]);
    now += 1;
    await call(connector);
    expect(asked()).toMatchObject([{ path: "/oauth/refresh", text: "grant_type=refresh_token&x=1&refresh_token=refresh-1" }]);
    // The answer brought no other refresh token.
    expect(tokens.rows.get("con")).toMatchObject({ token: "access-1", version: 8, grant: { refreshToken: "refresh-1" } });
  });

  test("stores the next refresh token before the next access token is used", async () => {
    answers = [{ body: { access_token: "access-2", refresh_token: "refresh-2", expires_in: 60 } }];
    const connector = connectorOf(code);
    granted("refresh-1");
    now = start + 3_600_000;
    let stored: unknown;
    upstream.always(({ path }) => {
      if (path.startsWith("/oauth")) return answers[0] ?? {};
      stored = tokens.rows.get("con");
      return {};
    });
    await call(connector);
    expect(stored).toMatchObject({
      token: "access-2",
      expiresAt: now + 60_000,
      grant: { refreshToken: "refresh-2", lifeMs: 60_000 },
    });
  });

  test("is stored however long the database takes to answer: its refresh token is the only one", async () => {
    answers = [{ body: { access_token: "access-2", refresh_token: "refresh-2" } }];
    granted("refresh-1");
    now = start + 3_600_000;
    const { save } = tokens.store;
    let faults = 3;
    tokens.store.save = async (...token) => {
      if (faults-- > 0) throw new AppError("unavailable", "the database does not answer");
      return save(...token);
    };
    expect(await call(connectorOf(code))).toMatchObject({ outcome: "succeeded" });
    expect(tokens.rows.get("con")).toMatchObject({ token: "access-2", grant: { refreshToken: "refresh-2" } });
    expect(asked()).toHaveLength(1);
  });

  test("that fails for the moment leaves the old token in use while it lasts", async () => {
    answers = [{ status: 500 }];
    const connector = connectorOf(code);
    granted("refresh-1");
    now = start + 3_500_000;
    expect(await call(connector)).toMatchObject({ outcome: "succeeded" });
    expect(await call(connector)).toMatchObject({ outcome: "succeeded" });
    expect(upstream.requests.at(-1)?.headers.authorization).toBe("Bearer old");
    expect(asked()).toHaveLength(1);
    now = start + 3_600_000;
    expect(await call(connector)).toMatchObject({ outcome: "unreachable", retryAfterMs: 30_000 });
    expect(tokens.notes).not.toContainEqual(expect.stringContaining("given up"));
  });

  test("that is refused ends nothing when another process has the newer grant by then", async () => {
    answers = [{ status: 400, body: { error: "invalid_grant" } }];
    const connector = connectorOf(code);
    granted("refresh-1");
    now = start + 3_600_000;
    upstream.always(({ path }) => {
      if (!path.startsWith("/oauth")) return {};
      tokens.rows.set("con", {
        token: "winner",
        expiresAt: now + 3_600_000,
        version: 8,
        grant: { refreshToken: "refresh-2", lifeMs: 3_600_000 },
      });
      return answers[0] ?? {};
    });
    expect(await call(connector)).toMatchObject({ outcome: "succeeded" });
    expect(upstream.requests.at(-1)?.headers.authorization).toBe("Bearer winner");
    expect(tokens.rows.get("con")).toMatchObject({ token: "winner", version: 8 });
  });

  test("without a refresh token is none: the API's own 401 is told, and the end of the token is the end", async () => {
    const connector = connectorOf(code);
    granted(null);
    upstream.always({ status: 401, body: { message: "not for you" } });
    expect(await call(connector)).toMatchObject({ outcome: "unauthorized", message: "answered 401 Unauthorized: not for you" });
    expect(tokens.rows.get("con")).toMatchObject({ token: "old" });
    now = start + 3_600_000;
    expect(await call(connector)).toMatchObject({ outcome: "blocked", reason: "authorization" });
    expect(tokens.rows.get("con")).toMatchObject({ token: null });
  });

  test("of a password's token that is refused takes the password", async () => {
    answers = [{ status: 400, body: { error: "invalid_grant" } }, { body: { access_token: "new" } }];
    granted("refresh-1");
    now = start + 3_600_000;
    expect(await call(connectorOf({ grant: "password" }))).toMatchObject({ outcome: "succeeded" });
    expect(asked().map(({ text }) => new URLSearchParams(text).get("grant_type"))).toEqual(["refresh_token", "password"]);
  });

  test("comes after a code was redeemed, once, over whatever was granted before", async () => {
    answers = [{ body: { access_token: "mine", expires_in: 3_600 } }];
    const connector = connectorOf(code);
    granted("somebody-else's");
    expect(await redeem(connector)).toBeNull();
    expect(asked().map(({ text }) => text)).toEqual([
      "grant_type=authorization_code&code=the-code&redirect_uri=https%3A%2F%2Fhere.example%2Fcb&code_verifier=the-verifier",
    ]);
    expect(tokens.rows.get("con")).toMatchObject({ token: "mine", grant: { refreshToken: null } });
    answers = [{ status: 400, body: { error: "invalid_grant", error_description: "the-code was used" } }];
    expect(await redeem(connector)).toMatchObject({ outcome: "unauthorized", message: expect.stringContaining("*** was used") });
    expect(tokens.rows.get("con")).toMatchObject({ token: "mine" });
  });
});
