import { afterAll, beforeAll, expect, test } from "vitest";
import type { CodeNode } from "../../../shared/flow/code-node.ts";
import type { Json } from "../../../shared/json.ts";
import { node, startTestEngine, type TestEngine } from "../../testing/test-engine.ts";

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

function step(code: string, more: Partial<CodeNode> = {}): CodeNode {
  const base = { id: "code", name: "Code", position: { x: 0, y: 0 }, kind: "code" as const };
  return { ...base, code, inputs: {}, timeoutMs: 5_000, ...more };
}

async function start(code: CodeNode, body: Json = {}) {
  const flow = await engine.publish(
    [node.start(), code, node.transform("after", "{{steps.code.output}}")],
    ["start -> code", "code -> after"],
  );
  return engine.start(flow, body);
}

async function values(run: string) {
  const records = await engine.pair.engine.journal(run, 0, { bare: false });
  return records.find(({ entry }) => "node" in entry && entry.node === "code" && /succeeded|failed/.test(entry.kind))?.values;
}

test("gives what it returns, with its inputs resolved, and keeps what it printed", async () => {
  const inputs = {
    lines: "{{trigger.body.lines}}",
    total: "{{= $sum(trigger.body.lines.price) }}",
    absent: "{{trigger.body.no}}",
  };
  const code = step(`console.log(Object.keys(inputs).join()); return inputs.lines.length * inputs.total`, { inputs });
  const lines = [{ price: 2 }, { price: 3 }];
  const run = await start(code, { lines });
  expect((await engine.reaches(run)).status).toBe("succeeded");
  expect(await engine.output(run, "after")).toBe(10);
  expect(await values(run)).toEqual({
    input: { lines, total: 5 },
    output: 10,
    console: [{ level: "log", text: "lines,total" }],
  });
});

test("fails with what was thrown and where, and what was printed until then", async () => {
  const run = await start(step(`console.warn("soon")\nnull.x`));
  const view = await engine.reaches(run);
  const message = "TypeError: cannot read property 'x' of null (line 2, column 5)";
  expect(view).toMatchObject({
    status: "failed",
    steps: { code: { status: "failed", error: { code: "code_failed", message } } },
  });
  expect(await values(run)).toEqual({ input: {}, console: [{ level: "warn", text: "soon" }] });
});

test("fails when it takes longer than the step may", async () => {
  const run = await start(step("for (;;) {}", { timeoutMs: 600 }));
  const { error } = (await engine.reaches(run)).steps.code ?? {};
  expect(error).toMatchObject({ code: "code_timeout", message: "it took longer than 600 ms" });
});

test("holds up no other run, and is ended when its own is canceled", async () => {
  const looping = await start(step("for (;;) {}", { timeoutMs: 60_000 }));
  const other = await start(step("return 1"));
  expect((await engine.reaches(other)).status).toBe("succeeded");
  expect((await engine.reaches(looping, "running")).status).toBe("running");
  await engine.pair.engine.signal(looping, { kind: "cancel", by: "usr_1" });
  expect((await engine.reaches(looping)).status).toBe("canceled");
});
