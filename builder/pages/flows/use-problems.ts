import { useDeferredValue, useMemo } from "react";
import type { HookSummary } from "../../../shared/api/flows.ts";
import type { Flow } from "../../../shared/flow/flow.ts";
import { connectorOf } from "../../../shared/flow/node.ts";
import { blocking, type FlowProblem, validateFlow } from "../../../shared/flow/validate-flow.ts";
import type { FlowContext } from "../../panels/use-flow-context.ts";

/** What is wrong with a draft, found as one edits: the whole list, and how many problems keep each node from being published. */
export function useProblems(
  document: Flow,
  { connectors, missing, samples, flows }: Pick<FlowContext, "connectors" | "missing" | "samples" | "flows">,
  hooks: readonly HookSummary[],
): { problems: FlowProblem[]; counts: ReadonlyMap<string, number> } {
  // Typing and dragging do not wait for it.
  const settled = useDeferredValue(document);
  const problems = useMemo(
    () => draftProblems(settled, { connectors, missing, samples, flows }, hooks),
    [settled, connectors, missing, samples, flows, hooks],
  );
  const counts = useMemo(() => countByNode(problems), [problems]);
  return { problems, counts };
}

type KnownHook = Pick<HookSummary, "node" | "secretSetAt" | "needsSecret">;

/** The same checks that publishing makes, as far as this page knows enough for them. */
export function draftProblems(
  document: Flow,
  { connectors, missing, ...more }: Pick<FlowContext, "connectors" | "missing"> & Partial<Pick<FlowContext, "samples" | "flows">>,
  hooks: readonly KnownHook[],
): FlowProblem[] {
  // A connector that is still being loaded is no problem of the flow.
  const known = document.nodes.every((node) => {
    const used = connectorOf(node);
    return used === null || connectors.has(used) || missing.has(used);
  });
  const problems = validateFlow(document, known ? connectors : undefined, more).map((problem) =>
    named(problem, document, missing),
  );
  return [...problems, ...hookProblems(document, hooks)];
}

/** A connector that nobody has added is not unknown. */
function named(problem: FlowProblem, { nodes }: Flow, missing: FlowContext["missing"]): FlowProblem {
  const node = nodes.find(({ id }) => id === problem.node);
  const used = node && connectorOf(node);
  if (problem.code !== "unknown_connector" || used == null || !missing.has(used)) return problem;
  const message = `the connector "${used}" is not installed: pass its tests and add it under its Versions`;
  return { ...problem, code: "not_installed", message };
}

function hookProblems({ nodes }: Flow, hooks: readonly KnownHook[]): FlowProblem[] {
  return nodes.flatMap((node): FlowProblem[] => {
    if (node.kind !== "webhook-trigger" && node.kind !== "api-trigger") return [];
    const hook = hooks.find((each) => each.node === node.id);
    if (hook && (hook.secretSetAt !== null || !hook.needsSecret)) return [];
    const what = node.kind === "api-trigger" ? "API call" : "webhook";
    const message = `Set up the ${what}: it has no ${hook ? "secret" : "URL"} yet`;
    return [{ node: node.id, field: null, code: "missing_hook", message, severity: "error" }];
  });
}

function countByNode(problems: readonly FlowProblem[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { node } of blocking(problems)) if (node !== null) counts.set(node, (counts.get(node) ?? 0) + 1);
  return counts;
}
