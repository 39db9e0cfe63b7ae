import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Json } from "../../../shared/json.ts";
import { node, startTestEngine, type TestEngine } from "../../testing/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
beforeEach(() => {
  engine.upstream.requests.length = 0;
  const list = { choices: [{ id: 7 }, { id: 8 }] };
  engine.upstream.always(({ path }) => ({
    body: path.startsWith("/choices") ? list : null,
  }));
  // Kept lists of the test before are out of date.
  engine.advance(6 * 60_000);
});
afterAll(() => engine.close());

async function start(inputs: Record<string, Json>, body: Json = {}): Promise<string> {
  return engine.start(await engine.publish([node.start(), node.call("step", "linked", { inputs })], ["start -> step"]), body);
}
const given = "{{trigger.body.value}}";
const sent = () => engine.upstream.requests.map(({ method, path }) => `${method} ${path}`);

test("a value that is in both lists is sent, after one look at the list", async () => {
  const view = await engine.reaches(await start({ of: "a", choice: "{{trigger.body.choice}}", size: 1 }, { choice: 8 }));
  expect(view.status).toBe("succeeded");
  expect(sent()).toEqual(["GET /choices?of=a", "POST /linked?size=1"]);
  await engine.reaches(await start({ of: "a", choice: 7 }));
  expect(sent().slice(2)).toEqual(["POST /linked"]);
});

test.each<[what: string, inputs: Record<string, Json>, value: Json, code: string, message: string]>([
  ["is not in the fetched list", { of: "a", choice: given }, 9, "not_in_list", '"Choice": 9 is not in its list of 2'],
  ["is not of the list's type in a body", { of: "a", choice: given }, "7", "invalid_input", '"Choice" must be integer'],
  ["is not in the enumeration", { size: given }, 2, "not_in_list", '"Size": 2 is not in its list of 1'],
  [
    "depends on one that is not filled in",
    { of: "{{trigger.body.none}}", choice: given },
    7,
    "invalid_input",
    '"Choice" needs "Of" first',
  ],
])("a value that %s fails the step, and nothing is sent", async (_, inputs, value, code, message) => {
  const run = await start(inputs, { value, none: null });
  const view = await engine.reaches(run);
  expect(view.steps.step).toMatchObject({
    status: "failed",
    attempts: [],
    error: { code, message: expect.stringContaining(message) },
  });
  expect(sent()).not.toContainEqual(expect.stringContaining("POST"));
});

test("a list that may go on refuses nothing", async () => {
  engine.upstream.always({ body: { choices: [{ id: 7 }], has_more: true } });
  expect((await engine.reaches(await start({ of: "a", choice: 9 }))).status).toBe("succeeded");
});

test("a list that cannot be fetched now is a failed attempt of an unsafe call, tried again by the step's policy", async () => {
  engine.upstream.next({ status: 503 });
  const run = await start({ of: "a", choice: 7 });
  const waiting = await engine.reaches(run, "waiting");
  expect(waiting.steps.step).toMatchObject({
    status: "waiting",
    reason: "retry",
    attempts: [{ status: "failed", outcome: "server-error" }],
  });
  expect(sent()).toEqual(["GET /choices?of=a"]);
  engine.advance(1_000);
  expect((await engine.reaches(run)).status).toBe("succeeded");
  expect(sent()).toEqual(["GET /choices?of=a", "GET /choices?of=a", "POST /linked"]);
});

test("a list that the API refuses to give fails the step with the API's answer", async () => {
  engine.upstream.next({ status: 404, body: { message: "no such list" } });
  const view = await engine.reaches(await start({ of: "a", choice: 7 }));
  expect(view.steps.step).toMatchObject({
    status: "failed",
    error: {
      code: "rejected",
      message: expect.stringContaining('the list of "Choice" could not be fetched: answered 404 Not Found: no such list'),
    },
  });
  expect(sent()).toEqual(["GET /choices?of=a"]);
});

test("a canceled run does not wait for a list, which others may still get", async () => {
  const held = Promise.withResolvers<void>();
  engine.upstream.next({ after: held.promise, body: { choices: [{ id: 7 }] } });
  const run = await start({ of: "a", choice: 7 });
  await engine.upstream.received(1);
  await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" });
  expect((await engine.reaches(run)).status).toBe("canceled");
  const other = await start({ of: "a", choice: 7 });
  held.resolve();
  expect((await engine.reaches(other)).status).toBe("succeeded");
  expect(sent()).toEqual(["GET /choices?of=a", "POST /linked"]);
});
