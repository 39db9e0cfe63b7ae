import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { IncomingWebhook } from "../../../shared/connector/incoming-webhook.ts";
import { ChallengeRecipe, echoChallenge } from "../../../shared/event/challenge-recipe.ts";
import { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { hasSecret, makeRoomForSecret } from "../../subscriptions/hook-secrets.ts";
import type { Subscription } from "../../subscriptions/subscription-rows.ts";
import { type Answer, type Ask, ask, deliver } from "../../testing/test-client.ts";
import { signedHeaders, type TestHook, testRecipe } from "../../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../../testing/test-server.ts";

const query = (name: string) => ({ in: "query", name }) as const;
const body = (path: string) => ({ in: "body", path }) as const;
const header = (name: string) => ({ in: "header", name }) as const;
const request = (at: ReturnType<typeof query | typeof body | typeof header>) => ({ from: "request", at }) as const;
const hmac = (of: ReturnType<typeof query | typeof body>) => ({ from: "hmac", of, algorithm: "sha256", encoding: "hex" });

/** Shaped as providers ask; each is one of those that security notes describe. */
const recipes = {
  zoom: {
    name: "zoom",
    when: { method: "POST", match: [{ at: body("event"), equals: "endpoint.url_validation" }] },
    precheck: { kind: "signature" },
    respond: {
      body: {
        as: "json",
        fields: [
          { name: "plainToken", value: request(body("payload.plainToken")) },
          { name: "encryptedToken", value: hmac(body("payload.plainToken")) },
        ],
      },
    },
  },
  x: {
    name: "x",
    when: { method: "GET", match: [{ at: query("crc_token") }] },
    precheck: { kind: "none" },
    respond: {
      body: { as: "json", fields: [{ name: "response_token", value: { ...hmac(query("crc_token")), prefix: "sha256=" } }] },
    },
  },
  meta: {
    name: "meta",
    when: { method: "GET", match: [{ at: query("hub.mode"), equals: "subscribe" }, { at: query("hub.challenge") }] },
    precheck: { kind: "token", at: query("hub.verify_token"), with: "secret" },
    respond: { body: { as: "text", value: request(query("hub.challenge")) } },
  },
  graph: {
    name: "graph",
    when: { method: "POST", match: [{ at: query("validationToken") }] },
    precheck: { kind: "pending" },
    respond: { body: { as: "text", value: request(query("validationToken")) } },
  },
  asana: {
    name: "asana",
    when: { method: "POST", match: [{ at: header("X-Hook-Secret") }] },
    precheck: { kind: "pending" },
    respond: { headers: [{ name: "X-Hook-Secret", value: request(header("X-Hook-Secret")) }], body: { as: "empty" } },
    store: header("X-Hook-Secret"),
  },
  sns: {
    name: "sns",
    when: { method: "POST", match: [{ at: header("x-amz-sns-message-type"), equals: "SubscriptionConfirmation" }] },
    precheck: { kind: "signature" },
    respond: { body: { as: "empty" } },
    confirm: { at: body("SubscribeURL"), hosts: [".amazonaws.com"] },
  },
};

let server: TestServer;
let person: TestPerson;
let counted: number;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
});
beforeEach(async () => {
  server.advance(60_000);
  counted = await count();
});
afterAll(() => server.close());

type Kind = keyof typeof recipes;

function hookWith(kind: Kind, more: { secret?: false; kind?: "resthook" } = {}): Promise<TestHook> {
  return server.publish({
    workspace: person.workspace,
    nodes: [],
    edges: [],
    challenges: [ChallengeRecipe.parse(recipes[kind])],
    ...more,
  });
}

function send({ hook }: TestHook, path: string, options: Ask = {}): Promise<Answer> {
  return ask(`${server.url}/hooks/${hook}${path}`, options);
}

/** A challenge in a body, signed as deliveries are. */
function signed(hook: TestHook, value: object, headers: Record<string, string> = {}): Promise<Answer> {
  return deliver(server, hook, { id: "challenge", body: JSON.stringify(value), headers });
}

