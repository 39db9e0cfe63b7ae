import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { type Answer, ask } from "../testing/test-client.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
});
afterAll(() => server.close());

async function api(method: string, path: string, body?: Json) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const { status, json } = await ask(`${server.url}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status, json: json as Record<string, Json> };
}

type Called = {
  flow: string;
  call(body: Json, more?: Record<string, string>): Promise<Answer>;
  get(path: string, token?: string): Promise<Answer>;
};

/** A flow of an API trigger and these nodes, each after the one before. */
async function publish(answer: "sync" | "async", nodes: FlowNode[]): Promise<Called> {
  const deps = { sql: server.pair.sql, ids: server.ids, clock: server.clock };
  const start = FlowNode.parse({ id: "called", name: "Called", position: { x: 0, y: 0 }, kind: "api-trigger", answer });
  const flow = await createFlow(deps, { workspace: person.workspace, name: "API", description: "" });
  const all = [start, ...nodes];
  const edges = nodes.map(({ id }, index) => `${all[index]?.id} -> ${id}`);
  await publishFlow(deps, { workspace: person.workspace, flow, document: testFlow(all, edges) });
  const { json } = await api("PUT", `/flows/${flow}/hooks/called`, { secret: "generate" });
  const { hook, secret } = json as unknown as { hook: { id: string }; secret: string };
  const url = `${server.url}/hooks/${hook.id}`;
  return {
    flow,
    call: (body, more = {}) =>
      ask(url, { method: "POST", headers: { Authorization: `Bearer ${secret}`, ...more }, body: JSON.stringify(body) }),
    get: (path, token = secret) => ask(url + path, { headers: { Authorization: `Bearer ${token}` } }),
  };
}
const events = async (flow: string) =>
  (await server.pair.sql.read<{ source: string }>(`SELECT source FROM events WHERE flow_id = $1`, [flow])).map(
    ({ source }) => source,
  );
const runOf = (json: unknown) => (json as { run: string }).run;

describe("a flow's API URL", () => {
  test("answers with what the flow responds, and gives it to whoever asks later with the token", async () => {
    const { call, get, flow } = await publish("sync", [node.respond("answer", "{{trigger.body.n}}")]);
    const answer = await call({ n: 7 });
    expect([answer.status, answer.json]).toEqual([200, 7]);
    expect(await events(flow)).toEqual(["api"]);
    const run = String(answer.headers["x-patchbay-run"]);
    await server.reaches(run);
    const asked = await get(`/runs/${run}`);
    expect([asked.status, asked.json]).toEqual([
      200,
      { run, status: "succeeded", answer: { status: 200, headers: {}, body: 7 } },
    ]);
  });

  test("takes calls with its token only, and shows runs of its own only", async () => {
    const { call, get, flow } = await publish("sync", [node.respond("answer", 1)]);
    const other = await publish("sync", [node.respond("answer", 2)]);
    expect((await call({}, { Authorization: "Bearer wrong" })).status).toBe(401);
    expect(await events(flow)).toEqual([]);
    const run = (await other.call({})).headers["x-patchbay-run"];
    expect((await other.get(`/runs/${run}`)).status).toBe(200);
    expect((await other.get(`/runs/${run}`, "wrong")).status).toBe(401);
    expect((await get(`/runs/${run}`)).status).toBe(404);
  });

  test("gives the run at once where the trigger is asynchronous, or nothing responds", async () => {
    for (const made of [
      await publish("async", [node.respond("answer", 1)]),
      await publish("sync", [node.transform("shape", 1)]),
    ]) {
      const answer = await made.call({});
      const json = answer.json as { run: string; status: string };
      expect([answer.status, answer.headers.location]).toEqual([202, json.status]);
      expect(json.status).toContain(`/runs/${json.run}`);
      await server.reaches(json.run);
    }
  });

  test("takes the same Idempotency-Key as the same call, and refuses it with another body", async () => {
    const { call, flow } = await publish("sync", [node.respond("answer", "{{trigger.body.n}}")]);
    const key = { "Idempotency-Key": "order-1" };
    const [first, second] = [await call({ n: 1 }, key), await call({ n: 1 }, key)];
    expect([first.json, second.json]).toEqual([1, 1]);
    expect(second.headers["x-patchbay-run"]).toBe(first.headers["x-patchbay-run"]);
    const third = await call({ n: 2 }, key);
    expect([third.status, third.json]).toEqual([422, { error: { code: "idempotency_key_reused" } }]);
    expect(await events(flow)).toHaveLength(1);
  });

  test.each(["x".repeat(201), "\u00e9", " "])("refuses an Idempotency-Key that it could not keep: %j", async (key) => {
    const { call, flow } = await publish("sync", [node.respond("answer", 1)]);
    const refused = await call({}, { "Idempotency-Key": key });
    expect([refused.status, refused.json]).toEqual([400, { error: { code: "idempotency_key_unusable" } }]);
    expect(await events(flow)).toEqual([]);
  });

  test("says that a paused flow takes no calls, and keeps none", async () => {
    const { call, flow } = await publish("async", []);
    expect((await api("POST", `/flows/${flow}/pause`)).status).toBe(200);
    const paused = await call({});
    expect([paused.status, paused.json]).toEqual([409, { error: { code: "flow_paused" } }]);
    expect(await events(flow)).toEqual([]);
    expect((await api("POST", `/flows/${flow}/runs`, {})).status).toBe(409);
    await api("POST", `/flows/${flow}/resume`);
    const run = runOf((await call({})).json);
    await server.reaches(run);
    await api("POST", `/flows/${flow}/unpublish`);
    expect((await call({})).status).toBe(409);
    expect((await api("DELETE", `/flows/${flow}`)).status).toBe(200);
    expect((await call({})).status).toBe(404);
  });
});

test("the next ten times of a schedule are shown, and what cannot be read is named", async () => {
  const times = (schedule: object) =>
    api("GET", `/triggers/next-firings?schedule=${encodeURIComponent(JSON.stringify(schedule))}`);
  const { json } = await times({ kind: "cron", expression: "0 9 * * *", timeZone: "Europe/Berlin" });
  expect((json.firings as { local: string }[]).map(({ local }) => local).slice(0, 2)).toEqual([
    "2027-01-16T09:00:00+01:00",
    "2027-01-17T09:00:00+01:00",
  ]);
  expect(json.firings).toHaveLength(10);
  for (const [schedule, field] of [
    [{ kind: "cron", expression: "99 * * * *", timeZone: "UTC" }, "schedule.expression"],
    [{ kind: "cron", expression: "* * * * *", timeZone: "Nowhere" }, "schedule.timeZone"],
    [{ kind: "interval", everyMs: 5 }, "schedule.everyMs"],
  ] as const)
    expect(await times(schedule)).toMatchObject({ status: 400, json: { error: { details: { field } } } });
});
