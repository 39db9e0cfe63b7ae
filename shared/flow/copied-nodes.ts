import { z } from "zod";
import type { CopiedNodes } from "./copy-nodes.ts";
import { FlowEdge } from "./flow.ts";
import { FlowNode } from "./node.ts";

const Clipboard = z.object({
  patchbay: z.literal("nodes"),
  nodes: z.array(FlowNode).min(1, "there are no nodes in it").max(2_000, "at most 2,000 nodes"),
  edges: z.array(FlowEdge).max(10_000, "at most 10,000 edges"),
});
/** A whole flow can be pasted too: it is what "Keep mine as a copy" gives. */
const Pasted = z.union([Clipboard, Clipboard.omit({ patchbay: true }).extend({ schemaVersion: z.literal(1) })]);

export type Pasted = { outcome: "nodes"; copied: CopiedNodes } | { outcome: "unreadable"; message: string };

/** Reads the text of a clipboard as nodes to paste; says in words what is wrong with text that is none. */
export function readCopiedNodes(text: string): Pasted {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { outcome: "unreadable", message: "The clipboard holds no nodes of a flow." };
  }
  const isOurs = typeof value === "object" && value !== null && ("patchbay" in value || "schemaVersion" in value);
  if (!isOurs) return { outcome: "unreadable", message: "The clipboard holds no nodes of a flow." };
  const parsed = Pasted.safeParse(value);
  if (parsed.success)
    return { outcome: "nodes", copied: { patchbay: "nodes", nodes: parsed.data.nodes, edges: parsed.data.edges } };
  const issue = Clipboard.safeParse({ ...Object(value), patchbay: "nodes" }).error?.issues[0];
  return {
    outcome: "unreadable",
    message: `The clipboard's nodes cannot be read: ${issue?.path.join(".") || "it"}: ${issue?.message ?? "not a flow"}.`,
  };
}
