import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connector } from "../../shared/connector/connector.ts";
import type { EventFilter } from "../../shared/connector/trigger.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import type { Json } from "../../shared/json.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { publishFlow } from "../flows/publish-flow.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { type TestHook, testRecipe } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { releaseHeld } from "./release.ts";

let server: TestServer;
let person: TestPerson;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
});
afterAll(() => server.close());

type Stored = {
  id: string;
  body: Uint8Array;
  runs: string;
  held: number;
  filtered: number;
  item: number | null;
  delivery: string | null;
};

function publish(more: Partial<Parameters<TestServer["publish"]>[0]> = {}): Promise<TestHook> {
  return server.publish({
    workspace: person.workspace,
    nodes: [node.transform("shape", "{{trigger.body}}")],
    edges: ["event -> shape"],
    ...more,
  });
}

function stored({ flow }: Pick<TestHook, "flow">): Promise<Stored[]> {
  return server.pair.sql.read<Stored>(
    `SELECT id, body, runs, held, filtered, item, delivery_id AS delivery FROM events WHERE flow_id = $1 ORDER BY id`,
    [flow],
  );
}

async function set(text: string, ...params: (string | number)[]): Promise<void> {
  await server.pair.sql.commit([{ text, params }]);
}

/** A connector whose only part is an incoming webhook; gives its id. */
async function connectorWith(webhook: Json): Promise<string> {
  const document = {
    schemaVersion: 1,
    key: "pushing",
    description: "",
    name: "Pushing",
    baseUrl: "https://api.example.com",
    auth: { kind: "none" },
    endpoints: [],
  };
  const { connector } = await publishConnector(
    { sql: server.pair.sql, ids: server.ids, clock: server.clock },
    person.workspace,
    Connector.parse({ ...document, incomingWebhooks: [webhook] }),
  );
  return connector;
}

const textOf = ({ body }: Stored) => Buffer.from(body).toString();
const field = ({ json }: Answer, name: string) => (json as Record<string, Json>)[name];

describe("a delivery of several events", () => {
  const recipe = SignatureRecipe.parse({
    ...testRecipe,
    batch: { path: "value", maxItems: 3 },
    dedupe: { candidates: [{ in: "body", path: "id" }] },
    eventType: { in: "body", path: "type" },
  });

  it("becomes one event and run for each, with keys of their own, in one commit", async () => {
    const hook = await publish({ recipe });
    const body = JSON.stringify({
      value: [
        { id: 1, type: "a" },
        { id: 2, type: "b" },
      ],
    });
    const answer = await deliver(server, hook, { id: "batch-1", body });
    expect(answer).toMatchObject({ status: 200, json: { events: [expect.any(String), expect.any(String)] } });
    const events = await stored(hook);
    expect(events.map(textOf)).toEqual(['{"id":1,"type":"a"}', '{"id":2,"type":"b"}']);
    expect(events.map(({ item, runs }) => [item, JSON.parse(runs).length])).toEqual([
      [0, 1],
      [1, 1],
    ]);
    const [kept] = await server.pair.sql.read<{ body: Uint8Array }>("SELECT body FROM deliveries WHERE id = $1", [
      events[0]?.delivery ?? "",
    ]);
    expect(Buffer.from(kept?.body ?? []).toString()).toBe(body);
    const again = JSON.stringify({ value: [{ id: 2 }, { id: 3 }] });
    expect(await deliver(server, hook, { id: "batch-2", body: again })).toMatchObject({ status: 200, json: { duplicates: 1 } });
    expect(await stored(hook)).toHaveLength(3);
    for (const { runs } of events) expect(await server.reaches(JSON.parse(runs)[0])).toBe("succeeded");
  });

  it("is refused whole when it holds no list or too many, though it is the provider's", async () => {
    const hook = await publish({ recipe });
    for (const body of ['{"value":{}}', '{"other":[]}', "no JSON", JSON.stringify({ value: [1, 2, 3, 4] })])
      expect(await deliver(server, hook, { id: "bad", body })).toMatchObject({
        status: 422,
        text: '{"error":{"code":"batch_unreadable"}}',
      });
    expect(await stored(hook)).toEqual([]);
    expect(server.refusals.list(person.workspace)[0]).toMatchObject({ reason: "batch_unreadable", hook: hook.hook });
  });

  it("is kept without a run when it is empty", async () => {
    const hook = await publish({ recipe });
    expect(await deliver(server, hook, { id: "empty", body: '{"value":[]}' })).toMatchObject({ status: 200 });
    expect(await stored(hook)).toMatchObject([{ runs: "[]", item: null }]);
  });
});

