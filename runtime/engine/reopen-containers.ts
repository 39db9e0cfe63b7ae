import { containersOf, failureOf } from "../../shared/flow/graph.ts";
import { isContainer, parentOf } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import { type IterationChunk, resultIn } from "../../shared/run/iteration-chunk.ts";
import { type StepView, stepKey } from "../../shared/run/run-view.ts";
import { beginIterations } from "./containers.ts";
import type { HeldRun, Loop, OpenContainer } from "./held-run.ts";
import { openScope, scopeKey } from "./open-scope.ts";

/** Opens the containers that an earlier holder has left open, the outer ones first, with what each of them had come to. */
export function reopenContainers(held: HeldRun): void {
  const { journal, version } = held;
  const open = [...journal.view.open].flatMap((key) => {
    const step = journal.view.steps[key];
    const node = step?.container ? version.graph.nodes.get(step.node) : undefined;
    return step && node && isContainer(node) ? [{ step, node, around: containersOf(version.graph, node.id).length }] : [];
  });
  if (open.length === 0) return;
  const begun = begunIterations(held);
  const containers: OpenContainer[] = [];
  for (const { step, node } of open.toSorted((one, other) => one.around - other.around)) {
    const scope = held.scopes.get(scopeKey(parentOf(node), step.iteration));
    if (!scope) continue;
    const loop = node.kind === "for-each" ? readLoop(held, step) : null;
    const container: OpenContainer = { node, scope, startedAt: step.startedAt ?? 0, inside: new Set(), failure: null, loop };
    scope.containers.add(container);
    containers.push(container);
    if (loop) reopenIterations(held, container, { step, begun: begun.get(stepKey(node.id, step.iteration)) ?? -1 });
    else reopenScope(held, container, scope.path);
  }
  for (const container of containers) beginIterations(held, container);
}

function reopenScope(held: HeldRun, container: OpenContainer, path: number[]): void {
  const scope = openScope(held, container, path);
  scope.failure = failureOf(held.version.graph, held.journal.view, scope);
}

type Reopened = { step: StepView; begun: number };

/** Of iterations that went on at the same time, one may have left no trace while a later one did. */
function reopenIterations(held: HeldRun, container: OpenContainer, { step, begun }: Reopened): void {
  const { node, loop, scope } = container;
  if (!loop || !step.container) return;
  const finished = new Set(Object.keys(step.container.iterations).map(Number));
  const chunked = step.container.chunks.reduce((end, { from, count }) => Math.max(end, from + count), 0);
  loop.next = Math.max(chunked, begun + 1);
  for (const index of finished) loop.next = Math.max(loop.next, index + 1);
  if (node.kind === "for-each" && node.onItemError === "stop") container.failure = loop.errors[0]?.error ?? null;
  for (let index = chunked; index < loop.next; index += 1)
    if (!finished.has(index)) reopenScope(held, container, [...scope.path, index]);
}

function readLoop({ journal }: HeldRun, step: StepView): Loop {
  const items = step.inputEntry === null ? [] : (journal.values(step.inputEntry).input as Json[]);
  const loop: Loop = { items, results: [], errors: [], next: 0 };
  for (const [index, { status, error, entry }] of Object.entries(step.container?.iterations ?? {})) {
    if (status === "succeeded") loop.results[Number(index)] = journal.values(entry).output ?? null;
    if (status === "failed" && error) loop.errors.push({ index: Number(index), error });
  }
  for (const { from, count, entry } of step.container?.chunks ?? []) {
    const chunk = journal.values(entry).output as unknown as IterationChunk;
    for (let at = 0; at < count; at += 1) {
      const error = chunk.failures?.[at];
      if (error) loop.errors.push({ index: from + at, error });
      else loop.results[from + at] = resultIn(chunk, at);
    }
  }
  return loop;
}

/** The highest index that any step inside of an open for-each has, by the key of its step. */
function begunIterations({ journal, version }: HeldRun): Map<string, number> {
  const highest = new Map<string, number>();
  const { steps, open } = journal.view;
  for (const key in steps) {
    const step = steps[key];
    if (!step || step.iteration.length === 0) continue;
    const loops = containersOf(version.graph, step.node).filter(({ kind }) => kind === "for-each");
    for (const [at, { id }] of loops.toReversed().entries()) {
      const container = stepKey(id, step.iteration.slice(0, at));
      const index = step.iteration[at];
      if (index !== undefined && open.has(container)) highest.set(container, Math.max(index, highest.get(container) ?? -1));
    }
  }
  return highest;
}
