import type { ContainerNode } from "../../shared/flow/container-node.ts";
import { lastInside } from "../../shared/flow/graph.ts";
import type { Json } from "../../shared/json.ts";
import type { RunError } from "../../shared/run/run.ts";
import { isSettled, stepKey } from "../../shared/run/run-view.ts";
import { resolveResult } from "./container-result.ts";
import { abortInside, goOnBeside, type HeldRun, type OpenContainer, type OpenScope, runsInside } from "./held-run.ts";
import { openScope, scopeKey, settleFailure } from "./open-scope.ts";
import { isPure, runPureIterations } from "./pure-iterations.ts";
import type { Resolved } from "./resolve-value.ts";
import { place } from "./step.ts";

type Opening = { node: ContainerNode; items: Json[] | null; startedAt: number };

/** Opens a container whose step has just begun; `items` are those of a for-each. */
export function openContainer(held: HeldRun, scope: OpenScope, { node, items, startedAt }: Opening): void {
  const { journal } = held;
  journal.add(
    { kind: "container-started", ...place(node.id, scope.path), count: items?.length ?? null },
    items ? { input: items } : {},
  );
  const loop = items && { items, results: [], errors: [], next: 0 };
  const container: OpenContainer = { node, scope, startedAt, inside: new Set(), failure: null, loop };
  scope.containers.add(container);
  if (loop) beginIterations(held, container);
  else openScope(held, container, scope.path);
}

/** Begins as many iterations as may go on at a time, and ends the for-each after the last one. */
export function beginIterations(held: HeldRun, container: OpenContainer): void {
  const { node, loop, inside, scope } = container;
  if (!loop || node.kind !== "for-each") return;
  if (container.failure) {
    if (inside.size === 0) failContainer(held, container, container.failure);
    return;
  }
  if (isPure(held.version.graph, node) && loop.next < loop.items.length) {
    goOnBeside(held, goThroughPure(held, container));
    return;
  }
  while (inside.size < node.concurrency && loop.next < loop.items.length) {
    openScope(held, container, [...scope.path, loop.next]);
    loop.next += 1;
  }
  if (inside.size > 0) return;
  const errors = loop.errors.toSorted((one, other) => one.index - other.index);
  endContainer(held, container, {
    results: Array.from(loop.items, (_, index) => loop.results[index] ?? null),
    errors: errors.map(({ index, error }) => ({ index, error: { ...error } })),
    count: loop.items.length,
  });
}

/** Pure steps touch nothing outside, so many iterations go into one journal entry. */
async function goThroughPure(held: HeldRun, container: OpenContainer): Promise<void> {
  const { scope, node } = container;
  const running = { abort: null, aborted: false };
  const key = stepKey(node.id, scope.path);
  scope.running.set(key, running);
  const failure = await runPureIterations(held, container, running).finally(() => scope.running.delete(key));
  held.control.bell.ring();
  held.changed.add(scope);
  if (running.aborted || held.top.failure || held.journal.lost() !== null) return;
  container.failure = failure;
  beginIterations(held, container);
}

/** Every node of a scope has settled: the iteration, or the container, gives what it gives. True when that is in the journal. */
export function closeScope(held: HeldRun, scope: OpenScope): boolean {
  const { of: container } = scope;
  if (container === null) return false;
  const { node } = container;
  const end = (resolved: Resolved) => {
    if (resolved.outcome === "resolved") return endScope(held, scope, resolved.value ?? null);
    scope.failure = { ...held.secrets.error(resolved.error), node: node.id };
    held.changed.add(scope);
  };
  if (node.result === undefined) {
    const last = lastInside(held.version.graph, node.id);
    const value = last === null ? undefined : scope.lookup(["steps", last, "output"]);
    end({ outcome: "resolved", value });
    return true;
  }
  const resolved = resolveResult(held, node, scope.lookup);
  if (!(resolved instanceof Promise)) {
    end(resolved);
    return true;
  }
  const running = { abort: null, aborted: false };
  scope.running.set(resultKey, running);
  const ended = resolved.then((value) => {
    scope.running.delete(resultKey);
    held.changed.add(scope);
    if (!running.aborted) end(value);
    held.control.bell.ring();
  });
  goOnBeside(held, ended);
  return false;
}

