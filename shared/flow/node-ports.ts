import type { ContainerNode } from "./container-node.ts";
import { type FlowNode, type TriggerNode, triggerKinds } from "./node.ts";
import type { ApprovalNode, WaitNode } from "./wait-node.ts";

/** The ports by which a node's success may leave. Every non-trigger node may also have an edge from `error`. */
export function outcomePorts(node: FlowNode): string[] {
  switch (node.kind) {
    case "switch":
      return [...node.cases.map(({ port }) => port), "default"];
    case "branch":
      return ["true", "false"];
    case "for-each":
    case "try":
      return ["done"];
    case "wait":
      return ["out", "timeout"];
    case "approval":
      return ["approved", "rejected", "timeout"];
    case "once":
      return ["first", "again"];
    case "stop":
      return [];
    default:
      return ["out"];
  }
}

export function isContainer(node: FlowNode): node is ContainerNode {
  return node.kind === "for-each" || node.kind === "try";
}

/** Does it wait at a signed URL, which its flow knows as `steps.<id>.url`? */
export function hasWaitUrl(node: FlowNode): node is WaitNode | ApprovalNode {
  return node.kind === "wait" || node.kind === "approval";
}

/** The container that a node is inside of; null at the top. */
export function parentOf(node: FlowNode): string | null {
  return isTrigger(node) ? null : (node.parent ?? null);
}

export function isTrigger(node: FlowNode): node is TriggerNode {
  return triggerKinds.some((kind) => kind === node.kind);
}
