import { readPath } from "../../shared/flow/expression.ts";
import { containersOf, type Graph, type Scope } from "../../shared/flow/graph.ts";
import type { Json } from "../../shared/json.ts";
import { type StepView, stepKey } from "../../shared/run/run-view.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { RunJournal } from "./journal.ts";

/**
 * Resolves `trigger…`, `steps.<id>.output…`, `.status` and `.error…`, and inside a for-each `item…` and `index`, from the journal alone, so a
 * resumed run sees what an uninterrupted one sees. A step is that of the scope, or of one around it.
 */
export function createLookup(journal: RunJournal, graph: Graph, { container, path }: Scope): Lookup {
  const stepOf = (node: string): StepView | undefined => {
    const depth = graph.depth.get(node) ?? 0;
    return journal.view.steps[stepKey(node, depth === path.length ? path : path.slice(0, depth))];
  };
  const outputOf = (node: string): Json | undefined => {
    const entry = stepOf(node)?.outputEntry;
    return entry == null ? undefined : journal.values(entry).output;
  };
  let loop: string | null | undefined;
  /** The for-each around this scope that is the innermost. */
  const innermost = (): string | null => {
    if (loop === undefined) loop = path.length === 0 || container === null ? null : loopAround(graph, container);
    return loop;
  };
  const itemOf = (node: string): Json | undefined => {
    const step = stepOf(node);
    if (step?.inputEntry == null) return undefined;
    return readPath(journal.values(step.inputEntry).input, [path[step.iteration.length] ?? -1]) as Json | undefined;
  };
  return (keys) => {
    const [root, node, field] = keys;
    if (root === "trigger") return readPath(outputOf(journal.view.trigger ?? ""), keys.slice(1)) as Json | undefined;
    if (root === "index") return innermost() === null ? undefined : path.at(-1);
    if (root === "item") {
      const around = innermost();
      return around === null ? undefined : (readPath(itemOf(around), keys.slice(1)) as Json | undefined);
    }
    if (root !== "steps" || typeof node !== "string") return undefined;
    if (field === "output") return readPath(outputOf(node), keys.slice(3)) as Json | undefined;
    if (field === "status") return stepOf(node)?.status;
    if (field === "error") return readPath(stepOf(node)?.error ?? undefined, keys.slice(3)) as Json | undefined;
    if (field === "item") return readPath(itemOf(node), keys.slice(3)) as Json | undefined;
    return field === "index" ? path[graph.depth.get(node) ?? path.length] : undefined;
  };
}

function loopAround(graph: Graph, container: string): string | null {
  if (graph.nodes.get(container)?.kind === "for-each") return container;
  return containersOf(graph, container).find(({ kind }) => kind === "for-each")?.id ?? null;
}
