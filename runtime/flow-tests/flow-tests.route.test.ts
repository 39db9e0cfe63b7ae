import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowTest } from "../../shared/flow/flow-test.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { ReplayedRun } from "../../shared/flow/replay.ts";
import type { Json } from "../../shared/json.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node, testConnector, testFlow } from "../testing/test-engine.ts";
import { type TestHook, trigger } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let upstream: FakeUpstream;
let server: TestServer;
let person: TestPerson;
let stranger: TestPerson;
let hook: TestHook;
let revision = 0;

const find = node.call("find", "read", { inputs: { value: "{{trigger.body.id}}" } });
const pay = node.call("pay", "unsafe", { inputs: { value: "{{steps.find.output.name}}" } });
const code = FlowNode.parse({ ...node.transform("dice", null), kind: "code", code: "return Math.random()" });
const done = (output: Json) => node.transform("done", output);
const wholeName = { name: "{{steps.find.output.name}}", id: "{{trigger.body.id}}" };
const nodes = [trigger, find, code, pay, done(wholeName)];
const edges = ["event -> find", "find -> dice", "dice -> pay", "pay -> done"];

beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.always((request) => ({
    body: { name: `name of ${(request.body as { value: string }).value}`, token: "sesame-0815" },
  }));
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  person = await server.addPerson("Ada");
  stranger = await server.addPerson("Eve");
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});
beforeEach(async () => {
  const connector = { ...testConnector, baseUrl: upstream.url };
  const name = `Pays ${server.ids.next("x")}`;
  hook = await server.publish({ workspace: person.workspace, name, connector, nodes: nodes.slice(1), edges });
  revision = 0;
});

const headers = ({ cookie }: TestPerson) => ({ Cookie: cookie, "X-Patchbay-Request": "1" });
const at = (path: string) => `${server.url}/api/v1/flows/${hook.flow}${path}`;
function get(path: string, who = person): Promise<Answer> {
  return ask(at(path), { headers: headers(who) });
}
function post(path: string, body: object, who = person): Promise<Answer> {
  return ask(at(path), { method: "POST", headers: headers(who), body: JSON.stringify(body) });
}

async function runOn(body: Json): Promise<string> {
  const answer = await deliver(server, hook, { id: server.ids.next("dlv"), body: JSON.stringify(body) });
  const run = String(answer.headers["x-patchbay-run"]);
  await server.reaches(run);
  return run;
}

async function changeDraft(document: Flow): Promise<void> {
  revision += 1;
  await server.pair.sql.commit([
    {
      text: `UPDATE flows SET draft = $1, draft_revision = $2 WHERE id = $3`,
      params: [JSON.stringify(document), revision, hook.flow],
      expectRows: 1,
    },
  ]);
}

async function replay(last = 10): Promise<ReplayedRun[]> {
  const sent = upstream.requests.length;
  const { status, json } = await post("/replay-preview", { revision, last });
  expect(status).toBe(200);
  expect(upstream.requests.length).toBe(sent);
  return (json as { runs: ReplayedRun[] }).runs;
}

