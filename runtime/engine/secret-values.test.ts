import { afterAll, beforeAll, expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { masked } from "../../shared/run/sealed-value.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { createValueSealer } from "./secret-values.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const secret = "tok_7f1c9a";
const login = (more: Record<string, Json> = {}) =>
  FlowNode.parse({
    ...node.transform("login", { token: "{{trigger.body.token}}", pin: 4711, user: "ada" }),
    secretPaths: ["token", "pin"],
    ...more,
  });

async function stored(run: string, after = 2): Promise<string> {
  const rows = await engine.pair.sql.read<{ text: string | null }>(
    `SELECT value_texts AS text FROM journal WHERE run_id = $1 AND number > $2`,
    [run, after],
  );
  return rows.map(({ text }) => text ?? "").join("\n");
}

it("stores what a step marks encrypted, wherever it turns up later, and passes it on as it is", async () => {
  const flow = await engine.publish(
    [
      node.start(),
      login(),
      node.call("use", "keyed", { inputs: { value: "Bearer {{steps.login.output.token}}" } }),
      node.transform("after", "{{steps.login.output.user}}"),
    ],
    ["start -> login", "login -> use", "use -> after"],
  );
  const run = await engine.start(flow, { token: secret });
  expect((await engine.reaches(run)).status).toBe("succeeded");
  expect(engine.upstream.requests.at(-1)?.body).toEqual({ value: `Bearer ${secret}` });
  const text = await stored(run);
  expect(text).toContain("$sealed");
  expect(text).not.toContain(secret);
  expect(text).not.toContain("4711");
  expect(masked((await engine.output(run, "login")) ?? null)).toEqual({ token: "••••••", pin: "••••••", user: "ada" });
});

it("goes on with the same values after a wait, when another holder has read them from the journal", async () => {
  const flow = await engine.publish(
    [
      node.start(),
      login(),
      node.delay("pause", 60_000),
      node.call("use", "keyed", { inputs: { value: "{{steps.login.output.token}}" } }),
    ],
    ["start -> login", "login -> pause", "pause -> use"],
  );
  const run = await engine.start(flow, { token: secret });
  await engine.reaches(run, "waiting");
  await engine.replaceWorker();
  engine.advance(60_000);
  expect((await engine.reaches(run)).status).toBe("succeeded");
  expect(engine.upstream.requests.at(-1)?.body).toEqual({ value: secret });
  expect(await stored(run)).not.toContain(secret);
});

const start = (): FlowNode => ({ ...node.start(), secretPaths: ["body.token", "body.inner"] }) as FlowNode;

it("stores what a trigger marks encrypted from the first entry on, and steps read it as it is, after a wait too", async () => {
  const flow = await engine.publish(
    [
      start(),
      node.delay("pause", 60_000),
      node.call("use", "keyed", { inputs: { value: "{{trigger.body.token}}" } }),
      node.transform("after", { inner: "{{= trigger.body.inner.pin + 1 }}", user: "{{trigger.body.user}}" }),
    ],
    ["start -> pause", "pause -> use", "use -> after"],
  );
  const run = await engine.start(flow, { token: secret, inner: { pin: 471_100 }, user: "ada" });
  await engine.reaches(run, "waiting");
  expect(await stored(run, 0)).toContain("$sealed");
  await engine.replaceWorker();
  engine.advance(60_000);
  expect((await engine.reaches(run)).status).toBe("succeeded");
  expect(engine.upstream.requests.at(-1)?.body).toEqual({ value: secret });
  expect(await engine.output(run, "after")).toEqual({ inner: 471_101, user: "ada" });
  expect(await stored(run, 0)).not.toMatch(new RegExp(`${secret}|471100`));
  expect(masked((await engine.output(run, "start")) ?? null)).toMatchObject({
    body: { token: "••••••", inner: "••••••", user: "ada" },
  });
});

it("a flow whose trigger marks what it is given keeps it secret where another flow starts it", async () => {
  const child = await engine.publish(
    [start(), node.call("use", "keyed", { inputs: { value: "{{trigger.body.token}}" } })],
    ["start -> use"],
  );
  const sub = FlowNode.parse({
    ...{ id: "child", name: "Child", kind: "sub-flow", position: { x: 0, y: 0 } },
    ...{ flow: child, input: { token: "{{trigger.body.token}}" } },
  });
  const flow = await engine.publish([node.start(), sub], ["start -> child"]);
  const run = await engine.start(flow, { token: secret });
  const view = await engine.reaches(run);
  expect(view.status).toBe("succeeded");
  expect(engine.upstream.requests.at(-1)?.body).toEqual({ value: secret });
  expect(await stored(view.steps.child?.child?.run ?? "", 0)).not.toContain(secret);
  // The trigger of the one that starts it marks nothing.
  expect(await stored(run)).not.toContain(secret);
});

it("opens what was sealed for the workspace alone, and leaves data that only looks like it", () => {
  const sealer = createValueSealer(Buffer.alloc(32, 1));
  const sealed = sealer.seal("wsp_a", { of: "a" });
  expect(sealer.open("wsp_a", [sealed])).toEqual([{ of: "a" }]);
  expect(sealer.open("wsp_b", sealed)).toEqual(sealed);
  expect(createValueSealer(Buffer.alloc(32, 2)).open("wsp_a", sealed)).toEqual(sealed);
  for (const text of ["", "v1.wsp_a.x.y", "v2.a.b.c"]) expect(sealer.open("wsp_a", { $sealed: text })).toEqual({ $sealed: text });
});
