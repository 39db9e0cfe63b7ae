import { type FlowNode, type TriggerNode, triggerKinds } from "./node.ts";

/** The ports by which a node's success may leave. Every non-trigger node may also have an edge from `error`. */
export function outcomePorts(node: FlowNode): string[] {
  if (node.kind === "switch") return [...node.cases.map(({ port }) => port), "default"];
  return node.kind === "branch" ? ["true", "false"] : ["out"];
}

export function isTrigger(node: FlowNode): node is TriggerNode {
  return triggerKinds.some((kind) => kind === node.kind);
}