describe("the last runs, gone over again with the draft", () => {
  it("go as they went while nothing has changed, whatever is another number each time", async () => {
    const runs = [await runOn({ id: "a" }), await runOn({ id: "b" })];
    const replayed = await replay();
    expect(replayed.map(({ run, after, why, same, different }) => ({ run, after, why, same, different }))).toEqual(
      runs.toReversed().map((run) => ({ run, after: "succeeded", why: null, same: 5, different: 0 })),
    );
    expect(await replay(1)).toHaveLength(1);
  });

  it("say where the draft gives something else, has a new step or leaves one out", async () => {
    await runOn({ id: "a" });
    const more = node.transform("more", 1);
    await changeDraft(
      testFlow(
        [trigger, find, pay, done({ name: "{{steps.find.output.name}}", id: 7 }), more],
        ["event -> find", "find -> pay", "pay -> done", "done -> more"],
      ),
    );
    const [run] = await replay();
    expect(run).toMatchObject({ before: "succeeded", after: "succeeded", same: 3, different: 3 });
    expect(run?.differences).toMatchObject([
      { step: "dice", change: "gone", before: "succeeded", after: null },
      { step: "done", change: "output", changes: { places: [{ path: "id", before: '"a"', after: "7" }], more: 0 } },
      { step: "more", change: "new", before: null, after: "succeeded" },
    ]);
  });

  it("say what would be asked of an API for the first time; what comes after it nobody knows", async () => {
    await runOn({ id: "a" });
    const otherwise = { ...pay, inputs: { value: "{{steps.find.output.name}}, twice" } } as FlowNode;
    await changeDraft(testFlow([trigger, find, code, otherwise, done(wholeName)], edges));
    const [run] = await replay();
    expect(run).toMatchObject({ after: "failed", same: 3, different: 2 });
    expect(run?.differences).toMatchObject([
      { step: "pay", change: "new-call", before: "succeeded", after: "failed", request: "POST https://recorded.example/unsafe" },
      { step: "done", change: "unknown", before: "succeeded" },
    ]);
  });

  it("begin with what the draft's trigger makes of the event, and show no secret that was marked", async () => {
    const marked = { ...trigger, secretPaths: ["body.pin"] } as FlowNode;
    const secret = { ...find, secretPaths: ["token"] } as FlowNode;
    const uses = done({ pin: "pin {{trigger.body.pin}}", token: "{{steps.find.output.token}}" });
    await changeDraft(testFlow([marked, secret, uses], ["event -> find", "find -> done"]));
    expect((await post("/publish", { revision })).status).toBe(200);
    await runOn({ id: "a", pin: "pin-4711" });
    const plain = done({ pin: "{{trigger.body.pin}}", token: "the {{steps.find.output.token}}", n: 1 });
    await changeDraft(testFlow([trigger, secret, plain], ["event -> find", "find -> done"]));
    const [run] = await replay();
    expect(run?.differences).toMatchObject([{ step: "done", change: "output", changes: { places: [{ path: "n" }] } }]);
    expect(JSON.stringify(run)).not.toMatch(/4711|sesame/);
  });

  it("are left out with the reason when the draft has no such trigger, or their own version would not go that way again", async () => {
    await runOn({ id: "a" });
    await changeDraft(testFlow([{ ...trigger, id: "other" } as FlowNode, done(1)], ["other -> done"]));
    expect(await replay()).toMatchObject([{ after: null, why: 'the draft has no trigger "event"', different: 0 }]);
    await server.pair.sql.commit([{ text: `UPDATE runs SET journal_length = 10001 WHERE flow_id = $1`, params: [hook.flow] }]);
    await changeDraft(testFlow(nodes, edges));
    expect(await replay()).toMatchObject([{ after: null, why: "it is too long: its journal has more than 10,000 entries" }]);
    await server.pair.sql.commit([{ text: `UPDATE runs SET journal_length = 20 WHERE flow_id = $1`, params: [hook.flow] }]);
    upstream.next({ status: 503 });
    const run = await start();
    expect(await cancel(run)).toBe(200);
    await server.reaches(run, "canceled");
    const [canceled, first] = await replay();
    expect(canceled).toMatchObject({ run, before: "canceled", after: null, why: expect.stringContaining("its own version") });
    expect(first).toMatchObject({ after: "succeeded", different: 0 });
  });

  it("are left out when they hold too much to be read at once; no test is made of one either", async () => {
    const run = await runOn({ id: "a" });
    const large = `INSERT INTO blobs (run_id, number, name, value_text) VALUES ($1, 999, 'output', $2)`;
    await server.pair.sql.commit([{ text: large, params: [run, JSON.stringify("x".repeat(16_000_000))] }]);
    await changeDraft(testFlow(nodes, edges));
    expect(await replay()).toMatchObject([{ run, after: null, why: expect.stringContaining("more than 16 MB") }]);
    const made = await ask(`${server.url}/api/v1/runs/${run}/test`, { headers: headers(person) });
    expect(made).toMatchObject({ status: 409, json: { error: { code: "conflict", message: expect.stringContaining("16 MB") } } });
  });

  it("refuse a draft that has moved on or could not run, and whoever may not edit", async () => {
    await changeDraft(testFlow([trigger, find], []));
    const moved = await post("/replay-preview", { revision: 0 });
    expect(moved).toMatchObject({ status: 409, json: { error: { code: "conflict", details: { revision: 1 } } } });
    expect(await post("/replay-preview", { revision: 1 })).toMatchObject({
      status: 422,
      json: { error: { code: "invalid_document" } },
    });
    expect((await post("/replay-preview", { revision: 1, last: 51 })).status).toBe(400);
    expect((await post("/replay-preview", { revision: 1 }, stranger)).status).toBe(404);
    const user = await server.addPerson("Bo", { role: "user", workspace: person.workspace });
    expect((await post("/replay-preview", { revision: 1 }, user)).status).toBe(403);
  });

  async function start(): Promise<string> {
    const answer = await deliver(server, hook, { id: server.ids.next("dlv"), body: `{"id": "c"}` });
    const run = String(answer.headers["x-patchbay-run"]);
    await server.reaches(run, "waiting");
    return run;
  }
  async function cancel(run: string): Promise<number> {
    const url = `${server.url}/api/v1/runs/${run}/cancel`;
    return (await ask(url, { method: "POST", headers: headers(person), body: "{}" })).status;
  }
});

