import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../run/journal.ts";
import { emptyRunView, foldJournal, isSettled, type RunView } from "../run/run-view.ts";
import type { Flow, FlowEdge } from "./flow.ts";
import { ancestors, buildGraph, edgeState, handlesError, nextNodes, topologicalOrder } from "./graph.ts";
import type { FlowNode } from "./node.ts";

type Settled = { id: string; as: "succeeded" | "failed" | "skipped" | "canceled" | "running" | "waiting"; ports?: string[] };

describe("nextNodes", () => {
  it.each<[string, string[], Settled[], { ready: string[]; skipped: string[] }]>([
    ["starts after the trigger", ["start>a", "a>b"], [ok("start")], { ready: ["a"], skipped: [] }],
    ["waits for a running node", ["start>a", "a>b"], [ok("start"), { id: "a", as: "running" }], { ready: [], skipped: [] }],
    ["waits for a waiting node", ["start>a", "a>b"], [ok("start"), { id: "a", as: "waiting" }], { ready: [], skipped: [] }],
    ["runs parallel branches at once", ["start>a", "start>b"], [ok("start")], { ready: ["a", "b"], skipped: [] }],
    [
      "takes the port of the outcome and skips the other",
      ["start>if", "if:true>a", "if:false>b"],
      [ok("start"), ok("if", "true")],
      { ready: ["a"], skipped: ["b"] },
    ],
    [
      "joins when one branch was skipped",
      ["start>if", "if:true>a", "if:false>b", "a>join", "b>join"],
      [ok("start"), ok("if", "true"), ok("a"), { id: "b", as: "skipped" }],
      { ready: ["join"], skipped: [] },
    ],
    [
      "does not join before every branch has settled",
      ["start>a", "start>b", "a>join", "b>join"],
      [ok("start"), ok("a")],
      { ready: ["b"], skipped: [] },
    ],
    [
      "skips a join whose branches were all skipped",
      ["start>if", "if:true>a", "if:false>b", "a>join"],
      [ok("start"), ok("if", "false"), { id: "a", as: "skipped" }, ok("b")],
      { ready: [], skipped: ["join"] },
    ],
    [
      "takes the error port of a failed node",
      ["start>a", "a>b", "a:error>rescue"],
      [ok("start"), { id: "a", as: "failed" }],
      { ready: ["rescue"], skipped: ["b"] },
    ],
    [
      "skips the error port of a node that succeeded",
      ["start>a", "a>b", "a:error>rescue"],
      [ok("start"), ok("a")],
      { ready: ["b"], skipped: ["rescue"] },
    ],
    [
      "joins success and rescue",
      ["start>a", "a>join", "a:error>join"],
      [ok("start"), { id: "a", as: "failed" }],
      { ready: ["join"], skipped: [] },
    ],
    [
      "skips everything after a canceled node",
      ["start>a", "a>b", "a:error>c"],
      [ok("start"), { id: "a", as: "canceled" }],
      { ready: [], skipped: ["b", "c"] },
    ],
    ["skips a node without incoming edges", ["start>a", "island>b"], [ok("start")], { ready: ["a"], skipped: ["island"] }],
    ["leaves out what has a step already", ["start>a"], [ok("start"), ok("a")], { ready: [], skipped: [] }],
  ])("%s", (_, edges, steps, expected) => {
    const next = nextNodes(buildGraph(flowOf(edges)), viewOf(steps));
    expect({ ready: next.ready.map(({ id }) => id), skipped: next.skipped.map(({ id }) => id) }).toEqual(expected);
  });

  it("skips the triggers that did not start the run, and what only they lead to", () => {
    const graph = buildGraph(flowOf(["start>a", "start-too>a", "start-too>b"]));
    const first = nextNodes(graph, viewOf([ok("start")]));
    expect(first.skipped.map(({ id }) => id)).toEqual(["start-too"]);
    const second = nextNodes(graph, viewOf([ok("start"), { id: "start-too", as: "skipped" }]));
    expect({ ready: second.ready.map(({ id }) => id), skipped: second.skipped.map(({ id }) => id) }).toEqual({
      ready: ["a"],
      skipped: ["b"],
    });
  });

  it("settles every node exactly once in any graph, in at most as many turns as it has nodes", () => {
    fc.assert(
      fc.property(anyDag, fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (flow, chance) => {
        const graph = buildGraph(flow);
        const settled: string[] = [];
        let view = foldJournal([{ number: 1, at: 0, kind: "run-started", trigger: "start" }, ...entry(ok("start"), 2)]);
        for (let turn = 0; ; turn++) {
          const { ready, skipped } = nextNodes(graph, view);
          if (ready.length + skipped.length === 0) break;
          expect(turn).toBeLessThan(flow.nodes.length);
          for (const { id } of skipped) {
            expect(incomingStates(graph, id, view)).not.toContain("taken");
            expect(incomingStates(graph, id, view)).not.toContain("pending");
          }
          for (const { id } of ready) {
            expect(incomingStates(graph, id, view)).toContain("taken");
            expect(incomingStates(graph, id, view)).not.toContain("pending");
          }
          // Only some of the ready ones settle in this turn, in any order, as parallel calls do.
          const due = ready.filter((_, index) => index === 0 || next(chance) < 0.6);
          const outcomes: Settled[] = [
            ...skipped.map(({ id }): Settled => ({ id, as: "skipped" })),
            ...due.map((node) => outcomeOf(node, next(chance))),
          ];
          settled.push(...outcomes.map(({ id }) => id));
          view = foldJournal(
            outcomes.flatMap((outcome, index) => entry(outcome, view.length + index + 1)),
            view,
          );
        }
        expect(settled.toSorted()).toEqual(
          flow.nodes
            .map(({ id }) => id)
            .filter((id) => id !== "start")
            .toSorted(),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("edgeState", () => {
  it("is pending while there is no step", () => {
    const flow = flowOf(["start>a"]);
    expect(flow.edges.map((edge) => edgeState(edge, emptyRunView()))).toEqual(["pending"]);
  });
});

describe("isSettled", () => {
  it.each([
    ["running", false],
    ["waiting", false],
    ["succeeded", true],
    ["failed", true],
    ["skipped", true],
    ["canceled", true],
  ] as const)("says of %s: %s", (as, expected) => {
    const step = viewOf([{ id: "a", as }]).steps.a;
    expect(step && isSettled(step)).toBe(expected);
  });
});

describe("handlesError", () => {
  it("looks for an edge that leaves the error port", () => {
    const graph = buildGraph(flowOf(["start>a", "a>b", "b:error>c"]));
    expect(["a", "b", "unknown"].map((id) => handlesError(graph, id))).toEqual([false, true, false]);
  });
});

describe("ancestors", () => {
  it("finds everything that leads to a node, over any number of paths", () => {
    const graph = buildGraph(flowOf(["start>a", "start>b", "a>c", "b>c", "c>d", "start>e"]));
    expect([...ancestors(graph, "d")].sort()).toEqual(["a", "b", "c", "start"]);
    expect(ancestors(graph, "start").size).toBe(0);
    expect(ancestors(graph, "unknown").size).toBe(0);
  });

  it("ends on a cycle", () => {
    expect([...ancestors(buildGraph(flowOf(["a>b", "b>a"])), "a")].sort()).toEqual(["a", "b"]);
  });
});

describe("topologicalOrder", () => {
  it("puts every node behind all that lead to it, in any graph", () => {
    fc.assert(
      fc.property(anyDag, (flow) => {
        const sorted = topologicalOrder(buildGraph(flow));
        const order = "order" in sorted ? sorted.order : [];
        expect(order.toSorted()).toEqual(flow.nodes.map(({ id }) => id).toSorted());
        for (const { source, target } of flow.edges) expect(order.indexOf(source)).toBeLessThan(order.indexOf(target));
      }),
    );
  });

  it.each<[string, string[], string[]]>([
    ["two nodes", ["start>a", "a>b", "b>a"], ["a", "b"]],
    ["itself", ["start>a", "a>a"], ["a"]],
    ["two nodes, not what follows them", ["start>a", "a>b", "b>a", "b>c", "c>d"], ["a", "b"]],
    ["two cycles and the way between", ["a>b", "b>a", "b>m", "m>x", "x>y", "y>x", "y>z"], ["a", "b", "m", "x", "y"]],
  ])("names the nodes of a cycle of %s", (_, edges, cycle) => {
    const sorted = topologicalOrder(buildGraph(flowOf(edges)));
    expect("cycle" in sorted && sorted.cycle.toSorted()).toEqual(cycle);
  });

  it("takes an edge to or from nowhere for none, not for a cycle", () => {
    const flow = flowOf(["start>a"]);
    flow.edges.push(
      { id: "x", source: "a", port: "out", target: "ghost" },
      { id: "y", source: "ghost", port: "out", target: "a" },
    );
    expect(topologicalOrder(buildGraph(flow))).toEqual({ order: ["start", "a"] });
    expect(nextNodes(buildGraph(flow), viewOf([ok("start")])).ready.map(({ id }) => id)).toEqual(["a"]);
  });
});

/** Up to 12 nodes after the trigger, with edges that only lead forward; branches leave by either port, others may by `error`. */
const anyDag: fc.Arbitrary<Flow> = fc
  .record({
    branches: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
    edges: fc.array(fc.record({ from: fc.nat(), to: fc.nat(), port: fc.nat(2) }), { maxLength: 30 }),
  })
  .map(({ branches, edges }) => {
    const nodes = [node("start"), ...branches.map((branch, index) => node(`${branch ? "if" : "n"}${index}`))];
    const flow: Flow = { schemaVersion: 1, nodes, edges: [] };
    for (const [index, { from, to, port }] of edges.entries()) {
      const target = 1 + (to % branches.length);
      const source = nodes[from % target];
      const end = nodes[target];
      if (!source || !end) continue;
      const ports =
        source.kind === "branch" ? ["true", "false", "error"] : source.id === "start" ? ["out"] : ["out", "out", "error"];
      flow.edges.push({ id: `e${index}`, source: source.id, port: ports[port % ports.length] ?? "out", target: end.id });
    }
    return flow;
  });

function outcomeOf({ id, kind }: FlowNode, chance: number): Settled {
  if (chance < 0.15) return { id, as: "failed" };
  if (chance < 0.2) return { id, as: "canceled" };
  return ok(id, kind === "branch" ? (chance < 0.6 ? "true" : "false") : "out");
}

function next(stream: Iterator<number>): number {
  return stream.next().value ?? 0;
}

function incomingStates(graph: ReturnType<typeof buildGraph>, id: string, view: RunView): string[] {
  const trigger = id.startsWith("start") ? [] : (graph.incoming.get(id) ?? []);
  return trigger.map((edge) => edgeState(edge, view));
}

function ok(id: string, port = "out"): Settled {
  return { id, as: "succeeded", ports: [port] };
}

function viewOf(steps: Settled[]): RunView {
  const started: JournalEntry = { number: 1, at: 0, kind: "run-started", trigger: "start" };
  return foldJournal([started, ...steps.flatMap((step, index) => entry(step, index + 2))]);
}

function entry({ id, as, ports = [] }: Settled, number: number): JournalEntry[] {
  const head = { number, at: 0, node: id };
  switch (as) {
    case "succeeded":
      return [{ ...head, kind: "step-succeeded", startedAt: 0, ports }];
    case "failed":
      return [{ ...head, kind: "step-failed", startedAt: 0, error: { code: "x", message: "x" } }];
    case "skipped":
      return [{ ...head, kind: "step-skipped" }];
    case "canceled":
      return [{ ...head, kind: "step-canceled" }];
    case "running":
      return [{ ...head, kind: "step-started" }];
    case "waiting":
      return [{ ...head, kind: "step-waiting", reason: "delay", until: 1 }];
  }
}

/** `source:port>target`; ids that begin with `start` are triggers, with `if` branches. */
function flowOf(texts: string[]): Flow {
  const edges = texts.map((text, index): FlowEdge => {
    const [, source = "", port = "out", target = ""] = /^([\w-]+)(?::(\w+))?>([\w-]+)$/.exec(text) ?? [];
    return { id: `e${index}`, source, port, target };
  });
  const ids = [...new Set(edges.flatMap(({ source, target }) => [source, target]))];
  return { schemaVersion: 1, nodes: ids.map(node), edges };
}

function node(id: string): FlowNode {
  const common = { id, name: id, position: { x: 0, y: 0 } };
  if (id.startsWith("start")) return { ...common, kind: "manual-trigger" };
  if (id.startsWith("if")) return { ...common, kind: "branch", match: "all", conditions: [{ left: 1, operator: "exists" }] };
  return { ...common, kind: "transform", output: null };
}
