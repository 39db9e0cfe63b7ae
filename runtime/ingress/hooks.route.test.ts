import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HookDetail, HookSheet } from "../../shared/api/subscriptions.ts";
import { Connector } from "../../shared/connector/connector.ts";
import { ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { createProbeUrl } from "../outbound/probe-url.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { testFlow } from "../testing/test-engine.ts";
import { type TestHook, testRecipe } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { createHook } from "./create-hook.ts";
import { createLoadHook } from "./load-hook.ts";
import { newProbe } from "./probe.ts";
import { setHookSecret } from "./set-hook-secret.ts";
import { probeHook } from "./show-hook.ts";

let server: TestServer;
let person: TestPerson;
let viewer: TestPerson;
let stranger: TestPerson;
let hook: TestHook;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
  viewer = await server.addPerson("Vi", { role: "user", workspace: person.workspace });
  stranger = await server.addPerson("Eve");
  hook = await publish();
});
afterAll(() => server.close());

function publish(more: Partial<Parameters<TestServer["publish"]>[0]> = {}): Promise<TestHook> {
  return server.publish({ workspace: person.workspace, nodes: [], edges: [], ...more });
}

function call(method: string, path: string, who: TestPerson | null = person): Promise<Answer> {
  const headers = { "X-Patchbay-Request": "1", ...(who && { Cookie: who.cookie }) };
  return ask(`${server.url}/api/v1${path}`, { method, headers });
}

async function detail(id: string): Promise<HookDetail> {
  return ((await call("GET", `/hooks/${id}`)).json as unknown as { hook: HookDetail }).hook;
}

async function set(text: string, ...params: string[]): Promise<void> {
  await server.pair.sql.commit([{ text, params }]);
}

async function sheetOf({ hook: id }: TestHook): Promise<HookSheet> {
  const { url } = (await call("POST", `/hooks/${id}/sheet`)).json as { url: string };
  return (await call("GET", `/sheets/${url.split("/").at(-1)}`, null)).json as unknown as HookSheet;
}

/** What a shell would make of the sample. */
function sendSample(curl: string, secret = ""): Promise<Answer> {
  const unquote = (text: string) => text.replaceAll(`'"$SECRET"'`, secret).slice(1, -1).replaceAll("'\\''", "'");
  const [first = "", ...rest] = curl.split(" \\\n  ");
  const path = new URL(unquote(first.slice("curl -X POST ".length))).pathname;
  const headers = rest.filter((line) => line.startsWith("-H ")).map((line) => unquote(line.slice(3)).split(": ", 2));
  const body = unquote((rest.at(-1) ?? "").slice("--data-raw ".length));
  return ask(server.url + path, { method: "POST", headers: Object.fromEntries(headers), body });
}

describe("a subscription", () => {
  it("is shown to its workspace with its history, and without its secret", async () => {
    const shown = await detail(hook.hook);
    expect(shown).toMatchObject({
      id: hook.hook,
      kind: "static",
      url: `http://patchbay.example/hooks/${hook.hook}`,
      node: "event",
    });
    expect(shown).toMatchObject({ listener: { state: "listening" }, state: "active", sheet: false, history: [] });
    expect(JSON.stringify(shown)).not.toContain(hook.secret);
    expect(await call("GET", `/hooks/${hook.hook}`, viewer)).toMatchObject({ status: 200 });
    for (const path of ["", "/sheet", "/probe"])
      expect(await call(path === "" ? "GET" : "POST", `/hooks/${hook.hook}${path}`, stranger)).toMatchObject({ status: 404 });
    for (const path of ["/sheet", "/probe"])
      expect(await call("POST", `/hooks/${hook.hook}${path}`, viewer)).toMatchObject({ status: 403 });
  });

  it("says what becomes of a delivery now, and why", async () => {
    const other = await publish();
    const stateAfter = async (text: string) => {
      await set(text, other.flow);
      return (await detail(other.hook)).listener.state;
    };
    expect(await stateAfter("UPDATE flows SET state = 'paused' WHERE id = $1")).toBe("held");
    expect(await stateAfter("UPDATE flows SET published_version_id = NULL WHERE id = $1")).toBe("storing");
    expect(await stateAfter("UPDATE hooks SET wanted = 'off' WHERE flow_id = $1")).toBe("closed");
    expect((await detail((await publish({ secret: false })).hook)).listener).toMatchObject({
      state: "closed",
      reason: /no secret/,
    });
  });

  it("has no URL for people where it is a RESThook, and no sheet", async () => {
    const { hook: id } = await publish({ kind: "resthook" });
    expect((await detail(id)).url).toBeNull();
    expect(await call("POST", `/hooks/${id}/sheet`)).toMatchObject({ status: 400 });
  });
});

