import { isUnavailable } from "../../shared/app-error.ts";
import type { ContainerNode } from "../../shared/flow/container-node.ts";
import { compileValue, type Lookup } from "../expressions/resolve-template.ts";
import { compileOnce } from "./compile-once.ts";
import type { HeldRun } from "./held-run.ts";
import { type Resolved, resolveValue } from "./resolve-value.ts";
import { internalFault } from "./step.ts";

const compile = compileOnce((node: ContainerNode) => compileValue(node.result ?? null));

/**
 * What a container, or an iteration, gives by its `result`, which is resolved inside of it. A fault of ours fails it as it would fail a
 * step; a database or a process that does not answer lets go of the run.
 */
export function resolveResult(
  { deps, claimed, journal, version }: HeldRun,
  node: ContainerNode,
  lookup: Lookup,
): Resolved | Promise<Resolved> {
  const internal = (error: unknown): Resolved => {
    deps.report(claimed.run, error);
    if (isUnavailable(error)) journal.abandon(error.message);
    return internalFault();
  };
  try {
    const context = { lookup, jsonata: deps.jsonata, version };
    const resolved = resolveValue({ node: { id: node.id, inside: true }, context, compiled: compile(node) });
    return resolved instanceof Promise ? resolved.catch(internal) : resolved;
  } catch (error) {
    return internal(error);
  }
}
