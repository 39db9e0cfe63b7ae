import type { FlowNode, TriggerNode } from "../../shared/flow/node.ts";

/** Made for people comes first: its form says what is wanted. */
const startable: readonly TriggerNode["kind"][] = ["manual-trigger", "api-trigger"];

/** The trigger among a flow's nodes by which another flow may start it. */
export function startTriggerOf<Node extends Pick<FlowNode, "kind">>(nodes: readonly Node[]): Node | undefined {
  return startable.flatMap((kind) => nodes.find((node) => node.kind === kind) ?? [])[0];
}