describe("a trigger's filters", () => {
  it("keep an event without a run, and let the others through", async () => {
    const filters: EventFilter[] = [{ path: "type", operator: "equals", value: "deal.won" }];
    const hook = await publish({ filters });
    const kept = await deliver(server, hook, { id: "1", body: '{"type":"deal.lost"}' });
    expect(kept).toMatchObject({ status: 200, json: { event: expect.any(String) } });
    expect(field(kept, "run")).toBeUndefined();
    const through = await deliver(server, hook, { id: "2", body: '{"type":"deal.won"}' });
    expect(field(through, "run")).toEqual(expect.any(String));
    expect((await stored(hook)).map(({ filtered }) => filtered)).toEqual([1, 0]);
  });
});

describe("a paused flow", () => {
  it("holds its events: answered 200, kept, and started once when it goes on", async () => {
    const hook = await publish();
    await set("UPDATE flows SET state = 'paused' WHERE id = $1", hook.flow);
    for (const id of ["1", "2"]) expect(await deliver(server, hook, { id })).toMatchObject({ status: 200 });
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 200, json: { duplicate: true } });
    expect((await stored(hook)).map(({ held, runs }) => [held, runs])).toEqual([
      [1, "[]"],
      [1, "[]"],
    ]);
    await set("UPDATE flows SET state = 'published' WHERE id = $1", hook.flow);
    const [flow] = await server.pair.sql.read<{ version: string }>(
      "SELECT published_version_id AS version FROM flows WHERE id = $1",
      [hook.flow],
    );
    const released = await server.pair.engine.release(hook.flow, flow?.version ?? "", 10);
    expect(released).toMatchObject({ outcome: "released", left: 0, runs: [expect.any(String), expect.any(String)] });
    for (const { runs } of await stored(hook)) expect(await server.reaches(JSON.parse(runs)[0])).toBe("succeeded");
  });
});

describe("a held event", () => {
  it("whose trigger the flow no longer has fails where everybody sees it, and can be sent again", async () => {
    const hook = await publish();
    await set("UPDATE flows SET state = 'paused' WHERE id = $1", hook.flow);
    await deliver(server, hook, { id: "1" });
    const deps = { sql: server.pair.sql, clock: server.clock, ids: server.ids };
    const document = testFlow([{ id: "other", name: "Other", kind: "manual-trigger", position: { x: 0, y: 0 } }], []);
    await publishFlow(deps, { workspace: person.workspace, flow: hook.flow, document });
    await set("UPDATE flows SET state = 'published' WHERE id = $1", hook.flow);
    await releaseHeld({ sql: deps.sql, engine: server.pair.engine }, new AbortController().signal);
    const [event] = await stored(hook);
    expect(await server.reaches(JSON.parse(event?.runs ?? "[]")[0])).toBe("failed");
  });
});

describe("what is left of a subscription", () => {
  it.each([
    ["is deleted", "UPDATE hooks SET state = 'deleted' WHERE id = $1"],
    ["is not wanted any more", "UPDATE hooks SET wanted = 'off' WHERE id = $1"],
    ["has lost its flow", "DELETE FROM flows WHERE id = (SELECT flow_id FROM hooks WHERE id = $1)"],
  ])("answers 410 and keeps nothing when it %s", async (_, text) => {
    const hook = await publish({ kind: "resthook" });
    await set(text, hook.hook);
    expect(await deliver(server, hook, { id: "late" })).toMatchObject({ status: 410, text: '{"error":{"code":"gone"}}' });
    expect(await stored(hook)).toEqual([]);
  });
});

describe("a hook's answer", () => {
  it("is the fixed body that the provider wants", async () => {
    const body = { contentType: "text/xml", text: "<Ack>true</Ack>" };
    const hook = await publish({ answer: { body } });
    const answer = await deliver(server, hook, { id: "1" });
    expect(answer).toMatchObject({ status: 200, text: body.text, headers: { "content-type": "text/xml" } });
    expect(answer.headers["x-patchbay-event"]).toMatch(/^evt_/);
  });

  it("needs no secret where the URL is the secret", async () => {
    const hook = await publish({ recipe: SignatureRecipe.parse({ kind: "url-secret" }), secret: false });
    const answer = await ask(`${server.url}/hooks/${hook.hook}`, { method: "POST", body: '{"a":1}' });
    expect(answer).toMatchObject({ status: 200, json: { run: expect.any(String) } });
  });

  it("is 503 while the certificate of a delivery cannot be fetched", async () => {
    const recipe = SignatureRecipe.parse({
      kind: "rsa",
      algorithm: "sha256",
      encoding: "base64",
      signature: { places: [{ in: "header", name: "X-Sig" }] },
      signedContent: [{ part: "body" }],
      certificate: { from: { in: "header", name: "X-Cert" }, hosts: [".invalid"] },
    });
    const hook = await publish({ recipe, secret: false });
    const send = (url: string) =>
      ask(`${server.url}/hooks/${hook.hook}`, { method: "POST", headers: { "X-Sig": "AAAA", "X-Cert": url }, body: "{}" });
    expect(await send("https://certs.invalid/a.pem")).toMatchObject({
      status: 503,
      text: '{"error":{"code":"certificate_unavailable"}}',
    });
    expect(await send("https://certs.example/a.pem")).toMatchObject({ status: 401 });
  });
});

