import { setImmediate as nextTurn } from "node:timers/promises";
import type { ForEachNode } from "../../shared/flow/container-node.ts";
import { readPath } from "../../shared/flow/expression.ts";
import type { FlowEdge } from "../../shared/flow/flow.ts";
import { type Graph, lastInside, topologicalOrder } from "../../shared/flow/graph.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger, outcomePorts } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import { type IterationChunk, resultIn } from "../../shared/run/iteration-chunk.ts";
import type { RunError } from "../../shared/run/run.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import { compileOnce } from "./compile-once.ts";
import { resolveResult } from "./container-result.ts";
import { executeStep } from "./execute-step.ts";
import type { HeldRun, Loop, OpenContainer, Running } from "./held-run.ts";
import { jsonSize } from "./json-size.ts";
import { budgetProblem } from "./run-budget.ts";
import { place, type StepOutcome } from "./step.ts";
import { stepContext } from "./step-context.ts";

const mostInChunk = 100;
/** About so many bytes of JSON make a chunk full: it is written as one text, in one turn. */
const largestChunk = 4_000_000;
/** Entries that may be on their way to the disk while the next iterations are run. */
const mostUnwritten = 4;

const pureKinds: ReadonlySet<FlowNode["kind"]> = new Set(["transform", "branch", "switch", "filter"]);

/** Does nothing inside of the for-each touch anything but the run's own values? */
export function isPure(graph: Graph, node: ForEachNode): boolean {
  const inside = graph.inside.get(node.id) ?? [];
  return inside.length > 0 && inside.every((each) => pureKinds.has(each.kind) && !isTrigger(each) && !each.secretPaths?.length);
}

/** The steps of one iteration, by node: they are in no journal of their own. */
type LocalStep = { letter: "s" | "f" | "k"; ports: string[]; output: Json | undefined; error: RunError | null };
type Local = { index: number; item: Json; steps: Map<string, LocalStep> };

/** The inside of a for-each, made ready for going through it many times. */
type Inside = { nodes: { node: FlowNode; incoming: FlowEdge[]; handlesError: boolean }[]; last: string | null };

const insideOf = compileOnce((graph: Graph) => {
  const known = new Map<string, Inside>();
  return (container: string): Inside => {
    const found = known.get(container);
    if (found) return found;
    const made = makeInside(graph, container);
    known.set(container, made);
    return made;
  };
});

function makeInside(graph: Graph, container: string): Inside {
  const sorted = topologicalOrder(graph);
  const order = new Map(("order" in sorted ? sorted.order : []).map((id, at) => [id, at]));
  const nodes = (graph.inside.get(container) ?? []).toSorted(
    (one, other) => (order.get(one.id) ?? 0) - (order.get(other.id) ?? 0),
  );
  return {
    nodes: nodes.map((node) => ({
      node,
      incoming: graph.incoming.get(node.id) ?? [],
      handlesError: (graph.outgoing.get(node.id) ?? []).some(({ port }) => port === "error"),
    })),
    last: lastInside(graph, container),
  };
}

/**
 * Goes through the iterations of a for-each whose steps are all pure, one after the other, and journals up to 100 of them in one entry. The
 * event loop gets its turn between entries. Gives the failure that ends the for-each, null when it came to its end or was stopped.
 */
export async function runPureIterations(held: HeldRun, container: OpenContainer, running: Running): Promise<RunError | null> {
  const { loop, node, scope } = container;
  if (!loop || node.kind !== "for-each") return null;
  const { journal, version } = held;
  const inside = insideOf(version.graph)(node.id);
  const one = prepareIteration(held, container, node);
  const unwritten: Promise<boolean>[] = [];
  while (loop.next < loop.items.length) {
    const chunk = openChunk(inside, node, loop.next);
    while (chunk.count < mostInChunk && chunk.size < largestChunk && loop.next < loop.items.length && chunk.failure === null) {
      const ran = one({ index: loop.next, item: loop.items[loop.next] ?? null, steps: new Map() }, inside);
      const result = ran instanceof Promise ? await ran : ran;
      addToChunk(chunk, result, { loop, node });
    }
    if (running.aborted) return null;
    held.steps += chunk.steps;
    const failed = Object.keys(chunk.value.failures ?? {}).map((at) => chunk.from + Number(at));
    const { from, count, steps } = chunk;
    journal.add(
      { kind: "iterations-finished", ...place(node.id, scope.path), from, count, failed, steps },
      { output: chunk.value as unknown as Json },
    );
    if (chunk.failure !== null) return chunk.failure;
    const overdrawn = budgetProblem(held);
    if (overdrawn) {
      held.top.failure ??= overdrawn;
      return null;
    }
    unwritten.push(journal.flush());
    if (unwritten.length > mostUnwritten) await unwritten.shift();
    if (journal.lost() !== null) return null;
    await nextTurn();
  }
  return null;
}

type Chunk = { from: number; count: number; steps: number; size: number; value: IterationChunk; failure: RunError | null };

