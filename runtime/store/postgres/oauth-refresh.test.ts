import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Connector } from "../../../shared/connector/connector.ts";
import { OAuth2, oauthCallbackPath } from "../../../shared/connector/oauth2.ts";
import { newConnection } from "../../connections/create-connection.ts";
import { createLoadConnection } from "../../connections/load-connection.ts";
import { createTokenStore } from "../../connections/token-store.ts";
import { createVault } from "../../connections/vault.ts";
import { publishConnector } from "../../connectors/publish-connector.ts";
import { createIds } from "../../ids.ts";
import { createOutbound } from "../../outbound/call-endpoint.ts";
import { challengeOf } from "../../outbound/oauth-token.ts";
import { type FakeUpstream, startFakeUpstream } from "../../testing/fake-upstream.ts";
import { type OidcServer, oidcClient, startOidcServer } from "../../testing/oidc-server.ts";
import { testConnector } from "../../testing/test-engine.ts";
import { openTestPostgres, type TestPostgres } from "../../testing/test-postgres.ts";
import type { Pair } from "../pair.ts";

const hour = 3_600_000;
const workspace = "wsp_1";
const redirectUri = `http://patchbay.example${oauthCallbackPath}`;
const masterKey = randomBytes(32);
let database: TestPostgres;
let upstream: FakeUpstream;
let provider: OidcServer;
let connector: Connector & { auth: OAuth2 };
let connection: string;
let nodes: ReturnType<typeof addNode>[];

beforeAll(async () => {
  [database, upstream, provider] = await Promise.all([openTestPostgres(), startFakeUpstream(), startOidcServer({ redirectUri })]);
  const { pair, clock } = database;
  const ids = createIds(clock);
  const auth = OAuth2.parse({
    kind: "oauth2",
    grant: "authorization-code",
    client: "connection",
    authorizationUrl: `${provider.issuer}/auth`,
    tokenUrl: `${provider.issuer}/token`,
  });
  connector = { ...testConnector, baseUrl: upstream.url, auth };
  const published = await publishConnector({ sql: pair.sql, ids, clock }, workspace, connector);
  const origin = `${upstream.url} ${provider.issuer}`;
  const made = await newConnection(
    { vault: vaultOn(pair), ids, clock },
    { workspace, connector: published.connector, auth, name: "Shared", target: "live", credentials: oidcClient, origin },
  );
  await pair.sql.commit([made.statement]);
  connection = made.id;
  nodes = [addNode(pair), addNode(await database.another()), addNode(await database.another())];
});
afterAll(async () => {
  await Promise.all(nodes.map(({ outbound }) => outbound.close()));
  await Promise.all([upstream.close(), provider.close()]);
  await database.close();
});

function vaultOn({ sql }: Pair) {
  const { clock } = database;
  return createVault({ masterKey, masterKeyId: "test", sql, clock, ids: createIds(clock), randomBytes });
}

/** One process: a pair with connections of its own, and everything that is kept in memory. */
function addNode({ sql, lease, governor }: Pair) {
  const vault = vaultOn({ sql } as Pair);
  const loadConnection = createLoadConnection({ sql, vault });
  const outbound = createOutbound({
    clock: database.clock,
    allowedHttpHosts: [upstream.host, provider.host],
    sandboxes: {},
    tokens: createTokenStore({ sql, vault }),
    lease,
    governor,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 20))),
  });
  const loaded = async () => (await loadConnection(workspace, connection)) ?? expect.fail("no connection");
  return {
    outbound,
    loaded,
    call: async () =>
      outbound.call({
        request: { method: "GET", url: `${upstream.url}/items`, headers: {}, body: null },
        connector,
        connection: await loaded(),
        idempotency: null,
        limitGroup: undefined,
        timeoutMs: 60_000,
        signal: new AbortController().signal,
      }),
  };
}

const node = (index: number) => nodes[index % nodes.length] ?? expect.fail("no such node");

async function authorize(): Promise<void> {
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({
    response_type: "code",
    client_id: oidcClient.clientId,
    redirect_uri: redirectUri,
    scope: "openid offline_access",
    prompt: "consent",
    code_challenge: challengeOf(verifier),
    code_challenge_method: "S256",
  });
  const back = await provider.signIn(`${provider.issuer}/auth?${query}`, "ada");
  const code = back.searchParams.get("code") ?? expect.fail("no code");
  const redeem = { connector, scheme: connector.auth, connection: await node(0).loaded(), code, verifier, redirectUri };
  expect(await node(0).outbound.redeemCode(redeem)).toBeNull();
}

it("is asked for once by 30 callers of three processes, with a refresh token that is good for one use, and all get the new one", async () => {
  await authorize();
  for (let round = 1; round <= 10; round++) {
    database.clock.advance(hour);
    provider.tokenCalls.length = 0;
    upstream.requests.length = 0;
    const outcomes = await Promise.all(Array.from({ length: 30 }, (_, index) => node(index).call()));
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(["succeeded"]));
    expect(new Set(upstream.requests.map(({ headers }) => headers.authorization)).size).toBe(1);
    expect(provider.tokenCalls).toEqual(["refresh_token"]);
  }
});

it("is given up once when the grant has ended, whichever process learns of it", async () => {
  await authorize();
  await provider.revokeAll();
  database.clock.advance(hour);
  provider.tokenCalls.length = 0;
  const outcomes = await Promise.all(Array.from({ length: 9 }, (_, index) => node(index).call()));
  expect(outcomes).toEqual(Array(9).fill(expect.objectContaining({ outcome: "blocked", reason: "authorization" })));
  expect(provider.tokenCalls).toEqual(["refresh_token"]);
});

it("that a person has just authorized is the one that every process uses next", async () => {
  await authorize();
  await Promise.all(Array.from({ length: 3 }, (_, index) => node(index).call()));
  const before = upstream.requests.at(-1)?.headers.authorization;
  await authorize();
  upstream.requests.length = 0;
  await Promise.all(Array.from({ length: 3 }, (_, index) => node(index).call()));
  const after = new Set(upstream.requests.map(({ headers }) => headers.authorization));
  expect(after.size).toBe(1);
  expect(after).not.toContain(before);
});