describe("tests that are kept with a flow", () => {
  // Each time another number.
  const steady = [trigger, find, pay, done(wholeName)];
  const steadyEdges = ["event -> find", "find -> pay", "pay -> done"];

  async function keep(name: string): Promise<string> {
    await changeDraft(testFlow(steady, steadyEdges));
    expect((await post("/publish", { revision })).status).toBe(200);
    const answer = await post("/tests", { run: await runOn({ id: "a" }), name });
    expect(answer.status).toBe(200);
    return (answer.json as { test: string }).test;
  }

  it("are run on the draft, which is remembered, and fail where it does something else", async () => {
    const test = await keep("It pays");
    expect((await get("/tests")).json).toMatchObject({
      tests: [{ id: test, name: "It pays", calls: 2, expectations: 4, last: null }],
    });
    expect((await post("/tests/run", { revision })).json).toMatchObject({ results: [{ test, result: { passed: true } }] });
    await changeDraft(testFlow([trigger, find, pay, done({ ...wholeName, id: 7 })], steadyEdges));
    const { json } = await post("/tests/run", { revision, tests: [test] });
    const [{ result }] = (json as { results: [{ result: { passed: boolean; verdicts: { passed: boolean }[] } }] }).results;
    expect(result.verdicts.filter(({ passed }) => !passed)).toMatchObject([
      { expectation: { step: "done" }, changes: { places: [{ path: "id", before: '"a"', after: "7" }] } },
    ]);
    expect((await get("/tests")).json).toMatchObject({ tests: [{ last: { passed: false, revision } }] });
  });

  it("come and go as files; the same name is taken once", async () => {
    const test = await keep("It pays");
    const file = (await get(`/tests/${test}`)).json as FlowTest;
    const { flow } = file;
    expect(await post("/tests", { test: file })).toMatchObject({ status: 409, json: { error: { code: "conflict" } } });
    expect((await post("/tests", { test: { ...file, name: "Other" } })).status).toBe(200);
    expect((await post("/tests", { test: { ...file, name: "Third", flow: "my.flow.json" } })).status).toBe(400);
    const large = {
      ...file,
      name: "Large",
      calls: [{ request: { method: "GET", url: "x", body: "x".repeat(4.3e6) }, answer: { status: 200 } }],
    };
    expect((await post("/tests", { test: large })).status).toBe(400);
    expect((await post("/tests", { test: { ...file, flow, name: "Empty", expect: [] } })).status).toBe(400);
    expect((await get("/tests")).json).toMatchObject({ tests: [{ name: "It pays" }, { name: "Other" }] });
    expect((await ask(at(`/tests/${test}`), { method: "DELETE", headers: headers(person) })).status).toBe(200);
    expect((await get(`/tests/${test}`)).status).toBe(404);
  });

  it("are closed to other workspaces, and made of the flow's own runs alone", async () => {
    const test = await keep("It pays");
    expect((await get("/tests", stranger)).status).toBe(404);
    expect((await get(`/tests/${test}`, stranger)).status).toBe(404);
    expect((await post("/tests/run", { revision }, stranger)).status).toBe(404);
    expect((await post("/tests", { run: "run_none", name: "None" })).status).toBe(404);
    const run = await runOn({ id: "b" });
    hook = await server.publish({ workspace: person.workspace, name: "Other flow", nodes: [done(1)], edges: ["event -> done"] });
    expect((await post("/tests", { run, name: "Of another" })).status).toBe(404);
  });
});
