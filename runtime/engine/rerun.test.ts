import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RerunFrom } from "../../shared/api/rerun.ts";
import { buildGraph } from "../../shared/flow/graph.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { foldJournal, stepKey } from "../../shared/run/run-view.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import type { UpstreamAnswer } from "../testing/fake-upstream.ts";
import { node, startTestEngine, type TestEngine, testFlow } from "../testing/test-engine.ts";
import { countBulkRepeats } from "./bulk-repeats.ts";
import { keptEntries } from "./kept-entries.ts";
import { previewOf, type RerunDeps, startRerun } from "./rerun.ts";

const workspace = "wsp_test";
let engine: TestEngine;
let deps: RerunDeps;
beforeAll(async () => {
  engine = await startTestEngine();
  const { sql, engine: store } = engine.pair;
  deps = { sql, engine: store, loadVersion: createLoadVersion(sql), clock: engine.clock, ids: createIds(engine.clock) };
});
afterAll(() => engine.close());

const step = (kind: string, id: string, more: Record<string, Json> = {}): FlowNode =>
  FlowNode.parse({ id, name: id, kind, position: { x: 0, y: 0 }, ...more });
const inside = (parent: string, each: FlowNode): FlowNode => FlowNode.parse({ ...each, parent });
const call = (id: string, endpoint: string, value: Json = id) =>
  node.call(id, endpoint, { inputs: { value }, retry: { maxAttempts: 1, backoffMs: 0, factor: 1, maxBackoffMs: 0, jitter: 0 } });

/** Values of the calls that came to the upstream since. */
function calls(): () => string[] {
  const before = engine.upstream.requests.length;
  return () => engine.upstream.requests.slice(before).map(({ body }) => (body as { value: string }).value);
}
/** Calls with these values are refused from now on. */
function refuse(...values: string[]): void {
  engine.upstream.always(
    ({ body }): UpstreamAnswer => (values.includes((body as { value: string }).value) ? { status: 422 } : { body: { ok: true } }),
  );
}

async function ran(nodes: FlowNode[], edges: string[], body: Json = {}) {
  const flow = await engine.publish([node.start(), ...nodes], edges);
  const run = await engine.start(flow, body);
  return { flow, run, view: await engine.reaches(run) };
}
async function again(run: string, from: RerunFrom, version: "same" | "latest" = "same") {
  const sent = calls();
  const id = await startRerun(deps, { workspace, run, from, version });
  return { id, view: await engine.reaches(id), sent: sent() };
}