/** No step has it. */
const resultKey = "=";

function endScope(held: HeldRun, scope: OpenScope, result: Json): void {
  const container = scope.of;
  if (!container) return;
  forget(held, scope);
  if (!container.loop) {
    endContainer(held, container, result);
    return;
  }
  const index = scope.path.at(-1) ?? 0;
  const at = place(container.node.id, scope.path);
  held.journal.add({ kind: "iteration-finished", ...at, status: "succeeded" }, { output: result });
  container.loop.results[index] = result;
  beginIterations(held, container);
}

function endContainer(held: HeldRun, container: OpenContainer, output: Json): void {
  const { scope, node, startedAt } = container;
  scope.containers.delete(container);
  held.changed.add(scope);
  held.journal.add({ kind: "step-succeeded", ...place(node.id, scope.path), startedAt, ports: ["done"] }, { output });
}

function failContainer(held: HeldRun, container: OpenContainer, error: RunError): void {
  const { scope, node, startedAt } = container;
  scope.containers.delete(container);
  settleFailure(held, scope, { node, startedAt, error });
}

/**
 * A scope is being stopped, by a failure in it or around it. Once nothing runs there any more, what waits is canceled and its container
 * is told; gives true when that was done.
 */
export function closeStopped(held: HeldRun, scope: OpenScope): boolean {
  let outer = scope;
  for (let each = scope; each.of; each = each.of.scope) if (each.failure !== null || each.of.failure !== null) outer = each;
  const container = outer.of;
  if (!container) return false;
  if (container.failure !== null) return closeAll(held, container, container.failure);
  if (runsInside(outer) || outer.failure === null) return false;
  cancelInside(held, outer);
  forget(held, outer);
  const error = outer.failure;
  if (!container.loop) {
    failContainer(held, container, error);
    return true;
  }
  failIteration(held, container, outer.path, error);
  return true;
}

function failIteration(held: HeldRun, container: OpenContainer, path: number[], error: RunError): void {
  const { node, loop } = container;
  const index = path.at(-1) ?? 0;
  held.journal.add({ kind: "iteration-finished", ...place(node.id, path), status: "failed", error });
  loop?.errors.push({ index, error });
  if (node.kind === "for-each" && node.onItemError === "stop") {
    container.failure = error;
    for (const other of container.inside) {
      abortInside(other);
      held.changed.add(other);
    }
  }
  beginIterations(held, container);
}

/** A for-each has failed: its other iterations end with it. */
function closeAll(held: HeldRun, container: OpenContainer, error: RunError): boolean {
  const inside = [...container.inside];
  if (inside.some(runsInside)) return false;
  for (const scope of inside) {
    cancelInside(held, scope);
    forget(held, scope);
    held.journal.add({ kind: "iteration-finished", ...place(container.node.id, scope.path), status: "canceled" });
  }
  failContainer(held, container, error);
  return true;
}

function cancelInside(held: HeldRun, scope: OpenScope): void {
  const { version } = held;
  for (const { inside } of scope.containers)
    for (const each of inside) {
      cancelInside(held, each);
      forget(held, each);
    }
  for (const { id } of version.graph.inside.get(scope.container) ?? []) cancelStep(held, stepKey(id, scope.path));
}

function forget(held: HeldRun, scope: OpenScope): void {
  held.scopes.delete(scopeKey(scope.container, scope.path));
  held.changed.delete(scope);
  scope.of?.inside.delete(scope);
}

/** Cancels every step that is open in the run. */
export function cancelOpen(held: Pick<HeldRun, "journal" | "claimed">): void {
  for (const key of [...held.journal.view.open]) cancelStep(held, key);
}

/** Cancels a step unless it has settled; the run that it waits for is canceled with it. */
function cancelStep({ journal, claimed }: Pick<HeldRun, "journal" | "claimed">, key: string): void {
  const step = journal.view.steps[key];
  if (!step || isSettled(step)) return;
  if (step.child) journal.leave({ run: step.child.run, signal: { kind: "cancel", by: claimed.run } });
  journal.add({ kind: "step-canceled", ...place(step.node, step.iteration) });
}