async function count(): Promise<number> {
  const [row] = await server.pair.sql.read<{ rows: number }>(
    "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM runs) AS rows",
  );
  return row?.rows ?? -1;
}

async function history(hook: TestHook): Promise<string[]> {
  const rows = await server.pair.sql.read<{ step: string }>(
    "SELECT step FROM subscription_steps WHERE hook_id = $1 ORDER BY id",
    [hook.hook],
  );
  return rows.map(({ step }) => step);
}

async function setState({ hook }: TestHook, state: string): Promise<void> {
  await server.pair.sql.commit([
    { text: "UPDATE hooks SET state = $1, revision = revision + 1 WHERE id = $2", params: [state, hook] },
  ]);
}

async function storedSecret({ hook }: TestHook): Promise<unknown> {
  return (await server.pair.sql.read("SELECT secrets FROM hooks WHERE id = $1", [hook]))[0];
}

const validation = (plainToken: string) => ({ event: "endpoint.url_validation", payload: { plainToken } });
const token = "qgg8vlvZRS6UYooatFL8Aw";

describe("a challenge", () => {
  it("is answered with the HMAC of its token when it is signed", async () => {
    const hook = await hookWith("zoom");
    const encryptedToken = createHmac("sha256", hook.secret).update(token).digest("hex");
    expect(await signed(hook, validation(token))).toMatchObject({ status: 200, json: { plainToken: token, encryptedToken } });
    expect(await history(hook)).toEqual(["challenge-answered"]);
    // An event with another type goes the usual way.
    expect(await signed(hook, { event: "meeting.started" })).toMatchObject({ status: 200, json: { event: expect.any(String) } });
  });

  it("C1: without a signature, or with a wrong one, is refused without an HMAC", async () => {
    const hook = await hookWith("zoom");
    const text = JSON.stringify(validation(token));
    const wrong = signedHeaders("another secret", "x", text, server.clock());
    for (const headers of [{}, { ...wrong }])
      expect(await send(hook, "", { method: "POST", headers, body: text })).toMatchObject({
        status: 401,
        text: '{"error":{"code":"verification_failed"}}',
      });
    expect(server.refusals.list(person.workspace)[0]).toMatchObject({ reason: "challenge_refused", hook: hook.hook });
    expect(await history(hook)).toEqual(["challenge-refused", "challenge-refused"]);
  });

  it.each([
    ["what a signed content looks like", 'v0:1700000000:{"event":"x"}'],
    ["more than 128 characters", "a".repeat(129)],
    ["fewer than 8", "a".repeat(7)],
  ])("C2: a token of %s is answered 400, without an HMAC, signed or not", async (_, bad) => {
    const [zoom, x] = [await hookWith("zoom"), await hookWith("x")];
    for (const answer of [await signed(zoom, validation(bad)), await send(x, `?crc_token=${encodeURIComponent(bad)}`)])
      expect(answer).toMatchObject({ status: 400, text: '{"error":{"code":"challenge_refused"}}' });
  });

  it("is answered with an HMAC unsigned, when its token can be no signed content", async () => {
    const hook = await hookWith("x");
    const response_token = `sha256=${createHmac("sha256", hook.secret).update(token).digest("hex")}`;
    expect(await send(hook, `?crc_token=${token}`)).toMatchObject({ status: 200, json: { response_token } });
    expect(await send(hook, `?crc_token=${token}`, { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect(await send(hook, "?other=1")).toMatchObject({ status: 405 });
  });

  it("C3: markup is echoed as plain text that nothing runs; line ends and a megabyte are refused", async () => {
    const hook = await hookWith("graph");
    const echoed = await send(hook, `?validationToken=${encodeURIComponent("<script>alert(1)</script>")}`, { method: "POST" });
    expect(echoed).toMatchObject({ status: 200, text: "<script>alert(1)</script>" });
    expect(echoed.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'",
    });
    for (const bad of ["a%0d%0aSet-Cookie:%20x=1", "a%0a", "%00", "ä", "a".repeat(1_025), "a".repeat(5_000)])
      expect(await send(hook, `?validationToken=${bad}`, { method: "POST" })).toMatchObject({ status: 400 });
    const slack = await server.publish({
      workspace: person.workspace,
      nodes: [],
      edges: [],
      challenges: [echoChallenge("challenge", "challenge")],
    });
    const megabyte = JSON.stringify({ challenge: "a".repeat(1_000_000) });
    expect(await send(slack, "", { method: "POST", body: megabyte })).toMatchObject({ status: 401 });
    expect(await send(slack, "", { method: "POST", body: '{"challenge":"a\\r\\nb"}' })).toMatchObject({ status: 400 });
    expect(await send(slack, "", { method: "POST", body: '{"challenge":"abc"}' })).toMatchObject({ text: '{"challenge":"abc"}' });
  });

  it("C4: a wrong token is forbidden, a parameter that is a list is a bad request", async () => {
    const hook = await hookWith("meta");
    const asked = (text: string) => send(hook, `?hub.mode=subscribe&${text}`);
    const right = `hub.verify_token=${hook.secret}`;
    expect(await asked(`hub.challenge=1158201444&${right}`)).toMatchObject({ status: 200, text: "1158201444" });
    expect(await asked("hub.challenge=1&hub.verify_token=wrong")).toMatchObject({ status: 403 });
    expect(await asked("hub.challenge=1")).toMatchObject({ status: 403 });
    expect(await asked(`hub.challenge[]=1&${right}`)).toMatchObject({ status: 400 });
    expect(await asked(`hub.challenge[a]=1&${right}`)).toMatchObject({ status: 400 });
    expect(await asked(`hub.challenge=1&hub.challenge=2&${right}`)).toMatchObject({ status: 400 });
  });

  it("brings the secret while a registration is under way, and once only", async () => {
    const hook = await hookWith("asana", { secret: false, kind: "resthook" });
    const shake = (secret: string) => send(hook, "", { method: "POST", headers: { "X-Hook-Secret": secret } });
    expect(await shake("a first secret")).toMatchObject({ status: 409 });
    await setState(hook, "pending");
    const answer = await shake("a first secret");
    expect(answer).toMatchObject({ status: 200, text: "", headers: { "x-hook-secret": "a first secret" } });
    expect(await deliver(server, { ...hook, secret: "a first secret" }, { id: "1" })).toMatchObject({ status: 200 });
    expect(await shake("a first secret")).toMatchObject({ status: 200 });
    expect(await shake("a second secret")).toMatchObject({ status: 409 });
    expect(await history(hook)).toEqual([
      "challenge-refused",
      "secret-set",
      "challenge-answered",
      "challenge-answered",
      "challenge-refused",
    ]);
  });

  it("brings no secret that the recipe cannot use: it would verify nothing", async () => {
    const hook = await server.publish({
      ...{ workspace: person.workspace, nodes: [], edges: [], kind: "resthook", secret: false },
      challenges: [ChallengeRecipe.parse(recipes.asana)],
      recipe: SignatureRecipe.parse({ ...testRecipe, secret: { stripPrefix: "", decode: "hex" } }),
    });
    await setState(hook, "pending");
    const shake = (secret: string) => send(hook, "", { method: "POST", headers: { "X-Hook-Secret": secret } });
    expect(await shake("no hex at all")).toMatchObject({ status: 409 });
    expect(await storedSecret(hook)).toEqual({ secrets: null });
    expect(await shake("00ff00ff")).toMatchObject({ status: 200 });
  });

  it("brings another secret when the provider is asked to subscribe anew, beside the one that it replaces", async () => {
    const hook = await hookWith("asana", { secret: false, kind: "resthook" });
    await setState(hook, "pending");
    const shake = (secret: string) => send(hook, "", { method: "POST", headers: { "X-Hook-Secret": secret } });
    const sent = (secret: string, id: string) => deliver(server, { ...hook, secret }, { id });
    expect(await shake("the first secret")).toMatchObject({ status: 200 });
    const subscription = { id: hook.hook, workspace: person.workspace } as Subscription;
    const deps = { sql: server.pair.sql, vault: server.vault, clock: server.clock };
    const { secrets } = await makeRoomForSecret(deps, subscription);
    const webhook = { recipe: testRecipe } as IncomingWebhook;
    expect(await hasSecret(deps, subscription, webhook)).toBe(true);
    await server.pair.sql.commit([
      { text: "UPDATE hooks SET secrets = $1, revision = revision + 1 WHERE id = $2", params: [secrets ?? null, hook.hook] },
    ]);
    expect(await hasSecret(deps, subscription, webhook)).toBe(false);
    expect(await shake("the second secret")).toMatchObject({ status: 200 });
    expect(await hasSecret(deps, subscription, webhook)).toBe(true);
    expect(await shake("the third secret")).toMatchObject({ status: 409 });
    for (const secret of ["the first secret", "the second secret"]) expect((await sent(secret, secret)).status).toBe(200);
    server.advance(3 * 86_400_000);
    expect((await sent("the first secret", "late")).status).toBe(401);
    expect((await sent("the second secret", "late")).status).toBe(200);
  });

  it("C5: an unsolicited secret changes nothing, and is told to people", async () => {
    for (const kind of ["resthook", undefined] as const) {
      const hook = await hookWith("asana", kind && { kind });
      const before = await storedSecret(hook);
      expect(await send(hook, "", { method: "POST", headers: { "X-Hook-Secret": "taken over" } })).toMatchObject({ status: 409 });
      expect(await storedSecret(hook)).toEqual(before);
      expect(await history(hook)).toEqual(["challenge-refused"]);
      expect(server.refusals.list(person.workspace)[0]?.explanation).toMatch(/^A challenge was refused: /);
    }
  });

  it.each([
    "https://169.254.169.254/latest/meta-data/",
    "https://sns.amazonaws.com.evil.example/",
    "http://sns.amazonaws.com/",
    "https://a@sns.amazonaws.com/",
    "https://sns.amazonaws.com:8443/",
    "file:///etc/passwd",
  ])("C6: is not confirmed at %s", async (SubscribeURL) => {
    const hook = await hookWith("sns");
    const headers = { "x-amz-sns-message-type": "SubscriptionConfirmation" };
    expect(await signed(hook, { SubscribeURL }, headers)).toMatchObject({ status: 400 });
    expect(await history(hook)).toEqual(["challenge-refused"]);
  });

  it("is limited to ten a minute for each hook, and has a bounded history", async () => {
    const hook = await hookWith("x");
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) statuses.push((await send(hook, `?crc_token=${token}`)).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429, 429]);
    expect(await history(hook)).toHaveLength(10);
    server.advance(60_000);
    expect(await send(hook, `?crc_token=${token}`)).toMatchObject({ status: 200 });
  });

  it("is not answered once the subscription is deleted", async () => {
    const hook = await hookWith("x");
    await setState(hook, "deleted");
    expect(await send(hook, `?crc_token=${token}`)).toMatchObject({ status: 405 });
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 410, text: '{"error":{"code":"gone"}}' });
  });

  it("C7: never becomes an event or a run, answered or refused", async () => {
    const [zoom, meta] = [await hookWith("zoom"), await hookWith("meta")];
    expect(await signed(zoom, validation(token))).toMatchObject({ status: 200 });
    expect(await signed(zoom, validation("{}"))).toMatchObject({ status: 400 });
    expect(await send(meta, `?hub.mode=subscribe&hub.challenge=1&hub.verify_token=${meta.secret}`)).toMatchObject({
      status: 200,
    });
    expect(await count()).toBe(counted);
  });
});
