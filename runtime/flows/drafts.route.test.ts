import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { deleteConnection } from "../connections/connection-rows.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { deleteConnector } from "../connectors/save-connector.ts";
import { setHook as setHookOf } from "../ingress/set-hook.ts";
import type { Sql } from "../store/sql.ts";
import { installOwn } from "../testing/install-own.ts";
import { type Answer, ask, deliver, openStream } from "../testing/test-client.ts";
import { node, testConnector } from "../testing/test-engine.ts";
import { testRecipe, trigger } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { publishDraft } from "./publish-draft.ts";

let server: TestServer;
let person: TestPerson;
let flow: string;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
  const deps = { sql: server.pair.sql, clock: server.clock, ids: server.ids };
  await publishConnector(deps, person.workspace, testConnector);
  await publishConnector(deps, person.workspace, { ...testConnector, key: "other", name: "Other" });
});
afterAll(() => server.close());
beforeEach(async () => {
  flow = ((await call("POST", "/flows", { name: "Orders" })).json as { flow: string }).flow;
});

describe("a new flow", () => {
  it("has an empty draft at revision 0 and nothing that runs", async () => {
    expect((await call("GET", `/flows/${flow}/draft`)).json).toEqual({
      revision: 0,
      document: { schemaVersion: 1, nodes: [], edges: [] },
      changed: true,
      savedAt: server.clock(),
      pinned: {},
    });
    expect((await call("GET", `/flows/${flow}`)).json).toMatchObject({ flow: { name: "Orders", state: "draft", version: null } });
  });

  it("is renamed, and deleted with its draft and hook", async () => {
    await save(0, [add(trigger)]);
    const { hook } = await setHook("generate");
    const { run, event } = (await call("POST", `/flows/${flow}/draft/runs`, { revision: 1 })).json as {
      run: string;
      event: string;
    };
    await server.reaches(run);
    expect((await call("PATCH", `/flows/${flow}`, { name: "Bills", description: "of today" })).status).toBe(200);
    expect((await call("GET", `/flows/${flow}`)).json).toMatchObject({ flow: { name: "Bills", description: "of today" } });
    expect((await call("DELETE", `/flows/${flow}`)).status).toBe(200);
    expect((await call("GET", `/flows/${flow}`)).status).toBe(404);
    expect((await deliver(server, { flow, hook: hook.id, secret: "x" }, { id: "late" })).status).toBe(404);
    const { events } = (await call("GET", "/events?limit=1")).json as { events: object[] };
    // Its test run is gone with it, so its event leads to none.
    expect(events).toMatchObject([{ id: event, flow: null, runs: [] }]);
    for (const method of ["PATCH", "DELETE"])
      expect((await call(method, `/flows/${flow}`, { name: "x", description: "" })).status).toBe(404);
  });

  it("needs a name of at most 120 characters", async () => {
    for (const [name, message] of [
      [" ", "name: enter a name"],
      ["x".repeat(121), "name: at most 120 characters"],
    ])
      expect(await call("POST", "/flows", { name })).toMatchObject({ status: 400, json: { error: { message } } });
  });
});

describe("a flow that was only published so far", () => {
  it("has its published version as its draft, which is edited from revision 0", async () => {
    const published = await server.publish({
      workspace: person.workspace,
      nodes: [node.transform("shape", 1)],
      edges: ["event -> shape"],
    });
    flow = published.flow;
    expect(await draft()).toMatchObject({ revision: 0, changed: false, document: { nodes: [{ id: "event" }, { id: "shape" }] } });
    expect(await publish(0)).toMatchObject({ status: 200, json: { version: 2 } });
    expect((await save(0, [{ edit: "set-node", node: node.transform("shape", 2) }])).json).toMatchObject({ revision: 1 });
    expect(await draft()).toMatchObject({ revision: 1, changed: true });
    expect((await call("GET", `/flows/${flow}`)).json).toMatchObject({
      version: { number: 2, document: { nodes: [{ id: "event" }, { id: "shape", output: 1 }] } },
    });
  });
});

