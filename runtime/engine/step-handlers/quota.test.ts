import { afterEach, beforeEach, expect, test } from "vitest";
import type { Connector } from "../../../shared/connector/connector.ts";
import type { RunView } from "../../../shared/run/run-view.ts";
import { node, startTestEngine, type TestEngine, testConnector } from "../../testing/test-engine.ts";

/** Two calls in ten seconds, and two in a second of `keyed`. */
const connector: Connector = {
  ...testConnector,
  limits: [{ windows: [{ limit: 2, perMs: 10_000 }] }, { group: "quick", windows: [{ limit: 2, perMs: 1_000 }] }],
  endpoints: testConnector.endpoints.map((endpoint) =>
    endpoint.key === "keyed" ? { ...endpoint, limitGroup: "quick" } : endpoint,
  ),
};

let engine: TestEngine;
beforeEach(async () => {
  engine = await startTestEngine({ connector });
});
afterEach(() => engine.close());

async function publish(endpoint: string, inputs: Record<string, string> = {}): Promise<string> {
  const retry = { maxAttempts: 1, backoffMs: 0, factor: 1, maxBackoffMs: 0, jitter: 0 };
  return engine.publish([node.start(), node.call("step", endpoint, { inputs, retry })], ["start -> step"]);
}
/** Uses up what the account may do in ten seconds. */
async function useUp(flow: string): Promise<void> {
  for (let count = 0; count < 2; count++) await engine.reaches(await engine.start(flow));
}
const sent = () => engine.upstream.requests.map(({ path }) => path);
const kinds = async (run: string) => (await engine.entries(run)).map(({ kind }) => kind);
const step = (view: RunView) => view.steps.step;

test("a call whose turn is far is parked with a due time, and was not tried until then", async () => {
  const flow = await publish("unsafe");
  await useUp(flow);
  const run = await engine.start(flow);
  const parked = await engine.reaches(run, "waiting");
  expect(step(parked)).toMatchObject({ status: "waiting", reason: "quota", until: engine.clock() + 10_100, attempts: [] });
  await expect.poll(() => engine.worker.active).toBe(0);
  expect(sent()).toHaveLength(2);
  engine.advance(10_100);
  const done = await engine.reaches(run);
  expect(step(done)).toMatchObject({ status: "succeeded", attempts: [{ attempt: 1, group: 1 }] });
  expect(await kinds(run)).toEqual([
    "run-started",
    "step-succeeded",
    "step-waiting",
    "attempt-started",
    "step-succeeded",
    "run-finished",
  ]);
});

test("a call whose turn is near waits for it in its place, and its intent with it", async () => {
  const flow = await publish("keyed");
  await engine.reaches(await engine.start(flow));
  const run = await engine.start(flow);
  await expect.poll(() => engine.waitingCalls).toBe(1);
  expect(sent()).toEqual(["/keyed"]);
  expect(await kinds(run)).not.toContain("attempt-started");
  engine.advance(505);
  expect(step(await engine.reaches(run))).toMatchObject({ status: "succeeded", attempts: [{ attempt: 1 }] });
  expect(sent()).toEqual(["/keyed", "/keyed"]);
});

test("a run that is canceled while its call waits for its turn has sent nothing and tried nothing", async () => {
  const flow = await publish("keyed");
  await engine.reaches(await engine.start(flow));
  const run = await engine.start(flow);
  await expect.poll(() => engine.waitingCalls).toBe(1);
  await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" });
  const view = await engine.reaches(run);
  expect([view.status, step(view)?.status, step(view)?.attempts]).toEqual(["canceled", "canceled", []]);
  expect(sent()).toEqual(["/keyed"]);
});

test("a call that a person lets be sent again waits for its turn like any other", async () => {
  const flow = await publish("unsafe");
  engine.upstream.next({ cut: "after-reading" });
  const run = await engine.start(flow);
  expect(step(await engine.reaches(run, "waiting"))).toMatchObject({ reason: "outcome-unknown" });
  await engine.reaches(await engine.start(flow));
  const decided = { kind: "decide-outcome", step: "step", decision: "send-again", by: "usr_1" } as const;
  await engine.pair.engine.signal(run, decided);
  await expect.poll(async () => step(await engine.view(run))).toMatchObject({ reason: "quota", decision: "send-again" });
  expect(sent()).toHaveLength(2);
  engine.advance(10_200);
  expect(step(await engine.reaches(run))).toMatchObject({ status: "succeeded", attempts: [{ attempt: 1 }, { attempt: 2 }] });
  expect(sent()).toHaveLength(3);
});

test("a call whose list nobody may fetch just now waits, and was not tried", async () => {
  await useUp(await publish("unsafe"));
  const run = await engine.start(await publish("linked", { of: "a", choice: "{{trigger.body.choice}}" }), { choice: 7 });
  engine.upstream.always(({ path }) => ({ body: path.startsWith("/choices") ? { choices: [{ id: 7 }] } : null }));
  expect(step(await engine.reaches(run, "waiting"))).toMatchObject({ reason: "quota", attempts: [] });
  engine.advance(10_200);
  expect(step(await engine.reaches(run))).toMatchObject({ status: "succeeded", attempts: [{ attempt: 1 }] });
  expect(sent().slice(2)).toEqual(["/choices?of=a", "/linked"]);
});