function openChunk({ nodes, last }: Inside, { result }: ForEachNode, from: number): Chunk {
  const steps = Object.fromEntries(nodes.map(({ node }) => [node.id, { statuses: "", outputs: [] }]));
  const gives = result !== undefined ? { results: [] } : last !== null ? { last } : {};
  return { from, count: 0, steps: 0, size: 0, value: { steps, ...gives }, failure: null };
}

type Ran = { local: Local; failure: RunError | null; result: Json };

function addToChunk(chunk: Chunk, { local, failure, result }: Ran, { loop, node }: { loop: Loop; node: ForEachNode }): void {
  const at = chunk.count;
  const { steps, results } = chunk.value;
  for (const id in steps) {
    const step = local.steps.get(id);
    const column = steps[id];
    if (!column) continue;
    column.statuses += step?.letter ?? "-";
    column.outputs.push(step?.output ?? null);
    chunk.size += jsonSize(step?.output);
    if (step?.error) column.errors = { ...column.errors, [at]: step.error };
  }
  results?.push(result);
  if (results) chunk.size += jsonSize(result);
  chunk.steps += local.steps.size;
  chunk.count += 1;
  loop.next += 1;
  if (failure === null) loop.results[local.index] = resultIn(chunk.value, at);
  else {
    chunk.value.failures = { ...chunk.value.failures, [at]: failure };
    loop.errors.push({ index: local.index, error: failure });
    if (node.onItemError === "stop") chunk.failure = failure;
  }
}

/** Gives what runs one iteration: at once, unless an expression is evaluated. */
function prepareIteration(
  held: HeldRun,
  { scope }: OpenContainer,
  node: ForEachNode,
): (local: Local, inside: Inside) => Ran | Promise<Ran> {
  let current: Local = { index: 0, item: null, steps: new Map() };
  const lookup: Lookup = (path) => {
    const [root, id, field] = path;
    if (root === "item") return readPath(current.item, path.slice(1)) as Json | undefined;
    if (root === "index") return current.index;
    if (root !== "steps" || typeof id !== "string") return scope.lookup(path);
    if (id === node.id)
      return field === "item" ? (readPath(current.item, path.slice(3)) as Json) : field === "index" ? current.index : undefined;
    const step = current.steps.get(id);
    if (!step) return scope.lookup(path);
    if (field === "output") return readPath(step.output, path.slice(3)) as Json | undefined;
    if (field === "error") return readPath(step.error ?? undefined, path.slice(3)) as Json | undefined;
    return field === "status" ? words[step.letter] : undefined;
  };
  const signal = () => new AbortController().signal;
  const context = stepContext(held, { path: scope.path, key: node.id, step: null, lookup, signal });

  function go(local: Local, { nodes }: Inside, from: number): Ran | Promise<Ran> {
    for (let at = from; at < nodes.length; at += 1) {
      const each = nodes[at];
      if (!each) continue;
      const state = stateOf(each.incoming, local);
      if (state === "skipped") {
        local.steps.set(each.node.id, { letter: "k", ports: [], output: undefined, error: null });
        continue;
      }
      const outcome = executeStep(each.node, context);
      if (outcome instanceof Promise)
        return outcome.then((ended) => {
          const failure = note(local, each, ended);
          return failure ? { local, failure, result: null } : go(local, { nodes, last: null }, at + 1);
        });
      const failure = note(local, each, outcome);
      if (failure) return { local, failure, result: null };
    }
    if (node.result === undefined) return { local, failure: null, result: null };
    const resolved = resolveResult(held, node, lookup);
    const end = (given: Awaited<typeof resolved>): Ran =>
      given.outcome === "resolved"
        ? { local, failure: null, result: given.value ?? null }
        : { local, failure: { ...given.error, node: node.id }, result: null };
    return resolved instanceof Promise ? resolved.then(end) : end(resolved);
  }

  return (local, inside) => {
    current = local;
    return go(local, inside, 0);
  };
}

const words = { s: "succeeded", f: "failed", k: "skipped" } as const;

/** The nodes come in an order in which every edge points forward, so what leads to one has settled. */
function stateOf(incoming: FlowEdge[], local: Local): "ready" | "skipped" {
  if (incoming.length === 0) return "ready";
  const taken = incoming.some(({ source, port }) => {
    const step = local.steps.get(source);
    return step !== undefined && (step.ports.includes(port) || (step.letter === "f" && port === "error"));
  });
  return taken ? "ready" : "skipped";
}

/** Keeps what a step came to; gives the failure that ends its iteration. */
function note(local: Local, { node, handlesError }: Inside["nodes"][number], outcome: StepOutcome): RunError | null {
  if (outcome.outcome === "succeeded") {
    local.steps.set(node.id, { letter: "s", ports: outcome.ports, output: outcome.values.output, error: null });
    return null;
  }
  const error = outcome.outcome === "failed" ? outcome.error : { code: "internal", message: "the step did not come to an end" };
  const goesOn = !handlesError && !isTrigger(node) && node.onError === "continue";
  local.steps.set(node.id, { letter: "f", ports: goesOn ? outcomePorts(node).slice(0, 1) : [], output: undefined, error });
  return handlesError || goesOn ? null : { ...error, node: node.id };
}
