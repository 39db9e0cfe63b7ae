import { unreachable } from "../../shared/app-error.ts";
import { nextNodes } from "../../shared/flow/graph.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { parentOf } from "../../shared/flow/node-ports.ts";
import { type StepView, stepKey } from "../../shared/run/run-view.ts";
import { closeScope, closeStopped, openContainer } from "./containers.ts";
import { executeStep } from "./execute-step.ts";
import { goOnBeside, type HeldRun, type OpenScope, type Running, signalOf } from "./held-run.ts";
import { isStopping, scopeKey, settleFailure } from "./open-scope.ts";
import { budgetProblem } from "./run-budget.ts";
import { place, type StepOutcome } from "./step.ts";
import { stepContext } from "./step-context.ts";

/** Starts and settles all that can be, and gives true when something was: more may be possible then. */
export function advance(held: HeldRun): boolean {
  let moved = goOnWithDue(held);
  for (const scope of held.changed) {
    held.changed.delete(scope);
    // It may have been closed by another one.
    if (held.scopes.get(scopeKey(scope.container, scope.path)) !== scope) continue;
    if (advanceScope(held, scope)) moved = true;
    if (held.top.failure || held.journal.view.stopping) return true;
  }
  return moved || held.changed.size > 0;
}

function advanceScope(held: HeldRun, scope: OpenScope): boolean {
  if (isStopping(scope)) return closeStopped(held, scope);
  const { journal, version } = held;
  const { skipped, ready, over } = nextNodes(version.graph, journal.view, scope);
  for (const node of skipped) journal.add({ kind: "step-skipped", ...place(node.id, scope.path) });
  if (skipped.length > 0) held.changed.add(scope);
  for (const node of ready) {
    // A step that has begun but journaled nothing yet still looks ready.
    if (scope.running.has(stepKey(node.id, scope.path))) continue;
    execute(held, scope, node);
    if (scope.failure || held.journal.view.stopping) break;
  }
  if (over && scope.running.size === 0) return closeScope(held, scope);
  return skipped.length > 0;
}

/** Goes on with the steps that wait no longer, and with those that an earlier holder has left in the middle. */
function goOnWithDue(held: HeldRun): boolean {
  const { journal, deps, version } = held;
  let moved = false;
  for (const key of journal.view.open) {
    const step = journal.view.steps[key];
    if (!step || step.container || !isDue(step, deps.clock())) continue;
    const node = version.graph.nodes.get(step.node);
    const scope = node && held.scopes.get(scopeKey(parentOf(node), step.iteration));
    if (!node || !scope || scope.running.has(key) || isStopping(scope)) continue;
    execute(held, scope, node);
    moved = true;
    if (held.top.failure || journal.view.stopping) return true;
  }
  return moved;
}

/** What was waited for ends any wait, a decision only the one that has no end of its own. */
function isDue(step: StepView, now: number): boolean {
  if (step.status === "running" || step.received !== null) return true;
  return step.until === null ? step.decision !== null : step.until <= now;
}

/** Executes a node in its scope. */
function execute(held: HeldRun, scope: OpenScope, node: FlowNode): void {
  const { deps, journal, control } = held;
  const key = stepKey(node.id, scope.path);
  const step = journal.view.steps[key] ?? null;
  const startedAt = step?.startedAt ?? deps.clock();
  if (!step) {
    held.steps += 1;
    const problem = budgetProblem(held);
    if (problem) {
      held.top.failure ??= problem;
      return;
    }
  }
  const running: Running = { abort: null, aborted: false };
  const signal = () => signalOf(running);
  const outcome = executeStep(node, stepContext(held, { path: scope.path, key, step, lookup: scope.lookup, signal }));
  if (!(outcome instanceof Promise)) {
    settle(held, scope, node, startedAt, outcome);
    return;
  }
  scope.running.set(key, running);
  const settled = outcome.then((result) => {
    scope.running.delete(key);
    settle(held, scope, node, startedAt, result);
    // What can follow at once goes to disk with it.
    control.bell.ring();
  });
  goOnBeside(held, settled);
}

/** Journals what a step came to. */
function settle(held: HeldRun, scope: OpenScope, node: FlowNode, startedAt: number, outcome: StepOutcome): void {
  const { journal } = held;
  const at = place(node.id, scope.path);
  held.changed.add(scope);
  switch (outcome.outcome) {
    case "succeeded": {
      const { ports, values, call } = outcome;
      journal.add({ kind: "step-succeeded", ...at, startedAt, ports, ...(call && { call }) }, values);
      return;
    }
    case "failed":
      settleFailure(held, scope, { node, startedAt, error: outcome.error, values: outcome.values });
      return;
    case "waiting":
      journal.add({ kind: "step-waiting", ...at, reason: outcome.reason, until: outcome.until }, outcome.values);
      return;
    case "opened":
      openContainer(held, scope, { node: outcome.node, items: outcome.items, startedAt });
      return;
    case "stopped":
      journal.add({ kind: "step-succeeded", ...at, startedAt, ports: [] }, { output: outcome.output });
      journal.add({ kind: "run-stopping", ...at, status: outcome.status, ...(outcome.error && { error: outcome.error }) });
      return;
    case "canceled":
      journal.add({ kind: "step-canceled", ...at });
      return;
    case "lost":
      return;
    default:
      unreachable(outcome);
  }
}