describe("a secret", () => {
  const recipe = SignatureRecipe.parse({
    kind: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    signature: { places: [{ in: "header", name: "X-Sig" }] },
    signedContent: [{ part: "body" }],
  });
  const send = (hook: string, secret: string) =>
    ask(`${server.url}/hooks/${hook}`, {
      method: "POST",
      headers: { "X-Sig": createHmac("sha256", secret).update("{}").digest("hex") },
      body: "{}",
    }).then(({ status }) => status);
  const put = (path: string, body: object) =>
    ask(`${server.url}/api/v1${path}`, {
      method: "PUT",
      headers: { Cookie: person.cookie, "X-Patchbay-Request": "1" },
      body: JSON.stringify(body),
    });

  it("S11: counts beside the new one inside its window, and nowhere afterwards", async () => {
    const { hook, flow, secret: old } = await publish({ recipe });
    const rotated = await put(`/flows/${flow}/hooks/event`, { recipe, secret: "generate", overlapMs: 60_000 });
    expect(rotated).toMatchObject({ status: 200 });
    const secret = String(field(rotated, "secret"));
    expect([await send(hook, old), await send(hook, secret)]).toEqual([200, 200]);
    server.advance(59_999);
    expect(await send(hook, old)).toBe(200);
    server.advance(1);
    expect([await send(hook, old), await send(hook, secret)]).toEqual([401, 200]);
    const steps = await server.pair.sql.read("SELECT step FROM subscription_steps WHERE hook_id = $1", [hook]);
    expect(steps).toEqual([{ step: "secret-rotated" }]);
    expect(await put(`/flows/${flow}/hooks/event`, { recipe, secret: "generate", overlapMs: 604_800_001 })).toMatchObject({
      status: 400,
    });
  });

  it("S11: ends at once without a window, also the one of all subscriptions of a webhook", async () => {
    const connectorId = await connectorWith({
      key: "events",
      name: "Events",
      kind: "static",
      recipe,
      secretOrigin: "definition",
    });
    const of = { connectorId, webhook: "events", secretFrom: "definition" } as const;
    const hooks = await Promise.all([publish({ recipe, of, secret: false }), publish({ recipe, of, secret: false })]);
    expect(await send(hooks[0].hook, "first")).toBe(503);
    const path = "/connectors/pushing/webhooks/events/secret";
    expect(await put(path, { secret: { given: "first" } })).toMatchObject({ status: 200, json: { secret: null } });
    for (const { hook } of hooks) expect(await send(hook, "first")).toBe(200);
    const generated = String(field(await put(path, { secret: "generate" }), "secret"));
    for (const { hook } of hooks) expect([await send(hook, "first"), await send(hook, generated)]).toEqual([401, 200]);
  });

  it("S13: of one hook opens no other, of the same workspace or of another", async () => {
    const stranger = await server.addPerson("Eve");
    const [mine, other, foreign] = [
      await publish({ recipe }),
      await publish({ recipe }),
      await publish({ recipe, workspace: stranger.workspace }),
    ];
    expect(await send(mine.hook, mine.secret)).toBe(200);
    for (const { hook } of [other, foreign]) expect(await send(hook, mine.secret)).toBe(401);
  });
});

