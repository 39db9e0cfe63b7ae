import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";
import { createWaitLinks, macLength } from "./wait-links.ts";

const place = { workspace: "wsp_1", run: "run_1", step: "call" };
const linksOf = (secret: string) =>
  createWaitLinks({ vault: { derive: (purpose) => Buffer.from(secret + purpose) }, publicUrl: "https://x.example" });

describe("the link of a waiting step", () => {
  it("is the same on every node with the same key, and another one for any other step or key", () => {
    const { token, url } = linksOf("a");
    expect(url(place)).toBe(`https://x.example/w/${linksOf("a").token(place)}`);
    const others = [
      { ...place, workspace: "wsp_2" },
      { ...place, run: "run_2" },
      { ...place, step: "call[0]" },
    ].map(token);
    const macs = [token(place), linksOf("b").token(place), ...others].map((text) => text.slice(0, macLength));
    expect(new Set(macs).size).toBe(5);
  });

  it("is a plain part of a path: no dot that would make a file of it", () => {
    expect(linksOf("a").token(place)).toMatch(/^[\w-]+$/);
  });
});

describe("a flow with a wait in a loop", () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startTestEngine();
  });
  afterAll(() => engine.close());

  const step = (kind: string, id: string, more: Record<string, Json>): FlowNode =>
    FlowNode.parse({ id, name: id, kind, position: { x: 0, y: 0 }, ...more });
  const inside = (each: FlowNode): FlowNode => FlowNode.parse({ ...each, parent: "each" });

  it("knows the link of each iteration inside of it, and that of an outer wait everywhere", async () => {
    const flow = await engine.publish(
      [
        node.start(),
        step("for-each", "each", { items: [1, 2], concurrency: 2, result: "{{steps.call.output.body}}" }),
        inside(node.transform("tell", ["{{steps.call.url}}", "{{steps.last.url}}"])),
        inside(step("wait", "call", {})),
        step("for-each", "pure", { items: [1, 2], result: "{{steps.last.url}}" }),
        step("wait", "last", {}),
      ],
      ["start -> each", "tell -> call", "each:done -> pure", "pure:done -> last"],
    );
    const run = await engine.start(flow);
    await engine.reaches(run, "waiting");
    const told = [await engine.output(run, "tell[0]"), await engine.output(run, "tell[1]")] as string[][];
    expect(new Set(told.flat()).size).toBe(3);
    for (const index of [1, 0])
      await engine.pair.engine.signal(run, { kind: "resume", step: `call[${index}]`, by: "link", body: index });
    await expect.poll(async () => (await engine.view(run)).steps.last?.status, { interval: 1 }).toBe("waiting");
    expect(await engine.output(run, "each")).toMatchObject({ results: [0, 1] });
    expect(await engine.output(run, "pure")).toMatchObject({ results: [told[0]?.[1], told[0]?.[1]] });
  });

  it("has a row for each step that waits, until it does no longer, whoever carries the run on", async () => {
    const rows = (run: string) =>
      engine.pair.sql.read<{ step: string }>("SELECT step FROM waits WHERE run_id = $1 ORDER BY step", [run]);
    const flow = await engine.publish(
      [
        node.start(),
        step("wait", "a", {}),
        step("approval", "b", { title: "May it?" }),
        step("wait", "c", { deadlineMs: 1_000 }),
      ],
      ["start -> a", "start -> b", "start -> c"],
    );
    const run = await engine.start(flow);
    await engine.reaches(run, "waiting");
    expect(await rows(run)).toEqual([{ step: "a" }, { step: "b" }, { step: "c" }]);
    await engine.replaceWorker();
    await engine.pair.engine.signal(run, { kind: "decide", step: "b", decision: "approved", by: "link", form: {} });
    await expect.poll(async () => (await engine.view(run)).steps.b?.status, { interval: 1 }).toBe("succeeded");
    expect(await rows(run)).toEqual([{ step: "a" }, { step: "c" }]);
    // Its deadline fails the run, and with it the other wait.
    engine.advance(1_000);
    expect((await engine.reaches(run)).status).toBe("failed");
    expect(await rows(run)).toEqual([]);
  });
});