describe("a trigger whose subscription has ended", () => {
  it("gets a URL of its own, beside what still has to be ended at the provider", async () => {
    const { hook: old, flow } = await publish({ kind: "resthook" });
    const body = JSON.stringify({ recipe: testRecipe, secret: "generate" });
    const headers = { "X-Patchbay-Request": "1", Cookie: person.cookie };
    const setUp = () => ask(`${server.url}/api/v1/flows/${flow}/hooks/event`, { method: "PUT", headers, body });
    expect(await setUp()).toMatchObject({ status: 409 });
    await set("UPDATE hooks SET wanted = 'off', state = 'unsubscribing' WHERE id = $1", old);
    const made = await setUp();
    expect(made.status).toBe(200);
    const { hook, secret } = made.json as { hook: { id: string }; secret: string };
    expect(hook.id).not.toBe(old);
    expect(await deliver(server, { flow, hook: hook.id, secret }, { id: "1" })).toMatchObject({ status: 200 });
    expect(await deliver(server, { flow, hook: old, secret }, { id: "1" })).toMatchObject({ status: 410 });
  });
});

describe("a set-up sheet", () => {
  it("has a sample that is taken as it stands, and never the secret", async () => {
    const sheet = await sheetOf(hook);
    expect(sheet).toMatchObject({
      url: `http://patchbay.example/hooks/${hook.hook}`,
      method: "POST",
      listener: { state: "listening" },
    });
    expect(sheet.answers.map(({ status }) => status)).toEqual([200, 202, 401, 410, 413, 503]);
    expect(sheet.answers[0]?.meaning).toContain("counts once");
    expect(sheet.retries).toContain("The same id counts once within 7 days");
    expect(JSON.stringify(sheet)).not.toContain(hook.secret);
    expect(await sendSample(sheet.curl ?? "")).toMatchObject({ status: 200, json: { event: expect.any(String) } });
  });

  it("leaves the place of a token to whoever has it", async () => {
    const recipe = SignatureRecipe.parse({
      kind: "token",
      signature: { places: [{ in: "header", name: "X-Token" }], valuePrefix: "Key " },
      batch: { path: "data.items" },
    });
    const token = await publish({ recipe });
    const { curl } = await sheetOf(token);
    expect(curl).toContain("$SECRET");
    expect(curl).not.toContain(token.secret);
    expect(await sendSample(curl ?? "", token.secret)).toMatchObject({ status: 200, json: { events: [expect.any(String)] } });
    expect(await sendSample(curl ?? "", "another")).toMatchObject({ status: 401 });
  });

  it("says that a verify token is needed, and never which", async () => {
    const challenge = ChallengeRecipe.parse({
      name: "Handshake",
      when: { method: "GET", match: [{ at: { in: "query", name: "challenge" } }] },
      precheck: { kind: "token", at: { in: "query", name: "token" } },
      respond: { body: { as: "text", value: { from: "request", at: { in: "query", name: "challenge" } } } },
    });
    const asked = await publish({ challenges: [challenge] });
    const { challenges } = await sheetOf(asked);
    expect(challenges).toEqual([expect.stringMatching(/^Handshake: asked by GET.*verify token/)]);
  });

  it("falls back to the sample of the connector's trigger", async () => {
    const { sql } = server.pair;
    const deps = { sql, clock: server.clock, ids: server.ids };
    const { workspace } = person;
    const document = Connector.parse({
      ...{
        schemaVersion: 1,
        key: "shop",
        name: "Shop",
        description: "",
        baseUrl: "https://shop.example",
        auth: { kind: "none" },
      },
      endpoints: [],
      incomingWebhooks: [{ key: "sold", name: "Sold", kind: "static", recipe: testRecipe }],
      triggers: [{ key: "sold", name: "Sold", source: { kind: "webhook", webhook: "sold" }, sample: { order: 7 } }],
    });
    const { connector } = await publishConnector(deps, workspace, document);
    const start = FlowNode.parse({
      ...{ id: "start", name: "Sold", position: { x: 0, y: 0 }, kind: "app-trigger", connector: "shop", trigger: "sold" },
      connection: null,
    });
    const flow = await createFlow(deps, { workspace, name: "Sold", description: "" });
    await publishFlow(deps, { workspace, flow, document: testFlow([start], []) });
    const of = { connectorId: connector, webhook: "sold", secretFrom: "own" as const };
    const id = await createHook(deps, { workspace, flow, node: "start", recipe: testRecipe, answer: HookAnswer.parse({}), of });
    await setHookSecret({ ...deps, vault: server.vault }, id, "a secret");
    expect((await sheetOf({ flow, hook: id, secret: "" })).curl).toContain('{"order":7}');
  });

  it("shows no signature behind which any event could be put", async () => {
    const recipe = SignatureRecipe.parse({
      kind: "jwt",
      algorithm: "HS256",
      signature: { places: [{ in: "header", name: "Authorization" }], valuePrefix: "Bearer " },
      partial: true,
    });
    const sheet = await sheetOf(await publish({ recipe }));
    expect(sheet).toMatchObject({ curl: null, curlNote: expect.stringContaining("body") });
    // Nothing names an event of this scheme: no line of the sheet may say that a repeated one is known again.
    expect(sheet.answers[0]?.meaning).toBe("The event is stored.");
    expect(sheet.retries).toContain("counts as an event of its own");
  });

  it("can be read whatever others ask for", async () => {
    const { url } = (await call("POST", `/hooks/${hook.hook}/sheet`)).json as { url: string };
    const path = `/sheets/${url.split("/").at(-1)}`;
    const guesses = await Promise.all(Array.from({ length: 310 }, (_, index) => call("GET", `/sheets/guess-${index}`, null)));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([404]));
    const statuses: number[] = [];
    for (let index = 0; index < 61; index += 1) statuses.push((await call("GET", path, null)).status);
    expect(statuses).toEqual([...Array(60).fill(200), 429]);
  });

  it("ends with its link: at a new one, and when it is revoked", async () => {
    const link = async () => ((await call("POST", `/hooks/${hook.hook}/sheet`)).json as { url: string }).url.split("/").at(-1);
    const [first, second] = [await link(), await link()];
    expect(await call("GET", `/sheets/${first}`, null)).toMatchObject({ status: 404 });
    expect(await call("GET", `/sheets/${second}`, null)).toMatchObject({ status: 200 });
    const [row] = await server.pair.sql.read<{ hash: string }>("SELECT sheet_hash AS hash FROM hooks WHERE id = $1", [hook.hook]);
    expect(row?.hash).not.toContain(second ?? "");
    // Neither what every sender knows nor what a copy of the database holds is the link.
    for (const known of [hook.hook, row?.hash, ""])
      expect(await call("GET", `/sheets/${known}`, null)).toMatchObject({ status: 404 });
    expect(await call("DELETE", `/hooks/${hook.hook}/sheet`)).toMatchObject({ status: 200 });
    expect(await call("GET", `/sheets/${second}`, null)).toMatchObject({ status: 404 });
    expect((await detail(hook.hook)).sheet).toBe(false);
  });
});