describe("a single global URL", () => {
  const recipe = SignatureRecipe.parse({
    kind: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    signature: { places: [{ in: "header", name: "X-Sig" }] },
    signedContent: [{ part: "body" }],
    batch: { path: "" },
    dedupe: { candidates: [{ in: "body", path: "id" }] },
  });

  it("brings each event to the subscriptions that its value names, and keeps what nobody wants", async () => {
    const connectorId = await connectorWith({
      ...{ key: "all", name: "All", kind: "global", recipe, secretOrigin: "definition" },
      routing: { path: "portal", input: "portal" },
    });
    const path = "/api/v1/connectors/pushing/webhooks/all";
    const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
    const call = (method: string, way: string, body: object) =>
      ask(server.url + path + way, { method, headers, body: JSON.stringify(body) });
    const { secret } = (await call("PUT", "/secret", { secret: "generate" })).json as { secret: string };
    await set("UPDATE connectors SET origin = 'custom' WHERE id = $1", connectorId);
    expect(await call("POST", "/global", {})).toMatchObject({ status: 403 });
    await ask(`${server.url}/api/v1/connectors/pushing/vouched`, { method: "PUT", headers, body: '{"vouched":true}' });
    const { url } = (await call("POST", "/global", {})).json as { url: string };
    const global = url.split("/").at(-1) ?? "";
    const [one, both, other] = [await publish(), await publish(), await publish()];
    for (const [hook, value] of [
      [one, "7"],
      [both, "7"],
      [other, "8"],
    ] as const)
      await set(
        "UPDATE hooks SET kind = 'global', global_hook_id = $1, route_value = $2 WHERE id = $3",
        global,
        value,
        hook.hook,
      );
    const body = JSON.stringify([{ id: "a", portal: 7 }, { id: "b", portal: "8" }, { id: "c", portal: 9 }, { id: "d" }]);
    const send = () =>
      ask(`${server.url}/hooks/${global}`, {
        method: "POST",
        headers: { "X-Sig": createHmac("sha256", secret).update(body).digest("hex") },
        body,
      });
    expect(field(await send(), "events")).toHaveLength(5);
    expect((await stored(one)).map(textOf)).toEqual(['{"id":"a","portal":7}']);
    expect((await stored(both)).map(textOf)).toEqual(['{"id":"a","portal":7}']);
    expect((await stored(other)).map(textOf)).toEqual(['{"id":"b","portal":"8"}']);
    expect((await stored({ flow: "" })).map(textOf)).toEqual(['{"id":"c","portal":9}', '{"id":"d"}']);
    expect(await send()).toMatchObject({ status: 200, json: { duplicates: 5 } });
    expect(await ask(`${server.url}/hooks/${global}`, { method: "POST", headers: { "X-Sig": "00" }, body })).toMatchObject({
      status: 401,
    });

    // An account whose number is another's once it is rounded, and events that name nobody, are nobody's.
    await set("UPDATE hooks SET route_value = '9007199254740992' WHERE id = $1", one.hook);
    await set("UPDATE hooks SET route_value = '' WHERE id = $1", other.hook);
    const post = (id: string, text: string) => {
      const headers = { "X-Sig": createHmac("sha256", secret).update(text).digest("hex") };
      return ask(`${server.url}/hooks/${id}`, { method: "POST", headers, body: text });
    };
    const strange =
      '[{"id":"e","portal":9007199254740993},{"id":"f","portal":""},{"id":"g"},{"id":"h","portal":9007199254740992}]';
    expect(await post(global, strange)).toMatchObject({ status: 200 });
    expect((await stored(one)).map(textOf).slice(1)).toEqual(['{"id":"h","portal":9007199254740992}']);
    expect(await stored(other)).toHaveLength(1);
    // One flow that is paused holds its own, and keeps nobody else's back.
    await set("UPDATE flows SET state = 'paused' WHERE id = $1", both.flow);
    await set("UPDATE hooks SET route_value = '7' WHERE id = $1", one.hook);
    expect(await post(global, '[{"id":"p","portal":7}]')).toMatchObject({ status: 200 });
    for (const [hook, held] of [
      [one, 0],
      [both, 1],
    ] as const) {
      const last = (await stored(hook)).at(-1);
      expect([last && textOf(last), last?.held, JSON.parse(last?.runs ?? "").length]).toEqual([
        '{"id":"p","portal":7}',
        held,
        1 - held,
      ]);
    }
    // Nor does anybody choose whose an event is by the URL that it is posted to.
    expect(await post(both.hook, '[{"id":"i","portal":8}]')).toMatchObject({ status: 404 });
  });
});

describe("an exact replay", () => {
  it("S9: is a duplicate inside the tolerance, also after a restart", async () => {
    const hook = await publish();
    const first = await deliver(server, hook, { id: "once" });
    expect(await deliver(server, hook, { id: "once" })).toMatchObject({
      status: 200,
      json: { duplicate: true, event: field(first, "event") ?? "" },
    });
    await server.restart();
    expect(await deliver(server, hook, { id: "once" })).toMatchObject({
      status: 200,
      json: { duplicate: true, run: field(first, "run") ?? "" },
    });
    expect(await stored(hook)).toHaveLength(1);
  });
});
