import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import type { UpstreamAnswer } from "../testing/fake-upstream.ts";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

const forEach = (id: string, items: Json, more: Record<string, Json> = {}) => step("for-each", id, { items, ...more });
const attempt = (id: string, more: Record<string, Json> = {}) => step("try", id, more);
const inside = (parent: string, each: FlowNode, more: Record<string, Json> = {}): FlowNode =>
  FlowNode.parse({ ...each, parent, ...more });

function step(kind: string, id: string, more: Record<string, Json> = {}): FlowNode {
  return FlowNode.parse({ id, name: id, kind, position: { x: 0, y: 0 }, ...more });
}

async function run(nodes: FlowNode[], edges: string[], body: Json = {}, answer?: UpstreamAnswer) {
  if (answer) engine.upstream.next(answer);
  const flow = await engine.publish([node.start(), ...nodes], edges);
  const id = await engine.start(flow, body);
  const view = await engine.reaches(id);
  return { id, view, output: (of: string) => engine.output(id, of) };
}

describe("a for-each", () => {
  it("gives one result for each item, in their order, with item and index", async () => {
    const { view, output } = await run(
      [forEach("each", "{{trigger.body.list}}"), inside("each", node.transform("line", { n: "{{index}}", of: "{{item.name}}" }))],
      ["start -> each"],
      { list: [{ name: "a" }, { name: "b" }] },
    );
    expect(view.status).toBe("succeeded");
    expect(await output("each")).toEqual({
      results: [
        { n: 0, of: "a" },
        { n: 1, of: "b" },
      ],
      errors: [],
      count: 2,
    });
  });

  it("calls for each item, several at a time, and keeps the order of the items", async () => {
    const { view, output } = await run(
      [
        forEach("each", [1, 2, 3, 4, 5], { concurrency: 3, result: { of: "{{item}}", got: "{{steps.send.status}}" } }),
        inside("each", node.call("send", "idempotent", { inputs: { value: "v{{item}}" } })),
      ],
      ["start -> each"],
    );
    expect(view.status).toBe("succeeded");
    expect(await output("each")).toMatchObject({
      results: [1, 2, 3, 4, 5].map((of) => ({ of, got: "succeeded" })),
      count: 5,
    });
    expect(view.steps["send[4]"]?.status).toBe("succeeded");
    expect(view.open.size).toBe(0);
  });

  it("stops at the first failure, cancels what runs beside it, and says which item it was", async () => {
    const { view } = await run(
      [
        forEach("each", ["a", "b", "c"]),
        inside("each", node.transform("one", "{{item}}")),
        inside("each", node.delay("bad", "{{item}}")),
      ],
      ["start -> each", "one -> bad"],
    );
    expect(view.status).toBe("failed");
    expect(view.error).toMatchObject({ code: "invalid_input", node: "bad" });
    expect(view.steps.each).toMatchObject({ status: "failed", container: { finished: 1, failed: 1 } });
  });

  it("goes on after a failure where it may, with null in its place and the error beside it", async () => {
    const { view, output } = await run(
      [
        forEach("each", [0, "x", 0], { onItemError: "continue" }),
        inside("each", node.delay("pause", "{{item}}")),
        inside("each", node.transform("done", { at: "{{index}}" })),
      ],
      ["start -> each", "pause -> done"],
    );
    // The delay of nothing is over when the clock is looked at again.
    expect(view.status).toBe("succeeded");
    expect(await output("each")).toMatchObject({
      results: [{ at: 0 }, null, { at: 2 }],
      errors: [{ index: 1, error: { code: "invalid_input" } }],
      count: 3,
    });
  });

  it("is over at once without items, and fails on what is no list", async () => {
    const inner = inside("each", node.transform("line", 1));
    const empty = await run([forEach("each", "{{trigger.body.list}}"), inner], ["start -> each"], { list: [] });
    expect(await empty.output("each")).toEqual({ results: [], errors: [], count: 0 });
    const none = await run([forEach("each", "{{trigger.body.list}}"), inner], ["start -> each"], { list: "no" });
    expect(none.view.error).toMatchObject({ code: "invalid_input", message: "items must be a list, and is a string" });
  });

  it("nests, and the inside reads what is around it", async () => {
    const { view, output } = await run(
      [
        forEach("rows", [[1, 2], [3]]),
        inside("rows", forEach("cells", "{{item}}")),
        inside("cells", node.transform("cell", { at: "{{index}}", of: "{{item}}" })),
      ],
      ["start -> rows"],
    );
    expect(view.status).toBe("succeeded");
    const cells = (await output("rows")) as { results: { results: Json[] }[] };
    expect(cells.results.map(({ results }) => results)).toEqual([
      [
        { at: 0, of: 1 },
        { at: 1, of: 2 },
      ],
      [{ at: 0, of: 3 }],
    ]);
  });

  it("skips what a branch inside does not take, in each iteration for itself", async () => {
    const { view, output } = await run(
      [
        forEach("each", [1, 2], { result: "{{steps.yes.output}}" }),
        inside("each", node.branch("is-one", "{{item}}", 1)),
        inside("each", node.transform("yes", "one")),
      ],
      ["start -> each", "is-one:true -> yes"],
    );
    expect(view.status).toBe("succeeded");
    expect(await output("each")).toMatchObject({ results: ["one", null] });
  });

  it("journals a hundred iterations of pure steps in one entry", async () => {
    const list = Array.from({ length: 250 }, (_, at) => at);
    const { id, output, view } = await run(
      [forEach("each", list), inside("each", node.transform("line", "{{item}}"))],
      ["start -> each"],
    );
    expect(((await output("each")) as { results: Json[] }).results).toEqual(list);
    const chunks = (await engine.entries(id)).filter(({ kind }) => kind === "iterations-finished");
    expect(chunks).toMatchObject([
      { from: 0, count: 100 },
      { from: 100, count: 100 },
      { from: 200, count: 50 },
    ]);
    expect(view.pureSteps).toBe(250);
  });
});