describe("a probe", () => {
  const probe = (publicUrl: string, id = hook.hook) => {
    const { host } = new URL(server.url);
    const deps = { vault: server.vault, loadHook: createLoadHook({ sql: server.pair.sql, vault: server.vault }), publicUrl };
    return probeHook({ ...deps, probeUrl: createProbeUrl([host, "127.0.0.1:9"]) }, person.workspace, id);
  };

  it("reaches this installation by its own answer, which nobody else can give", async () => {
    expect(await probe(server.url)).toMatchObject({ outcome: "reached" });
    expect(await probe(`${server.url}/elsewhere`)).toMatchObject({ outcome: "elsewhere" });
    expect(await probe("http://127.0.0.1:9")).toMatchObject({ outcome: "unreachable" });
    expect(await probe("http://127.0.0.1:10")).toMatchObject({ outcome: "blocked" });
    expect(await call("POST", `/hooks/${hook.hook}/probe`)).toMatchObject({ status: 200, json: { outcome: "blocked" } });
    // Not one that was made for another hook, nor any text.
    const other = await publish();
    const { nonce, sealed } = await newProbe(server.vault, { workspace: person.workspace, hook: other.hook });
    const sendTo = (id: string, text: string) => ask(`${server.url}/hooks/${id}`, { headers: { "X-Patchbay-Probe": text } });
    expect((await sendTo(other.hook, sealed)).headers["x-patchbay-probe"]).toBe(nonce);
    for (const text of [sealed, "v1.a.b.c.d.e"]) {
      const forged = await sendTo(hook.hook, text);
      expect(forged).toMatchObject({ status: 405 });
      expect(forged.headers["x-patchbay-probe"]).toBeUndefined();
    }
  });

  it("is no event", async () => {
    const before = await server.pair.sql.read("SELECT count(*) AS n FROM events");
    await probe(server.url);
    expect(await server.pair.sql.read("SELECT count(*) AS n FROM events")).toEqual(before);
    expect(await deliver(server, hook, { id: "after" })).toMatchObject({ status: 200 });
  });
});
