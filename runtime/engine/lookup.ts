import { readPath } from "../../shared/flow/expression.ts";
import { containersOf, type Graph, type Scope } from "../../shared/flow/graph.ts";
import { hasWaitUrl, parentOf } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import { type StepView, stepKey } from "../../shared/run/run-view.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { RunJournal } from "./journal.ts";

/** `waitUrl`: the signed URL of a step, by its key. */
type Run = { journal: RunJournal; graph: Graph; waitUrl: (step: string) => string };

/**
 * Resolves `trigger…`, `steps.<id>.output…`, `.status` and `.error…`, and inside a for-each `item…` and `index`, of an outer one
 * `steps.<loop>.item…` and `.index`, from the journal alone, so a resumed run sees what an uninterrupted one sees. A step is that of the scope, or of one around it. `steps.<id>.url` of a step that waits
 * for a call or a person is known before it begins.
 */
export function createLookup({ journal, graph, waitUrl }: Run, { container, path }: Scope): Lookup {
  const keyOf = (node: string): string => {
    const depth = graph.depth.get(node) ?? 0;
    return stepKey(node, depth === path.length ? path : path.slice(0, depth));
  };
  const stepOf = (node: string): StepView | undefined => journal.view.steps[keyOf(node)];
  const urlOf = (id: string): string | undefined => {
    const node = graph.nodes.get(id);
    if (!node || !hasWaitUrl(node)) return undefined;
    const parent = parentOf(node);
    // From outside of a loop there is no one step that is meant.
    return parent === null || isAround(graph, parent, container) ? waitUrl(keyOf(id)) : undefined;
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
  const isLoop = (node: string): boolean => graph.nodes.get(node)?.kind === "for-each" && isAround(graph, node, container);
  const itemOf = (node: string): Json | undefined => {
    const step = isLoop(node) ? stepOf(node) : undefined;
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
    if (field === "url") return keys.length === 3 ? urlOf(node) : undefined;
    if (field === "item") return readPath(itemOf(node), keys.slice(3)) as Json | undefined;
    return field === "index" && isLoop(node) ? path[graph.depth.get(node) ?? path.length] : undefined;
  };
}

/** Is `outer` the container of a scope, or one around it? */
function isAround(graph: Graph, outer: string, container: string | null): boolean {
  return container !== null && (container === outer || containersOf(graph, container).some(({ id }) => id === outer));
}

function loopAround(graph: Graph, container: string): string | null {
  if (graph.nodes.get(container)?.kind === "for-each") return container;
  return containersOf(graph, container).find(({ kind }) => kind === "for-each")?.id ?? null;
}