describe("a try", () => {
  it("gives what its last node gives", async () => {
    const { output } = await run([attempt("safe"), inside("safe", node.transform("made", { ok: true }))], ["start -> safe"]);
    expect(await output("safe")).toEqual({ ok: true });
  });

  it("takes its error port with the failure inside, whose siblings are canceled", async () => {
    const { view, output } = await run(
      [
        attempt("safe"),
        inside("safe", node.delay("bad", "no")),
        inside("safe", node.delay("long", 60_000)),
        node.transform("after", { code: "{{steps.safe.error.code}}", of: "{{steps.safe.error.node}}" }),
      ],
      ["start -> safe", "safe:error -> after"],
    );
    expect(view.status).toBe("succeeded");
    expect(await output("after")).toEqual({ code: "invalid_input", of: "bad" });
    expect(view.steps.long?.status === "canceled" || view.steps.long === undefined).toBe(true);
  });
});

describe("other steps", () => {
  it("goes on after a failure that its policy allows", async () => {
    const { view } = await run(
      [FlowNode.parse({ ...node.delay("bad", "no"), onError: "continue" }), node.transform("after", "{{steps.bad.error.code}}")],
      ["start -> bad", "bad -> after"],
    );
    expect(view.status).toBe("succeeded");
    expect(view.steps.bad?.status).toBe("failed");
    expect(view.steps.after?.status).toBe("succeeded");
  });

  it("ends the whole run at a stop step, wherever it is", async () => {
    const { view } = await run(
      [
        forEach("each", [1, 2, 3]),
        inside("each", node.delay("pause", 0)),
        inside("each", step("stop", "enough", { status: "failed", message: "at {{item}}" })),
        node.transform("never", 1),
      ],
      ["start -> each", "pause -> enough", "each:done -> never"],
    );
    expect(view).toMatchObject({ status: "failed", error: { code: "stopped", message: "at 1", node: "enough" } });
    expect(view.steps.never?.status).toBe("skipped");
  });

  it("passes a filter's rule, or takes no port", async () => {
    const { view } = await run(
      [
        step("filter", "even", { conditions: [{ left: "{{trigger.body.n}}", operator: "equals", right: 2 }] }),
        node.transform("after", 1),
      ],
      ["start -> even", "even -> after"],
      { n: 3 },
    );
    expect(view).toMatchObject({ status: "succeeded", steps: { even: { status: "succeeded" }, after: { status: "skipped" } } });
  });

  it("keeps values between runs, and counts", async () => {
    const flow = await engine.publish(
      [node.start(), step("key-value", "count", { operation: "increment", key: "n-{{trigger.body.of}}", by: 2 })],
      ["start -> count"],
    );
    const one = await engine.start(flow, { of: "a" });
    await engine.reaches(one);
    const two = await engine.start(flow, { of: "a" });
    await engine.reaches(two);
    expect([await engine.output(one, "count"), await engine.output(two, "count")]).toEqual([
      { key: "n-a", value: 2, before: null, found: false },
      { key: "n-a", value: 4, before: 2, found: true },
    ]);
  });

  it("tells the first of a key from those that come again within its window", async () => {
    const flow = await engine.publish(
      [node.start(), step("once", "fresh", { key: "{{trigger.body.id}}", windowMs: 60_000 })],
      ["start -> fresh"],
    );
    const seen = async (id: string) => (await engine.reaches(await engine.start(flow, { id }))).steps.fresh?.ports;
    expect([await seen("a"), await seen("a"), await seen("b")]).toEqual([["first"], ["again"], ["first"]]);
    engine.advance(60_001);
    expect(await seen("a")).toEqual(["first"]);
  });

  it("waits for a flow that it starts, and has its answer", async () => {
    const child = await engine.publish(
      [node.start(), node.respond("answer", { doubled: "{{trigger.body.n}}" })],
      ["start -> answer"],
    );
    const { view, output } = await run(
      [step("sub-flow", "child", { flow: child, input: { n: "{{trigger.body.n}}" } })],
      ["start -> child"],
      { n: 4 },
    );
    expect(view.status).toBe("succeeded");
    expect(await output("child")).toMatchObject({ status: "succeeded", answer: { body: { doubled: 4 } } });
  });

  it("stops flows that start themselves at a depth (E9)", async () => {
    const flow = await engine.publish([node.start()], []);
    const [row] = await engine.pair.sql.read<{ id: string }>(`SELECT published_version_id AS id FROM flows WHERE id = $1`, [
      flow,
    ]);
    await engine.pair.sql.commit([
      {
        text: `UPDATE flow_versions SET document = $1 WHERE id = $2`,
        params: [
          JSON.stringify({
            schemaVersion: 1,
            nodes: [node.start(), step("sub-flow", "again", { flow })],
            edges: [{ id: "e", source: "start", port: "out", target: "again" }],
          }),
          row?.id ?? "",
        ],
      },
    ]);
    const view = await engine.reaches(await engine.start(flow));
    expect(view.status).toBe("failed");
    expect(view.error?.code).toBe("child_failed");
    const depths = await engine.pair.sql.read<{ depth: number }>(
      `SELECT depth FROM runs WHERE flow_id = $1 ORDER BY depth DESC`,
      [flow],
    );
    expect(depths[0]?.depth).toBe(10);
  });
});

it("a flow that is waited for inside of a try ends with it", async () => {
  const child = await engine.publish([node.start(), node.delay("long", 600_000)], ["start -> long"]);
  const { view } = await run(
    [
      attempt("safe"),
      inside("safe", step("sub-flow", "child", { flow: child })),
      inside(
        "safe",
        node.call("bad", "idempotent", {
          inputs: { value: "v" },
          retry: { maxAttempts: 1, backoffMs: 0, factor: 1, maxBackoffMs: 0, jitter: 0 },
        }),
      ),
      node.transform("after", 1),
    ],
    ["start -> safe", "safe:error -> after"],
    {},
    { status: 422 },
  );
  expect(view.steps).toMatchObject({ after: { status: "succeeded" }, child: { status: "canceled" } });
  const started = view.steps.child?.child?.run ?? "";
  expect((await engine.reaches(started)).status).toBe("canceled");
});