describe("a rerun", () => {
  const inARow = [call("one", "unsafe"), call("two", "unsafe"), call("three", "read")];
  const edges = ["start -> one", "one -> two", "two -> three"];

  it("of a run that is being deleted is refused: what its journal had of sent calls would be sent again", async () => {
    refuse("three");
    const { run } = await ran(inARow, edges);
    const whole = await engine.pair.engine.journal(run, 0, { bare: false });
    const gone = {
      ...deps,
      engine: {
        ...deps.engine,
        journal: async (...asked: Parameters<typeof deps.engine.journal>) => {
          const records = await deps.engine.journal(...asked);
          return asked[2].bare ? records : records.slice(0, 3);
        },
      },
    };
    const rerun = { workspace, run, from: "failed", version: "same" } as const;
    await expect(startRerun(gone, rerun)).rejects.toMatchObject({ code: "conflict" });
    // As retention does it.
    await engine.pair.sql.commit([
      { text: `DELETE FROM journal WHERE run_id = $1 AND number > $2`, params: [run, whole.length - 4] },
    ]);
    const sent = calls();
    await expect(startRerun(deps, rerun)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("deleted"),
    });
    await expect(previewOf(deps, rerun)).rejects.toMatchObject({ code: "conflict" });
    expect(sent()).toEqual([]);
    refuse();
  });

  it("from what failed sends only that and what comes after, and says which run it goes over again", async () => {
    refuse("two");
    const { run, view } = await ran(inARow, edges);
    expect(view.status).toBe("failed");
    refuse();
    const rerun = await again(run, "failed");
    expect(rerun.view).toMatchObject({ status: "succeeded", rerunOf: run });
    expect(rerun.sent).toEqual(["two", "three"]);
    expect(rerun.view.steps.one).toMatchObject({ status: "succeeded", kept: true });
    expect(rerun.view.steps.two?.kept).toBeUndefined();
    expect(await engine.output(rerun.id, "one")).toEqual(await engine.output(run, "one"));
    // The old run is as it was.
    expect((await engine.view(run)).status).toBe("failed");
  });

  it("from a step keeps what is not after it, from the trigger nothing", async () => {
    refuse();
    const { run } = await ran([...inARow, call("beside", "unsafe")], [...edges, "start -> beside"]);
    expect((await again(run, { step: "two" })).sent).toEqual(["two", "three"]);
    expect((await again(run, "trigger")).sent.toSorted()).toEqual(["beside", "one", "three", "two"]);
  });

  it("goes on inside a loop: only the item that failed, and what had not begun", async () => {
    refuse("b");
    const loop = step("for-each", "each", { items: "{{trigger.body.list}}" });
    const nodes = [
      loop,
      inside("each", call("send", "unsafe", "{{item}}")),
      inside("each", call("note", "unsafe", "{{item}}!")),
      call("end", "unsafe"),
    ];
    const { run, view } = await ran(nodes, ["start -> each", "send -> note", "each:done -> end"], { list: ["a", "b", "c"] });
    expect(view.status).toBe("failed");
    refuse();
    const rerun = await again(run, "failed");
    expect(rerun.view.status).toBe("succeeded");
    expect(rerun.sent).toEqual(["b", "b!", "c", "c!", "end"]);
    const one = await again(rerun.id, { step: "note[1]" });
    expect(one.sent).toEqual(["b!", "end"]);
    expect(one.view.steps.each).toMatchObject({ status: "succeeded", container: { finished: 3, failed: 0 } });
    expect(await engine.output(one.id, "each")).toMatchObject({ count: 3, results: [{ ok: true }, { ok: true }, { ok: true }] });
  });

  it("takes over loops of pure steps, and begins at one of their items", async () => {
    refuse();
    const items = Array.from({ length: 250 }, (_, index) => index);
    const loop = step("for-each", "each", { items });
    const { run } = await ran(
      [loop, inside("each", node.transform("line", "{{item}}")), call("end", "unsafe")],
      ["start -> each", "each:done -> end"],
    );
    const { id, view } = await again(run, { step: "line[120]" });
    expect(view.steps.each?.container?.chunks.map(({ from, count }) => [from, count])).toEqual([
      [0, 100],
      [100, 100],
      [200, 50],
    ]);
    expect(await engine.output(id, "each")).toMatchObject({ count: 250 });
    expect((await again(run, { step: "end" })).sent).toEqual(["end"]);
  });

  it("leaves a failure that the flow had an answer to, and does not call again", async () => {
    refuse("may", "end");
    const { run } = await ran(
      [call("may", "unsafe"), call("instead", "unsafe"), call("end", "unsafe")],
      ["start -> may", "may:error -> instead", "instead -> end"],
    );
    refuse();
    expect((await again(run, "failed")).sent).toEqual(["end"]);
  });

  it("opens a try again whose inside failed", async () => {
    refuse("second");
    const nodes = [
      step("try", "attempt"),
      inside("attempt", call("first", "unsafe")),
      inside("attempt", call("second", "unsafe")),
    ];
    const { run } = await ran(nodes, ["start -> attempt", "first -> second"]);
    refuse();
    const { view, sent } = await again(run, "failed");
    expect(view).toMatchObject({ status: "succeeded", steps: { attempt: { status: "succeeded" } } });
    expect(sent).toEqual(["second"]);
  });

  it("takes over values that are blobs", async () => {
    refuse("end");
    const large = "x".repeat(100_000);
    const { run } = await ran([node.transform("text", large), call("end", "unsafe")], ["start -> text", "text -> end"]);
    refuse();
    const { id } = await again(run, "failed");
    expect(await engine.output(id, "text")).toBe(large);
  });

  it("knows what was marked as secret, and stores it sealed again", async () => {
    refuse("hush-hush");
    const marked = FlowNode.parse({ ...node.transform("text", { password: "hush-hush" }), secretPaths: ["password"] });
    const end = call("end", "unsafe", "{{steps.text.output.password}}");
    const { run } = await ran([marked, end], ["start -> text", "text -> end"]);
    refuse();
    const { id, sent } = await again(run, "failed");
    expect(sent).toEqual(["hush-hush"]);
    expect(JSON.stringify(await engine.pair.engine.journal(id, 0, { bare: false }))).not.toContain("hush-hush");
  });

  it("does not end where a stop step has ended the run before", async () => {
    refuse();
    const nodes = [call("one", "unsafe"), step("stop", "halt", { status: "failed", message: "no" }), call("late", "unsafe")];
    const { run, view } = await ran(nodes, ["start -> one", "one -> halt", "one -> late"]);
    expect(view.status).toBe("failed");
    const rerun = await again(run, "failed");
    expect(rerun.view).toMatchObject({ status: "failed" });
    expect(rerun.view.steps.halt?.kept).toBeUndefined();
    expect(rerun.sent).not.toContain("one");
  });

  it("on the latest version drops what is gone and what came after it", async () => {
    refuse();
    const { flow, run } = await ran(inARow, edges);
    const document = testFlow(
      [node.start(), call("one", "unsafe"), call("new", "unsafe"), call("three", "read")],
      ["start -> one", "one -> new", "new -> three"],
    );
    await publishFlow(deps, { workspace, flow, document });
    const { view, sent } = await again(run, { step: "three" }, "latest");
    expect(sent).toEqual(["new", "three"]);
    expect(view.steps.two).toBeUndefined();
  });

  it.each<[RerunFrom, string]>([
    ["failed", "the run has succeeded"],
    [{ step: "nowhere" }, 'the run has no step "nowhere"'],
    [{ step: "start" }, "is the trigger"],
  ])("from %j is refused where there is nothing to begin with", async (from, message) => {
    const { run } = await ran([], []);
    await expect(startRerun(deps, { workspace, run, from, version: "same" })).rejects.toThrow(message);
  });

  it("is refused while the run goes on, and in another workspace", async () => {
    const flow = await engine.publish([node.start(), node.delay("pause", 60_000)], ["start -> pause"]);
    const run = await engine.start(flow);
    await engine.reaches(run, "waiting");
    const rerun = { workspace, run, from: "trigger", version: "same" } as const;
    await expect(startRerun(deps, rerun)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("not ended"),
    });
    await expect(startRerun(deps, { ...rerun, workspace: "wsp_other" })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the preview of a rerun", () => {
  it("lists the calls that would repeat, unsafe ones first, with what was sent and when", async () => {
    refuse("two");
    const nodes = [call("one", "read"), call("two", "unsafe"), call("beside", "read")];
    const { run } = await ran(nodes, ["start -> one", "one -> two", "start -> beside"]);
    const preview = await previewOf(deps, { workspace, run, from: "trigger", version: "same" });
    expect(preview).toMatchObject({ callCount: 3, unsafeCount: 1, kept: ["start"], keptCount: 1, flows: [] });
    expect(preview.calls[0]).toMatchObject({
      step: "two",
      effect: "unsafe",
      method: "POST",
      url: `${engine.upstream.url}/unsafe`,
      sentAt: engine.clock(),
      status: "failed",
    });
    const less = await previewOf(deps, { workspace, run, from: "failed", version: "same" });
    expect(less.calls.map((each) => each.step)).toContain("two");
    expect(less.calls.map((each) => each.step)).not.toContain("one");
  });
});

describe("what many reruns repeat", () => {
  it("is counted without a look at what was sent, a run that cannot be run again for nothing", async () => {
    refuse("two");
    const nodes = [call("one", "unsafe"), call("two", "unsafe"), call("beside", "read")];
    const edges = ["start -> one", "one -> two", "start -> beside"];
    const failed = [(await ran(nodes, edges)).run, (await ran(nodes, edges)).run];
    refuse();
    const well = (await ran(nodes, edges)).run;
    const runs = [well, ...failed].map((id) => ({ id, entries: 10 }));
    const entry = () => expect.fail("no entry is read");
    const count = (from: "failed" | "trigger", limit?: { runs: number; entries: number }) =>
      countBulkRepeats({ ...deps, engine: { ...deps.engine, entry } }, { workspace, from, runs }, limit);
    expect(await count("failed")).toEqual({ lookedAt: 3, calls: 2, unsafe: 2, unsafeRuns: 2, flows: 0 });
    const all = { lookedAt: 3, calls: 9, unsafe: 6, unsafeRuns: 3, flows: 0 };
    expect(await count("trigger")).toEqual(all);
    expect(await count("trigger", { runs: 1, entries: 100 })).toMatchObject({ lookedAt: 1, calls: 3 });
    expect(await count("trigger", { runs: 3, entries: 29 })).toMatchObject({ lookedAt: 2, calls: 6 });
    expect(await count("trigger", { runs: 3, entries: 9 })).toMatchObject({ lookedAt: 0, calls: 0 });
  });
});

describe("what is kept", () => {
  const graph = buildGraph(
    testFlow(
      [
        node.start(),
        node.transform("a", 1),
        step("for-each", "each", { items: [1, 2], concurrency: 2, onItemError: "continue" }),
        inside("each", node.transform("b", 1)),
        inside("each", step("try", "t")),
        inside("t", node.transform("c", 1)),
        inside("each", node.transform("d", 1)),
        node.transform("e", 1),
        node.transform("f", 1),
      ],
      ["start -> a", "a -> each", "b -> t", "t:done -> d", "each:done -> e", "a -> f", "f -> e"],
    ),
  );
  type Event = {
    [Kind in JournalEntry["kind"]]: Omit<Extract<JournalEntry, { kind: Kind }>, "number" | "at">;
  }[JournalEntry["kind"]];
  const done = (of: string, ports: string[], iteration?: number[]): Event => ({
    kind: "step-succeeded",
    node: of,
    startedAt: 0,
    ports,
    ...(iteration && { iteration }),
  });
  const iteration = (index: number): Event[] => [
    done("b", ["out"], [index]),
    { kind: "container-started", node: "t", iteration: [index], count: null },
    done("c", ["out"], [index]),
    done("t", ["done"], [index]),
    done("d", ["out"], [index]),
    { kind: "iteration-finished", node: "each", iteration: [index], status: "succeeded" },
  ];
  const whole: Event[] = [
    { kind: "run-started", trigger: "start" },
    done("start", ["out"]),
    done("a", ["out"]),
    { kind: "container-started", node: "each", count: 2 },
    done("f", ["out"]),
    ...iteration(1),
    ...iteration(0),
    done("each", ["done"]),
    done("e", ["out"]),
  ];
  const all = foldJournal(whole.map((entry, at) => ({ ...entry, number: at + 1, at }) as JournalEntry));
  const keys = Object.keys(all.steps).filter((key) => key !== "start");

  it("is closed under what came before, folds, and never holds what is after the step", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: whole.length }), fc.option(fc.constantFrom(...keys)), (length, key) => {
        const entries = whole.slice(0, length).map((entry, at) => ({ ...entry, number: at + 1, at }) as JournalEntry);
        const kept = keptEntries(entries, { ran: graph, next: graph }, key === null ? "failed" : { step: key });
        const view = foldJournal(kept.entries.map((entry, at) => ({ ...entry, number: at + 1 })));
        const before = foldJournal(entries);
        for (const [each, { status, container, node: id, iteration: path }] of Object.entries(view.steps)) {
          if (container && !kept.steps.has(each)) expect(status).toBe("running");
          else expect({ each, status }).toEqual({ each, status: before.steps[each]?.status });
          if (!kept.steps.has(each)) continue;
          for (const { source } of graph.incoming.get(id) ?? []) expect(kept.steps).toContain(stepKey(source, path));
        }
        if (key !== null) expect(kept.steps).not.toContain(key);
        if (key === null)
          expect([...kept.steps].toSorted()).toEqual(
            Object.keys(before.steps)
              .filter((each) => before.steps[each]?.status === "succeeded")
              .toSorted(),
          );
      }),
      { numRuns: 300 },
    );
  });
});
