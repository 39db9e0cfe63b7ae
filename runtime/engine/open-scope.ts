import { handlesError } from "../../shared/flow/graph.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger, outcomePorts } from "../../shared/flow/node-ports.ts";
import type { JournalValues } from "../../shared/run/journal.ts";
import type { RunError } from "../../shared/run/run.ts";
import { stepKey } from "../../shared/run/run-view.ts";
import { abortInside, type HeldRun, type OpenContainer, type OpenScope } from "./held-run.ts";
import { createLookup } from "./lookup.ts";
import { place } from "./step.ts";

export function scopeKey(container: string | null, path: number[]): string {
  return container === null ? "" : stepKey(container, path);
}

/** Opens a scope, in which nothing has been looked at yet. */
export function openScope(held: Omit<HeldRun, "top">, of: OpenContainer | null, path: number[]): OpenScope {
  const container = of?.node.id ?? null;
  const { claimed, deps, journal, version } = held;
  const waitUrl = (step: string) => deps.waitLinks.url({ workspace: claimed.workspace, run: claimed.run, step });
  const lookup = createLookup({ journal, graph: version.graph, waitUrl }, { container, path });
  const scope: OpenScope = { container, path, of, running: new Map(), lookup, containers: new Set(), failure: null };
  held.scopes.set(scopeKey(container, path), scope);
  of?.inside.add(scope);
  held.changed.add(scope);
  return scope;
}

/** Does the scope, or one around it, end without its rest being run? The flow's own failure ends the run, elsewhere. */
export function isStopping(scope: OpenScope): boolean {
  if (scope.of === null) return false;
  return scope.failure !== null || scope.of.failure !== null || isStopping(scope.of.scope);
}

type Failure = { node: FlowNode; startedAt: number; error: RunError; values?: JournalValues | undefined };

/**
 * Journals that a step has failed. Its error edge is taken, else its policy may be to go on; else it fails its scope, and what runs
 * beside it there is stopped.
 */
export function settleFailure(held: HeldRun, scope: OpenScope, { node, startedAt, error: told, values }: Failure): void {
  // As it will be read from the journal.
  const error = held.secrets.error(told);
  const handled = handlesError(held.version.graph, node.id);
  const goesOn = !handled && !isTrigger(node) && node.onError === "continue";
  const ports = goesOn ? { ports: outcomePorts(node).slice(0, 1) } : {};
  held.journal.add({ kind: "step-failed", ...place(node.id, scope.path), startedAt, error, ...ports }, values);
  held.changed.add(scope);
  if (handled || goesOn) return;
  scope.failure ??= { ...error, node: error.node ?? node.id };
  if (scope.of !== null) abortInside(scope);
}