describe("saving edits", () => {
  it("applies all in their order and raises the revision by one", async () => {
    server.advance(5);
    const answer = await save(0, [add(node.start()), add(node.transform("shape", 1)), join("start", "shape")]);
    expect(answer).toMatchObject({ status: 200, json: { revision: 1, savedAt: server.clock() } });
    expect((await draft()).document).toMatchObject({
      nodes: [{ id: "start" }, { id: "shape" }],
      edges: [{ source: "start", target: "shape" }],
    });
  });

  it("writes none of them when one cannot be applied, and names it", async () => {
    const answer = await save(0, [add(node.start()), join("start", "ghost")]);
    expect(answer).toMatchObject({
      status: 400,
      json: { error: { code: "bad_request", message: `edits.1: there is no node "ghost"`, details: { edit: 1 } } },
    });
    expect(await draft()).toMatchObject({ revision: 0, document: { nodes: [] } });
  });

  it("on a stale base is a conflict that names the newer revision, and changes nothing", async () => {
    await save(0, [add(node.start())]);
    const answer = await save(0, [add(node.transform("lost", 1))]);
    expect(answer).toMatchObject({ status: 409, json: { error: { code: "conflict", details: { revision: 1 } } } });
    expect((await draft()).document.nodes.map(({ id }) => id)).toEqual(["start"]);
  });

  it("answers the same save again as the first time", async () => {
    const first = await save(0, [add(node.start())], "once");
    server.advance(10);
    const again = await save(0, [add(node.start())], "once");
    expect(again).toMatchObject({ status: 200, json: first.json });
    expect((await draft()).document.nodes).toHaveLength(1);
  });

  it("lets one of two at once through; the same one twice is no conflict", async () => {
    const both = await Promise.all([save(0, [add(node.start())]), save(0, [add(node.transform("a", 1))])]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const edit = [add(node.transform("b", 1))];
    const twice = await Promise.all([save(1, edit, "same"), save(1, edit, "same")]);
    expect(twice.map(({ json }) => json)).toEqual([twice[0]?.json, twice[0]?.json]);
    expect(await draft()).toMatchObject({ revision: 2 });
  });

  it("says when a flow has become too large", async () => {
    const nodes = (from: number) =>
      Array.from({ length: 1_000 }, (_, index) => ({ node: node.transform(`n${from + index}`, 1) }));
    for (const from of [0, 1_000]) await save(from / 1_000, [{ edit: "add", nodes: nodes(from), edges: [] }]);
    expect(await save(2, [add(node.start())])).toMatchObject({
      status: 400,
      json: { error: { message: "nodes: at most 2,000 nodes" } },
    });
    const large = "x".repeat(1_900_000);
    const grow = (id: string) => ({ edit: "set-node" as const, node: node.transform(id, large) });
    const answers: Answer[] = [];
    for (const [index, id] of ["n0", "n1", "n2", "n3", "n4"].entries()) answers.push(await save(2 + index, [grow(id)]));
    expect(answers.at(-1)).toMatchObject({ status: 400, json: { error: { message: "the flow may take up at most 8 MB" } } });
    expect((await draft()).document.nodes).toHaveLength(2_000);
  });
});

describe("publishing", () => {
  it("makes the draft the next version, and the draft is unchanged until the next save", async () => {
    await save(0, [add(node.start()), add(node.transform("shape", "one")), join("start", "shape")]);
    expect(await publish(1)).toMatchObject({ status: 200, json: { version: 1 } });
    expect(await draft()).toMatchObject({ revision: 1, changed: false });
    await save(1, [{ edit: "set-node", node: node.transform("shape", "two") }]);
    expect(await draft()).toMatchObject({ changed: true });
    await save(2, [{ edit: "set-node", node: node.transform("shape", "one") }]);
    expect(await draft()).toMatchObject({ changed: false });
    await save(3, [{ edit: "set-node", node: node.transform("shape", "three") }]);
    server.advance(1);
    expect(await publish(4)).toMatchObject({ json: { version: 2 } });
    const { versions } = (await call("GET", `/flows/${flow}/versions`)).json as { versions: object[] };
    expect(versions).toEqual([
      { id: expect.any(String), number: 2, publishedAt: server.clock(), current: true },
      { id: expect.any(String), number: 1, publishedAt: server.clock() - 1, current: false },
    ]);
    expect((await call("GET", `/flows/${flow}`)).json).toMatchObject({ flow: { state: "published", version: 2 } });
    expect(await call("DELETE", `/flows/${flow}`)).toMatchObject({ status: 409, json: { error: { code: "conflict" } } });
  });

  it("is a conflict when the draft has moved on", async () => {
    await save(0, [add(node.start())]);
    await save(1, [add(node.transform("late", 1)), join("start", "late")]);
    expect(await publish(1)).toMatchObject({ status: 409, json: { error: { details: { revision: 2 } } } });
    expect((await call("GET", `/flows/${flow}/versions`)).json).toEqual({ versions: [] });
  });

  it("is a conflict when somebody saves or publishes while it is under way", async () => {
    await save(0, [add(node.start())]);
    const { workspace } = person;
    const during = (rival: () => Promise<Answer>, revision: number) =>
      publishDraft({ ...server, sql: rivaled(rival) }, { workspace, flow, revision });
    await expect(during(() => save(1, [add(node.transform("a", 1)), join("start", "a")]), 1)).rejects.toMatchObject({
      code: "conflict",
      details: { revision: 2 },
    });
    await expect(during(() => publish(2), 2)).rejects.toMatchObject({ code: "conflict", message: /published at the same time/ });
    expect((await call("GET", `/flows/${flow}/versions`)).json).toMatchObject({ versions: [{ number: 1 }] });
  });

  it("is refused when a connection or a connector that it needs is deleted while it is under way", async () => {
    const { workspace } = person;
    const during = (rival: () => Promise<unknown>, revision: number) =>
      publishDraft({ ...server, sql: rivaled(rival) }, { workspace, flow, revision });
    const connection = await connectionOf("upstream", "Short-lived");
    await save(0, [add(node.start()), add(node.call("a", "read", { connection })), join("start", "a")]);
    await expect(during(() => call("DELETE", `/connections/${connection}`), 1)).rejects.toMatchObject({
      code: "invalid_document",
      details: { problems: [{ node: "a", field: "connection" }] },
    });
    const { connector } = (await call("POST", "/connectors", { name: "Short-lived" })).json as { connector: string };
    const { sql } = server.pair;
    await installOwn({ ...server, sql }, workspace, { ...testConnector, key: connector });
    await save(1, [{ edit: "set-node", node: node.call("a", "read", { connector }) }]);
    const gone = () => sql.commit([{ text: "DELETE FROM connectors WHERE key = $1", params: [connector] }]);
    await expect(during(gone, 2)).rejects.toMatchObject({ code: "conflict" });
    expect((await call("GET", `/flows/${flow}/versions`)).json).toEqual({ versions: [] });
  });

  it("keeps its connection and its connector from being deleted in the same moment", async () => {
    const connection = await connectionOf("upstream", "Kept");
    const { connector } = (await call("POST", "/connectors", { name: "Kept" })).json as { connector: string };
    await installOwn({ ...server, sql: server.pair.sql }, person.workspace, { ...testConnector, key: connector });
    const calls = [node.call("a", "read", { connection }), node.call("b", "read", { connector })];
    await save(0, [add(node.start()), ...calls.flatMap((each) => [add(each), join("start", each.id)])]);
    await expect(
      deleteConnection(
        rivaled(() => publish(1)),
        person.workspace,
        connection,
      ),
    ).rejects.toMatchObject({
      code: "conflict",
      message: '"Kept" is used by the flow "Orders"',
    });
    flow = ((await call("POST", "/flows", { name: "Another" })).json as { flow: string }).flow;
    const { connector: other } = (await call("POST", "/connectors", { name: "Other" })).json as { connector: string };
    const rival = () => save(0, [add(node.start()), add(node.call("b", "read", { connector: other }))]);
    const deleting = deleteConnector({ sql: rivaled(rival) }, { workspace: person.workspace, key: other });
    await expect(deleting).rejects.toMatchObject({ code: "conflict" });
    expect((await call("GET", `/connectors/${other}`)).status).toBe(200);
  });

  it("is refused with every problem, each at its node and field", async () => {
    const calls = [
      node.call("nowhere", "read", { connector: "erp" }),
      node.call("gone", "read", { connection: "con_gone" }),
      node.call("wrong", "read", { connection: await connectionOf("other", "Elsewhere") }),
      node.call("typed", "read", { inputs: { value: 5 } }),
    ];
    const edits = calls.flatMap((each) => [add(each), join("event", each.id)]);
    await save(0, [add(trigger), ...edits]);
    const answer = await publish(1);
    expect(answer).toMatchObject({ status: 422, json: { error: { code: "invalid_document" } } });
    expect(problemsOf(answer)).toEqual([
      ["nowhere", "connector", `there is no connector "erp"`],
      ["typed", "inputs.value", `"Value" must be string, not number`],
      ["gone", "connection", `the connection of "gone" no longer exists: choose another`],
      ["wrong", "connection", `"Elsewhere" is a connection of another connector: choose another`],
      ["event", null, "Set up the webhook: it has no URL yet"],
    ]);
    expect((await call("GET", `/flows/${flow}/versions`)).json).toEqual({ versions: [] });
  });

  it("is refused by a path that is not there, and not by one of a sample", async () => {
    const manual = { id: "start", name: "Start", position: { x: 0, y: 0 }, kind: "manual-trigger" as const };
    const form = [{ key: "email", name: "Email", type: "text" as const, required: true }];
    await save(0, [add({ ...manual, form }), add(node.transform("shape", "{{trigger.body.emial}}")), join("start", "shape")]);
    const answer = await publish(1);
    expect(answer).toMatchObject({ status: 422, json: { error: { code: "invalid_document" } } });
    expect(answer.json).toMatchObject({
      error: { details: { problems: [{ code: "unknown_path", severity: "error", fix: `did you mean "trigger.body.email"?` }] } },
    });
    await save(1, [{ edit: "set-node", node: { ...manual, sample: { email: "a@example.com" } } }]);
    expect(await publish(2)).toMatchObject({ status: 200 });
  });

  it("is refused while a flow that it starts cannot be started", async () => {
    const { flow: child } = (await call("POST", "/flows", { name: "Child" })).json as { flow: string };
    const step = (id: string, started: string) => ({
      ...{ id, name: id, position: { x: 0, y: 0 }, kind: "sub-flow" as const, flow: started },
      ...{ input: {}, mode: "wait" as const },
    });
    const nodes = [step("gone", "flw_gone"), step("child", child), step("itself", flow)];
    await save(0, [add(trigger), ...nodes.flatMap((each) => [add(each), join("event", each.id)])]);
    await save(1, [{ edit: "set-settings", settings: { errorFlow: child } }]);
    expect(problemsOf(await publish(2)).filter(([id]) => id !== "event")).toEqual([
      ["gone", "flow", "the flow that it starts does not exist any more: choose another"],
      ["child", "flow", `the flow "Child" that it starts is not published: publish it first`],
      ["itself", "flow", "this flow has no manual or API trigger by which it could be started"],
      [null, "settings.errorFlow", `the flow "Child" that it starts is not published: publish it first`],
    ]);
    expect(
      await call("POST", `/flows/${child}/draft/edits`, { base: 0, save: "child", edits: [add(node.start())] }),
    ).toMatchObject({
      status: 200,
    });
    expect(await call("POST", `/flows/${child}/publish`, { revision: 1 })).toMatchObject({ status: 200 });
    await save(2, [
      { edit: "remove", nodes: ["gone", "event"], edges: [] },
      add(node.start()),
      join("start", "child"),
      join("start", "itself"),
    ]);
    expect(await publish(3)).toMatchObject({ status: 200 });
  });

  it("says that a connector of one's own is not installed, at the first node that uses it", async () => {
    const { connector } = (await call("POST", "/connectors", { name: "Own" })).json as { connector: string };
    await save(0, [add(node.start()), add(node.call("get", "read", { connector })), join("start", "get")]);
    expect(problemsOf(await publish(1))).toEqual([["get", "connector", expect.stringContaining("not installed")]]);
    const { sql } = server.pair;
    await installOwn({ ...server, sql }, person.workspace, { ...testConnector, key: connector });
    expect(await publish(1)).toMatchObject({ status: 200 });
  });
});

describe("a test run", () => {
  it("runs the draft as an unlisted version, with the body or the trigger's sample", async () => {
    const start = { ...node.start(), sample: { name: "sample" } } as FlowNode;
    await save(0, [add(start), add(node.transform("shape", "{{trigger.body.name}}")), join("start", "shape")]);
    const answer = await call("POST", `/flows/${flow}/draft/runs`, { revision: 1 });
    const { run } = answer.json as { run: string };
    expect(await server.reaches(run)).toBe("succeeded");
    expect((await call("GET", `/runs/${run}`)).json).toMatchObject({
      run: { version: null, flow: { id: flow } },
      version: { number: null, document: { nodes: [{ id: "start" }, { id: "shape" }] } },
    });
    expect((await call("GET", `/runs?flow=${flow}`)).json).toMatchObject({ runs: [{ id: run, version: null }] });
    expect((await call("GET", `/flows/${flow}/versions`)).json).toEqual({ versions: [] });
    expect((await call("GET", `/flows/${flow}`)).json).toMatchObject({ flow: { state: "draft", version: null } });
    const given = await call("POST", `/flows/${flow}/draft/runs`, { revision: 1, body: { name: "given" } });
    await server.reaches((given.json as { run: string }).run);
    expect((await call("GET", `/events/${(given.json as { event: string }).event}`)).json).toMatchObject({
      event: { body: `{"name":"given"}` },
    });
  });

  it("until a node runs and checks only what leads to it", async () => {
    const nodes = [node.start(), node.transform("a", 1), node.transform("b", "{{trigger.id}}"), node.transform("bad", "{{no}}")];
    await save(0, [...nodes.map(add), join("start", "a"), join("a", "b"), join("b", "bad")]);
    const all = await call("POST", `/flows/${flow}/draft/runs`, { revision: 1 });
    expect(problemsOf(all)).toEqual([["bad", "output", `"no" must start with trigger or steps`]]);
    const answer = await call("POST", `/flows/${flow}/draft/runs`, { revision: 1, until: "b" });
    const { run } = answer.json as { run: string };
    expect(await server.reaches(run)).toBe("succeeded");
    const { version } = (await call("GET", `/runs/${run}`)).json as { version: { document: { nodes: { id: string }[] } } };
    expect(version.document.nodes.map(({ id }) => id)).toEqual(["start", "a", "b"]);
  });

  it("is refused for a stale revision, an unknown node and a flow without a trigger", async () => {
    await save(0, [add(node.transform("alone", 1))]);
    const test = (body: object) => call("POST", `/flows/${flow}/draft/runs`, body);
    expect(await test({ revision: 0 })).toMatchObject({ status: 409, json: { error: { details: { revision: 1 } } } });
    expect(await test({ revision: 1, until: "ghost" })).toMatchObject({
      status: 400,
      json: { error: { message: `until: there is no node "ghost"` } },
    });
    expect(problemsOf(await test({ revision: 1 }))[0]).toEqual([null, null, "the flow has no trigger"]);
  });
});

describe("the webhook of a draft", () => {
  beforeEach(() => save(0, [add(trigger), add(node.transform("shape", 1)), join("event", "shape")]));

  it("takes deliveries before the first publication: they are kept without a run, and the page is told", async () => {
    const stream = await openStream(`${server.url}/api/v1/live/workspace`, { Cookie: person.cookie });
    const { hook, secret } = await setHook("generate");
    const sender = { flow, hook: hook.id, secret: secret ?? "" };
    const answer = await deliver(server, sender, { id: "first", body: `{"n":1}` });
    expect(answer).toMatchObject({ status: 200, json: { event: expect.stringMatching(/^evt_/) } });
    expect(answer.headers).not.toHaveProperty("x-patchbay-run");
    const event = String(answer.headers["x-patchbay-event"]);
    const told = await stream.until(({ events }) => events.some((each) => each.event === "event"));
    expect(told.find((each) => each.event === "event")?.data).toEqual({ event, flow });
    stream.close();
    expect((await call("GET", `/events?flow=${flow}`)).json).toMatchObject({ events: [{ id: event, runs: [] }] });
    expect(await deliver(server, sender, { id: "first" })).toMatchObject({ status: 200, json: { event, duplicate: true } });
    expect((await deliver(server, { ...sender, secret: "wrong" }, { id: "second" })).status).toBe(401);
    await publish(1);
    expect((await deliver(server, sender, { id: "third" })).headers).toHaveProperty("x-patchbay-run");
  });

  it("keeps deliveries whose trigger the published version no longer has", async () => {
    const { hook, secret } = await setHook("generate");
    await publish(1);
    const gone: FlowEdit = { edit: "remove", nodes: ["event"], edges: [] };
    await save(1, [gone, add(node.start()), join("start", "shape")]);
    expect(await publish(2)).toMatchObject({ status: 200 });
    const answer = await deliver(server, { flow, hook: hook.id, secret: secret ?? "" }, { id: "late" });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty("x-patchbay-run");
  });

  it("gives a secret only when it was generated just now", async () => {
    const made = await setHook("generate");
    expect(made).toMatchObject({
      hook: {
        node: "event",
        url: `http://patchbay.example/hooks/${made.hook.id}`,
        secretSetAt: server.clock(),
        settings: testRecipe,
      },
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });
    const setAt = server.clock();
    server.advance(5);
    const kept = await setHook("keep");
    expect(kept).toMatchObject({ hook: { id: made.hook.id, secretSetAt: setAt }, secret: null });
    expect((await deliver(server, { flow, hook: made.hook.id, secret: made.secret ?? "" }, { id: "kept" })).status).toBe(200);
    const given = await setHook({ given: "of the provider" });
    expect(given).toMatchObject({ hook: { id: made.hook.id, secretSetAt: server.clock() }, secret: null });
    expect((await deliver(server, { flow, hook: made.hook.id, secret: "of the provider" }, { id: "given" })).status).toBe(200);
    expect((await deliver(server, { flow, hook: made.hook.id, secret: made.secret ?? "" }, { id: "old" })).status).toBe(401);
    expect((await call("GET", `/flows/${flow}`)).text).not.toContain("of the provider");
  });

  it("keeps what is left out while its recipe is the same, and makes the verify token anew when it is asked to", async () => {
    const challenge = {
      name: "Handshake",
      when: { method: "GET", match: [{ at: { in: "query", name: "challenge" } }] },
      precheck: { kind: "token", at: { in: "query", name: "token" } },
      respond: { body: { as: "text", value: { from: "request", at: { in: "query", name: "challenge" } } } },
    };
    const answer = { status: 202, answerWithinMs: 10 };
    const put = async (body: object) => (await call("PUT", `/flows/${flow}/hooks/event`, body)).json as unknown as Made;
    const { hook, verifyToken } = await put({ recipe: testRecipe, challenges: [challenge], answer, secret: "generate" });
    const asked = async (token: string | null) =>
      (await ask(`${server.url}/hooks/${hook.id}?challenge=abc&token=${token}`)).status;
    expect(await asked(verifyToken)).toBe(200);
    const shown = async () => ((await call("GET", `/hooks/${hook.id}`)).json as { hook: Json }).hook;
    for (const body of [{ secret: "generate" }, { recipe: testRecipe, secret: "keep" }]) {
      expect(await put(body)).toMatchObject({ verifyToken: null });
      expect(await shown()).toMatchObject({ challenges: [{ name: "Handshake" }], answer });
    }
    const renewed = await put({ secret: "keep", verifyToken: "renew" });
    expect(await asked(renewed.verifyToken)).toBe(200);
    expect(await asked(verifyToken)).toBe(403);
    await put({ recipe: { kind: "token", signature: { places: [{ in: "header", name: "X-Token" }] } }, secret: "keep" });
    expect(await shown()).toMatchObject({ challenges: [], answer: { status: 200 } });
    expect(await call("PUT", `/flows/${flow}/hooks/event`, { secret: "keep", verifyToken: "renew" })).toMatchObject({
      status: 400,
      json: { error: { message: expect.stringContaining("verifyToken") } },
    });
  });

  it("generates a secret in the form that its recipe reads", async () => {
    const recipe = { ...testRecipe, secret: { stripPrefix: "whsec_", decode: "base64" } };
    const { hook, secret } = await setHook("generate", recipe);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const key = Buffer.from((secret ?? "").slice("whsec_".length), "base64");
    const seconds = String(Math.floor(server.clock() / 1_000));
    const signature = createHmac("sha256", key).update(`first.${seconds}.{}`).digest("hex");
    const headers = { "X-Patchbay-Id": "first", "X-Patchbay-Timestamp": seconds, "X-Patchbay-Signature": `v1=${signature}` };
    expect(
      (await ask(hook.url.replace(/^.*\/hooks/, `${server.url}/hooks`), { method: "POST", headers, body: "{}" })).status,
    ).toBe(200);
    const hex = await setHook("generate", { ...testRecipe, secret: { stripPrefix: "", decode: "hex" } });
    expect(hex.secret).toMatch(/^[0-9a-f]{64}$/);
  });

  it("refuses a secret that its recipe cannot use, and to keep one that is not there", async () => {
    const base64 = { ...testRecipe, secret: { stripPrefix: "", decode: "base64" } };
    expect(await putHook("keep")).toMatchObject({
      status: 400,
      json: { error: { message: "secret: there is none yet that could be kept" } },
    });
    expect(await putHook({ given: "no base64!" }, base64)).toMatchObject({
      status: 400,
      json: { error: { message: "secret: the secret must be base64" } },
    });
    expect((await call("GET", `/flows/${flow}`)).json).toMatchObject({ hooks: [] });
    await setHook({ given: "no base64!" });
    expect((await putHook("keep", base64)).status).toBe(400);
  });

  it("is none of a node that is no webhook trigger, and a conflict when it is made at the same time", async () => {
    for (const id of ["shape", "ghost"])
      expect((await call("PUT", `/flows/${flow}/hooks/${id}`, { recipe: testRecipe, secret: "generate" })).status).toBe(404);
    for (const other of ["made", "changed"]) {
      const deps = { ...server, sql: rivaled(() => putHook("generate")), publicUrl: "" };
      const mine = { workspace: person.workspace, flow, node: "event", recipe: testRecipe, secret: { given: other } };
      await expect(setHookOf(deps, mine)).rejects.toMatchObject({ code: "conflict" });
    }
    expect((await call("GET", `/flows/${flow}`)).json).toMatchObject({ hooks: [expect.anything()] });
  });
});

/** A database on which somebody else is faster: their request is made just before the commit. */
function rivaled(rival: () => Promise<unknown>): Sql {
  const { sql } = server.pair;
  return {
    ...sql,
    async commit(statements) {
      await rival();
      return sql.commit(statements);
    },
  };
}

function call(method: string, path: string, body?: object): Promise<Answer> {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const sent = body && method !== "GET" && method !== "DELETE" ? { body: JSON.stringify(body) } : {};
  return ask(`${server.url}/api/v1${path}`, { method, headers, ...sent });
}

type Made = { hook: { id: string }; verifyToken: string | null };

let saves = 0;
function save(base: number, edits: FlowEdit[], name = `save_${++saves}`): Promise<Answer> {
  return call("POST", `/flows/${flow}/draft/edits`, { base, save: name, edits });
}

async function draft() {
  return (await call("GET", `/flows/${flow}/draft`)).json as unknown as {
    revision: number;
    changed: boolean;
    document: { nodes: FlowNode[] };
  };
}

function publish(revision: number): Promise<Answer> {
  return call("POST", `/flows/${flow}/publish`, { revision });
}

function putHook(secret: object | string, recipe: object = testRecipe): Promise<Answer> {
  return call("PUT", `/flows/${flow}/hooks/event`, { recipe, secret });
}

async function setHook(secret: object | string, recipe: object = testRecipe) {
  const answer = await putHook(secret, recipe);
  expect(answer.status).toBe(200);
  return answer.json as { hook: { id: string; url: string }; secret: string | null };
}

function problemsOf(answer: Answer) {
  const { error } = answer.json as { error: { details: { problems: { node: string; field: string; message: string }[] } } };
  return error.details.problems.map(({ node: id, field, message }) => [id, field, message]);
}

function add(added: FlowNode): FlowEdit {
  return { edit: "add", nodes: [{ node: added }], edges: [] };
}

function join(source: string, target: string): FlowEdit {
  return { edit: "add", nodes: [], edges: [{ edge: { id: `${source}-${target}`, source, port: "out", target } }] };
}

async function connectionOf(connector: string, name: string): Promise<string> {
  const id = server.ids.next("con");
  await server.pair.sql.commit([
    {
      text: `INSERT INTO connections (id, workspace_id, connector_id, name, target, credentials, created_at)
             SELECT $1, $2, id, $3, 'live', '', $4 FROM connectors WHERE workspace_id = $2 AND key = $5`,
      params: [id, person.workspace, name, server.clock(), connector],
      expectRows: 1,
    },
  ]);
  return id;
}
