import { readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import { stepKey } from "../../shared/run/run-view.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { RunJournal } from "./journal.ts";

/** Resolves `trigger…` and `steps.<id>.output…` from the journal alone, so a resumed run sees what an uninterrupted one sees. */
export function createLookup(journal: RunJournal): Lookup {
  const outputOf = (node: string): Json | undefined => {
    const entry = journal.view.steps[stepKey(node)]?.outputEntry;
    return entry == null ? undefined : journal.values(entry).output;
  };
  return (path) => {
    const [root, node, field] = path;
    if (root === "trigger") return readPath(outputOf(journal.view.trigger ?? ""), path.slice(1)) as Json | undefined;
    if (root !== "steps" || typeof node !== "string") return undefined;
    if (field === "output") return readPath(outputOf(node), path.slice(3)) as Json | undefined;
    const step = journal.view.steps[stepKey(node)];
    if (field === "status") return step?.status;
    return field === "error" ? (readPath(step?.error ?? undefined, path.slice(3)) as Json | undefined) : undefined;
  };
}
