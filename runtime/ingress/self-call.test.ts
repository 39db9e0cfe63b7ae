import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import { WaitNode } from "../../shared/flow/wait-node.ts";
import type { Json } from "../../shared/json.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { createWaitLinks } from "../engine/wait-links.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { createCallDepth, depthHeader } from "../outbound/call-depth.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask, deliver } from "../testing/test-client.ts";
import { testFlow } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const upstream = await startFakeUpstream();
let server: TestServer;
let person: TestPerson;
beforeAll(async () => {
  server = await startTestServer({ ownUrl: true, allowedHttpHosts: [upstream.host] });
  person = await server.addPerson();
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

const position = { x: 0, y: 0 };
const retry = { maxAttempts: 3, backoffMs: 1_000, factor: 1, maxBackoffMs: 1_000, jitter: 0 };
/** Calls where what started the run says, and tells it where to call next. */
const callOn = FlowNode.parse({
  ...{ id: "again", name: "Again", kind: "http", method: "POST", position, retry, effect: "idempotent" },
  url: "{{trigger.body.url}}",
  headers: { Authorization: "Bearer {{trigger.body.token}}", [depthHeader]: "1.forged" },
  bodyType: "json",
  body: "{{trigger.body.next}}",
});

type Called = { flow: string; url: string; token: string };

/** A flow with an API URL that calls another URL. */
async function publish(): Promise<Called> {
  const deps = { sql: server.pair.sql, ids: server.ids, clock: server.clock };
  const flow = await createFlow(deps, { workspace: person.workspace, name: "Calls", description: "" });
  const start = FlowNode.parse({ id: "called", name: "Called", position, kind: "api-trigger", answer: "async" });
  await publishFlow(deps, { workspace: person.workspace, flow, document: testFlow([start, callOn], ["called -> again"]) });
  const made = await ask(`${server.url}/api/v1/flows/${flow}/hooks/called`, {
    method: "PUT",
    headers: { Cookie: person.cookie, "X-Patchbay-Request": "1" },
    body: JSON.stringify({ secret: "generate" }),
  });
  const { hook, secret } = made.json as unknown as { hook: { id: string }; secret: string };
  return { flow, url: `${server.url}/hooks/${hook.id}`, token: secret };
}

function call({ url, token }: Called, body: Json, headers: Record<string, string> = {}) {
  return ask(url, { method: "POST", headers: { Authorization: `Bearer ${token}`, ...headers }, body: JSON.stringify(body) });
}
const rows = <T>(text: string, flow: string) => server.pair.sql.read<T>(text, [flow]);
const depthText = (depth: number) => createCallDepth({ vault: server.vault, publicUrl: server.url }).text(depth);

/** Where these are to call in turn, more often than they may. */
function inTurn(...flows: Called[]): Json {
  let body: Json = null;
  for (let n = 15; n > 0; n--) {
    const { url = "", token = "" } = flows[n % flows.length] ?? {};
    body = { url, token, next: body };
  }
  return body;
}

/** The first run of these flows that fails. */
function failure(...flows: Called[]): Promise<string> {
  return new Promise((resolve) => {
    const off = server.pair.bus.subscribe("run", (hint) => {
      if (!flows.some(({ flow }) => flow === hint.flow) || hint.status !== "failed") return;
      off();
      resolve(hint.run);
    });
  });
}

describe("a flow that calls its own URL (E9)", () => {
  test("goes eleven runs deep and is refused then, once, for a reason that it is told", async () => {
    const own = await publish();
    const failed = failure(own);
    expect((await call(own, inTurn(own))).status).toBe(202);
    const last = await failed;
    const runs = await rows<{ id: string; depth: number; status: string }>(
      `SELECT id, depth, status FROM runs WHERE flow_id = $1 ORDER BY depth`,
      own.flow,
    );
    expect(runs.map(({ depth }) => depth)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(runs.at(-1)).toMatchObject({ id: last, status: "failed" });
    const view = foldJournal((await server.pair.engine.journal(last, 0, { bare: true })).map(({ entry }) => entry));
    expect(view.steps.again?.error?.message).toMatch(/508 Loop Detected: flows start one another 10 deep at most/);
    expect(view.steps.again?.attempts).toHaveLength(1);
    const stored = await rows<{ headers: string }>(`SELECT headers FROM events WHERE flow_id = $1`, own.flow);
    expect(stored).toHaveLength(11);
    expect(stored.filter(({ headers }) => headers.includes(depthHeader))).toEqual([]);
  });

  test("counts by way of other flows too", async () => {
    const [one, other] = [await publish(), await publish()];
    const failed = failure(one, other);
    await call(one, inTurn(one, other));
    await failed;
    const depths = (flow: string) => rows<{ depth: number }>(`SELECT depth FROM runs WHERE flow_id = $1 ORDER BY depth`, flow);
    expect((await depths(one.flow)).map(({ depth }) => depth)).toEqual([0, 2, 4, 6, 8, 10]);
    expect((await depths(other.flow)).map(({ depth }) => depth)).toEqual([1, 3, 5, 7, 9]);
  });
});

test("says nothing of it to anybody else", async () => {
  const own = await publish();
  const { json } = await call(own, { url: `${upstream.url}/theirs`, token: "t" });
  expect(await server.reaches((json as { run: string }).run)).toBe("succeeded");
  expect(upstream.requests[0]?.headers[depthHeader]).toBe("1.forged");
});

test("takes no word for it that is not its own", async () => {
  const own = await publish();
  const forged = [`11.${"A".repeat(27)}`, depthText(11).replace(/^11/, "12"), `0${depthText(11)}`, "11", ""];
  for (const value of forged) expect((await call(own, {}, { [depthHeader]: value })).status).toBe(202);
  const runs = await rows<{ depth: number }>(`SELECT depth FROM runs WHERE flow_id = $1`, own.flow);
  expect(runs.map(({ depth }) => depth)).toEqual(forged.map(() => 0));
  expect((await call(own, {}, { [depthHeader]: depthText(11) })).status).toBe(508);
});

test("a webhook, and a step that waits, are called no deeper either", async () => {
  const waits = WaitNode.parse({ position, id: "call", name: "Their call", kind: "wait", deadlineMs: 3_600_000 });
  const hook = await server.publish({ workspace: person.workspace, nodes: [waits], edges: ["event -> call"] });
  const deep = await deliver(server, hook, { id: "1", headers: { [depthHeader]: depthText(11) } });
  expect([deep.status, deep.json]).toEqual([
    508,
    { error: { code: "loop_detected", message: expect.stringContaining("10 deep at most") } },
  ]);
  const taken = await deliver(server, hook, { id: "1", headers: { [depthHeader]: depthText(10) } });
  const { run } = taken.json as { run: string };
  const runs = await rows<{ id: string; depth: number }>(`SELECT id, depth FROM runs WHERE flow_id = $1`, hook.flow);
  expect(runs).toEqual([{ id: run, depth: 10 }]);
  await server.reaches(run, "waiting");
  const url = createWaitLinks({ vault: server.vault, publicUrl: server.url }).url({
    workspace: person.workspace,
    run,
    step: "call",
  });
  expect((await ask(url, { method: "POST", headers: { [depthHeader]: depthText(11) }, body: "{}" })).status).toBe(508);
  expect((await ask(url, { method: "POST", headers: { [depthHeader]: depthText(10) }, body: "{}" })).status).toBe(202);
});
