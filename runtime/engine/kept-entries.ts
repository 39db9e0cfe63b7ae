import type { RerunFrom } from "../../shared/api/rerun.ts";
import type { ContainerNode } from "../../shared/flow/container-node.ts";
import { edgeState, type Graph, handlesError, type Scope, topologicalOrder, topScope } from "../../shared/flow/graph.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isContainer, isTrigger, parentOf } from "../../shared/flow/node-ports.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { foldJournal, isSettled, type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";

/** `ran`: what the run had; `next`: what its rerun has. The same graph for the same version. */
type Versions = { ran: Graph; next: Graph };

/** What a rerun takes over: keys of steps, and which entries of the run these are, by their numbers there. */
export type Kept = { steps: Set<string>; entries: JournalEntry[]; view: RunView };

/**
 * The entries of a run that still hold in a rerun. A step is kept when it has settled well (or badly, where the flow had an answer to
 * that) and all that it follows in the next version is kept or skipped: so the rerun finds itself where the run was, and never executes
 * a kept step again. A container around what is executed again is opened again, with the iterations that stay as they are.
 */
export function keptEntries(entries: JournalEntry[], { ran, next }: Versions, from: RerunFrom): Kept {
  const view = foldJournal(entries);
  const walk: Walk = {
    view,
    ran,
    next,
    from: typeof from === "object" ? placeOf(view, ran, from.step) : null,
    order: orderOf(next),
    stoppedAt: stoppedAt(entries),
    changed: changedNodes(ran, next),
    inside: stepsInside(view, ran),
    steps: new Set(),
    opened: new Set(),
    iterations: new Set(),
    chunks: new Set(),
  };
  if (from === "trigger") keepTrigger(walk);
  else walkScope(walk, topScope);
  return { steps: walk.steps, entries: entries.filter((entry) => holds(walk, entry)), view };
}

type Place = { node: string; path: number[] };
type Walk = Versions & {
  view: RunView;
  from: Place | null;
  order: Map<string, number>;
  /** The stop step that has ended the run. */
  stoppedAt: string | null;
  /** Nodes that are gone or are something else, and all that came after them. */
  changed: Set<string>;
  /** Keys of the steps inside of a container's step, at any depth. */
  inside: Map<string, string[]>;
  /** Steps that are kept, with all that is inside of them. */
  steps: Set<string>;
  /** Containers that are opened again. */
  opened: Set<string>;
  /** `iteration-finished` entries that are kept, by their numbers. */
  iterations: Set<number>;
  chunks: Set<number>;
};

function holds({ steps, opened, iterations, chunks }: Walk, entry: JournalEntry): boolean {
  switch (entry.kind) {
    case "run-started":
      return true;
    case "run-resumed":
    case "turn-awaited":
    case "turn-taken":
    case "run-stopping":
    case "cancel-requested":
    case "run-finished":
      return false;
    case "iteration-finished":
      return iterations.has(entry.number);
    case "iterations-finished":
      return chunks.has(entry.number);
    default: {
      const key = stepKey(entry.node, entry.iteration);
      return steps.has(key) || (entry.kind === "container-started" && opened.has(key));
    }
  }
}

function keepTrigger({ view, steps, next, changed }: Walk): void {
  const { trigger } = view;
  if (trigger !== null && view.steps[trigger]?.status === "succeeded" && next.nodes.has(trigger) && !changed.has(trigger))
    steps.add(trigger);
}

type State = "kept" | "skipped" | "again";

/** Walks the nodes of a scope as the engine would come to them; gives true when all of them are kept or skipped. */
function walkScope(walk: Walk, scope: Scope): boolean {
  const states = new Map<string, State>();
  const nodes = walk.next.inside.get(scope.container) ?? [];
  for (const node of nodes.toSorted((one, other) => (walk.order.get(one.id) ?? 0) - (walk.order.get(other.id) ?? 0)))
    states.set(node.id, stateOf(walk, scope, node, states));
  return [...states.values()].every((state) => state !== "again");
}

function stateOf(walk: Walk, scope: Scope, node: FlowNode, states: Map<string, State>): State {
  const { view, next, steps } = walk;
  const key = stepKey(node.id, scope.path);
  const step = view.steps[key];
  if (isTrigger(node)) {
    if (node.id !== view.trigger) return "skipped";
    if (step?.status !== "succeeded" || walk.changed.has(node.id)) return "again";
    steps.add(key);
    return "kept";
  }
  const incoming = next.incoming.get(node.id) ?? [];
  let taken = incoming.length === 0 && scope.container !== null;
  for (const edge of incoming) {
    const state = states.get(edge.source) ?? "again";
    if (state === "again") return "again";
    if (state === "kept" && edgeState(edge, view, scope.path) === "taken") taken = true;
  }
  if (!taken) return "skipped";
  if (!step || walk.changed.has(node.id) || isFrom(walk, key)) return "again";
  if (isContainer(node)) return keepContainer(walk, node, step);
  if (!isWell(walk, step)) return "again";
  steps.add(key);
  return "kept";
}

function isFrom({ from }: Walk, key: string): boolean {
  return from !== null && stepKey(from.node, from.path) === key;
}

/** Has it settled so that the flow could go on after it? */
function isWell({ ran, next, stoppedAt }: Walk, step: StepView): boolean {
  if (stepKey(step.node, step.iteration) === stoppedAt) return false;
  if (step.status === "succeeded") return true;
  return step.status === "failed" && (step.ports.length > 0 || (handlesError(ran, step.node) && handlesError(next, step.node)));
}

function keepContainer(walk: Walk, node: ContainerNode, step: StepView): State {
  const key = stepKey(step.node, step.iteration);
  if (isWell(walk, step) && !isTouched(walk, step)) {
    keepInside(walk, step);
    walk.steps.add(key);
    return "kept";
  }
  if (!step.container) return "again";
  walk.opened.add(key);
  if (step.container.count === null) walkScope(walk, { container: node.id, path: step.iteration });
  else if (node.kind === "for-each") walkIterations(walk, node, step);
  return "again";
}

/** Is something inside of the container executed again, or different by now? */
function isTouched({ from, ran, next, changed, stoppedAt, inside }: Walk, step: StepView): boolean {
  if (from !== null && isAround(ran, step, from)) return true;
  if (stoppedAt !== null && inside.get(stepKey(step.node, step.iteration))?.includes(stoppedAt)) return true;
  return hasChangedInside({ ran, next }, step.node, changed);
}

function isAround(graph: Graph, step: StepView, { node, path }: Place): boolean {
  if (!step.iteration.every((index, at) => path[at] === index)) return false;
  for (let id = parentIn(graph, node); id !== null; id = parentIn(graph, id)) if (id === step.node) return true;
  return false;
}

function parentIn(graph: Graph, id: string): string | null {
  const node = graph.nodes.get(id);
  return node ? parentOf(node) : null;
}

function hasChangedInside({ ran, next }: Versions, container: string, changed: Set<string>): boolean {
  if (ran === next) return false;
  const before = ran.inside.get(container) ?? [];
  const after = next.inside.get(container) ?? [];
  if (before.length !== after.length) return true;
  return before.some(({ id }) => changed.has(id) || hasChangedInside({ ran, next }, id, changed));
}

/** All of it, however it ended: the container's own outcome has taken account of that. */
function keepInside(walk: Walk, step: StepView): void {
  const { view, steps } = walk;
  keepFinished(walk, step);
  for (const key of walk.inside.get(stepKey(step.node, step.iteration)) ?? []) {
    steps.add(key);
    const inner = view.steps[key];
    if (inner) keepFinished(walk, inner);
  }
}

function keepFinished({ iterations, chunks }: Walk, { container }: StepView): void {
  for (const { entry } of Object.values(container?.iterations ?? {})) iterations.add(entry);
  for (const { entry } of container?.chunks ?? []) chunks.add(entry);
}

function walkIterations(walk: Walk, node: ContainerNode & { kind: "for-each" }, step: StepView): void {
  const { view, ran, next, changed, iterations, chunks, steps, from } = walk;
  const { container } = step;
  if (!container) return;
  const isDifferent = hasChangedInside({ ran, next }, node.id, changed);
  const goesOn = node.onItemError === "continue";
  const fromIndex = from !== null && isAround(ran, step, from) ? (from.path[step.iteration.length] ?? null) : null;
  // Together they are the first iterations: nothing is kept after the first that is gone.
  for (const chunk of container.chunks) {
    const isTouchedHere = fromIndex !== null && chunk.from <= fromIndex && fromIndex < chunk.from + chunk.count;
    if (isDifferent || isTouchedHere || (chunk.failed.length > 0 && !goesOn)) break;
    chunks.add(chunk.entry);
  }
  for (const [index, keys] of iterationsOf(walk, step)) {
    const finished = container.iterations[index];
    const isGood = finished?.status === "succeeded" || (finished?.status === "failed" && goesOn);
    const isStopped = walk.stoppedAt !== null && keys.includes(walk.stoppedAt);
    if (finished && isGood && !isDifferent && !isStopped && index !== fromIndex) {
      iterations.add(finished.entry);
      for (const key of keys) {
        steps.add(key);
        const inner = view.steps[key];
        if (inner) keepFinished(walk, inner);
      }
    } else walkScope(walk, { container: node.id, path: [...step.iteration, index] });
  }
}

/** The iterations that have left a trace, in order, with the keys of their steps. */
function iterationsOf({ view, inside }: Walk, step: StepView): [number, string[]][] {
  const found = new Map<number, string[]>(Object.keys(step.container?.iterations ?? {}).map((index) => [Number(index), []]));
  for (const key of inside.get(stepKey(step.node, step.iteration)) ?? []) {
    const index = view.steps[key]?.iteration[step.iteration.length];
    if (index === undefined) continue;
    const known = found.get(index);
    if (known) known.push(key);
    else found.set(index, [key]);
  }
  return [...found].sort(([one], [other]) => one - other);
}

function stepsInside(view: RunView, graph: Graph): Map<string, string[]> {
  const inside = new Map<string, string[]>();
  for (const [key, { node, iteration }] of Object.entries(view.steps))
    for (let id = parentIn(graph, node); id !== null; id = parentIn(graph, id)) {
      const around = stepKey(id, iteration.slice(0, graph.depth.get(id) ?? 0));
      const known = inside.get(around);
      if (known) known.push(key);
      else inside.set(around, [key]);
    }
  return inside;
}

function stoppedAt(entries: JournalEntry[]): string | null {
  const stop = entries.find((entry) => entry.kind === "run-stopping");
  return stop?.kind === "run-stopping" ? stepKey(stop.node, stop.iteration) : null;
}

/** Pure iterations have no steps of their own, so the place is read from the key. */
function placeOf(view: RunView, ran: Graph, key: string): Place | null {
  const step = view.steps[key];
  if (step) return { node: step.node, path: step.iteration };
  const [, node = "", indexes = ""] = /^([^[]+)\[([\d,]+)\]$/.exec(key) ?? [];
  return ran.nodes.has(node) ? { node, path: indexes.split(",").map(Number) } : null;
}

function orderOf(graph: Graph): Map<string, number> {
  const sorted = topologicalOrder(graph);
  return new Map(("order" in sorted ? sorted.order : []).map((id, at) => [id, at]));
}

function changedNodes(ran: Graph, next: Graph): Set<string> {
  const changed = new Set<string>();
  if (ran === next) return changed;
  const open: string[] = [];
  for (const [id, node] of ran.nodes) {
    const now = next.nodes.get(id);
    if (!now || now.kind !== node.kind || parentOf(now) !== parentOf(node)) open.push(id);
  }
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (changed.has(id)) continue;
    changed.add(id);
    for (const { target } of ran.outgoing.get(id) ?? []) open.push(target);
    // What is inside of it was part of it.
    for (const inner of ran.inside.get(id) ?? []) open.push(inner.id);
  }
  return changed;
}

/** Has the step settled, so that a rerun may begin with it? A pure step of a loop is known by its place alone. */
export function canBeginAt(view: RunView, graph: Graph, key: string): boolean {
  const step = view.steps[key];
  if (step) return isSettled(step) || view.finishedAt !== null;
  return placeOf(view, graph, key) !== null;
}
