import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FlowSummary } from "../../shared/api/flows.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { createHook } from "../ingress/create-hook.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { type TestHook, testRecipe, trigger } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { createFlow, publishFlow } from "./publish-flow.ts";

let server: TestServer;
let person: TestPerson;
let hook: TestHook;
const flows = { draft: "", manual: "" };

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
  const { workspace } = person;
  const deps = { sql: server.pair.sql, clock: server.clock, ids: server.ids };
  hook = await server.publish({
    workspace,
    name: "B webhook",
    nodes: [node.transform("shape", { name: "{{trigger.body.name}}", source: "{{trigger.source}}" })],
    edges: ["event -> shape"],
  });
  flows.draft = await createFlow(deps, { workspace, name: "A draft", description: "nobody has published it" });
  flows.manual = await createFlow(deps, { workspace, name: "C manual", description: "" });
  const start = { ...trigger, id: "start", name: "Start", kind: "manual-trigger" as const, sample: { name: "sample" } };
  const document = testFlow([start, node.transform("shape", "{{trigger.body.name}}")], ["start -> shape"]);
  await publishFlow(deps, { workspace, flow: flows.manual, document });
});
afterAll(() => server.close());

describe("the list of flows", () => {
  it("is in the order of their names, each with its state, trigger and last run", async () => {
    const first = await deliver(server, hook, { id: "first" });
    server.advance(1);
    const last = await deliver(server, hook, { id: "last" });
    await server.reaches(String(first.headers["x-patchbay-run"]));
    const run = String(last.headers["x-patchbay-run"]);
    await server.reaches(run);
    const listed = (await get("/flows")).json as unknown as { flows: FlowSummary[] };
    expect(listed.flows).toEqual([
      expect.objectContaining({ id: flows.draft, name: "A draft", state: "draft", version: null, trigger: null, lastRun: null }),
      expect.objectContaining({
        id: hook.flow,
        state: "published",
        version: 1,
        trigger: "webhook",
        startable: false,
        lastRun: { id: run, status: "succeeded", createdAt: server.clock() },
      }),
      expect.objectContaining({ id: flows.manual, state: "published", trigger: "manual", startable: true, lastRun: null }),
    ]);
  });

  it("says which of them other flows can start: published ones with a manual or API trigger", async () => {
    const { workspace } = person;
    const deps = { sql: server.pair.sql, clock: server.clock, ids: server.ids };
    const manual = { ...trigger, id: "start", name: "Start", kind: "manual-trigger" as const };
    const api = { ...manual, kind: "api-trigger" as const, answer: "async" as const };
    const publish = async (...nodes: FlowNode[]) => {
      const flow = await createFlow(deps, { workspace, name: "D", description: "" });
      await publishFlow(deps, { workspace, flow, document: testFlow(nodes, []) });
      return flow;
    };
    const both = await publish({ ...trigger, id: "event" }, manual);
    const byApi = await publish(api);
    const drafted = await createFlow(deps, { workspace, name: "E", description: "" });
    const draft = JSON.stringify(testFlow([manual], []));
    await deps.sql.commit([{ text: "UPDATE flows SET draft = $1 WHERE id = $2", params: [draft, drafted], expectRows: 1 }]);
    const { flows: listed } = (await get("/flows")).json as unknown as { flows: FlowSummary[] };
    const said = (id: string) => listed.find((each) => each.id === id);
    expect(said(both)).toMatchObject({ trigger: "webhook", startable: true });
    expect(said(byApi)).toMatchObject({ trigger: "api", startable: true });
    expect(said(hook.flow)).toMatchObject({ trigger: "webhook", startable: false });
    expect(said(drafted)).toMatchObject({ trigger: "manual", startable: false });
  });
});

describe("a flow", () => {
  it("comes with its published version and its hook URLs, never with a secret", async () => {
    const { text, json } = await get(`/flows/${hook.flow}`);
    expect(json).toMatchObject({
      flow: { id: hook.flow, name: "B webhook" },
      version: { number: 1, document: { nodes: [{ id: "event" }, { id: "shape" }] } },
      hooks: [
        {
          id: hook.hook,
          url: `http://patchbay.example/hooks/${hook.hook}`,
          node: "event",
          secretSetAt: expect.any(Number),
          recipe: "HMAC SHA256, hex, in X-Patchbay-Signature",
        },
      ],
    });
    expect(text).not.toContain(hook.secret);
  });

  it("says of a hook that it has no secret yet", async () => {
    const deps = { sql: server.pair.sql, clock: server.clock };
    const answer = { status: 200, answerWithinMs: 0 };
    await createHook(deps, { workspace: person.workspace, flow: flows.manual, node: "start", recipe: testRecipe, answer });
    expect((await get(`/flows/${flows.manual}`)).json).toMatchObject({ hooks: [{ secretSetAt: null }] });
  });

  it("that nobody has published has neither version nor hooks", async () => {
    expect((await get(`/flows/${flows.draft}`)).json).toMatchObject({ flow: { state: "draft" }, version: null, hooks: [] });
  });
});

describe("run now", () => {
  it("starts the published version with the given body, as an event of our own making", async () => {
    const answer = await run(hook.flow, { body: { name: "Mira" } });
    expect(answer.status).toBe(200);
    const { run: id, event } = answer.json as { run: string; event: string };
    expect(await server.reaches(id)).toBe("succeeded");
    expect(await outputOf(id)).toEqual({ name: "Mira", source: "manual" });
    expect((await get(`/runs/${id}`)).json).toMatchObject({ run: { source: "manual", event, version: 1 } });
    expect((await get(`/events/${event}`)).json).toMatchObject({
      event: { source: "manual", body: '{"name":"Mira"}', dedupeKey: null, runs: [{ id, status: "succeeded" }] },
    });
  });

  it("takes the trigger's sample where no body is given, and null as null", async () => {
    for (const [body, output] of [
      [undefined, "sample"],
      [{}, "sample"],
      [{ body: { name: "given" } }, "given"],
      [{ body: null }, null],
    ] as const) {
      const { run: id } = (await run(flows.manual, body)).json as { run: string };
      await server.reaches(id);
      expect(await outputOf(id)).toBe(output);
    }
  });

  it("starts a run each time: what a person asks for twice is not a duplicate", async () => {
    const answers = await Promise.all([run(hook.flow, { body: 1 }), run(hook.flow, { body: 1 })]);
    const ids = answers.map(({ json }) => (json as { run: string }).run);
    expect(new Set(ids).size).toBe(2);
  });

  it("is a conflict where nothing is published, and 404 where there is no flow", async () => {
    expect(await run(flows.draft)).toMatchObject({ status: 409, json: { error: { code: "conflict" } } });
    expect(await run("flw_unknown")).toMatchObject({ status: 404, json: { error: { code: "not_found" } } });
  });
});

function get(path: string): Promise<Answer> {
  return ask(`${server.url}/api/v1${path}`, { headers: { Cookie: person.cookie } });
}

function run(flow: string, body?: object): Promise<Answer> {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const url = `${server.url}/api/v1/flows/${flow}/runs`;
  return ask(url, { method: "POST", headers, ...(body && { body: JSON.stringify(body) }) });
}

async function outputOf(id: string) {
  const records = await server.pair.engine.journal(id, 0, { bare: false });
  const number = foldJournal(records.map(({ entry }) => entry)).steps.shape?.outputEntry;
  return records.find(({ entry }) => entry.number === number)?.values.output;
}
