import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { DataRoot } from "./data-roots.ts";
import type { FlowContext } from "./use-flow-context.ts";

/** What the form of a node's settings gets, for every kind. */
export type NodeFormProps<Node extends FlowNode = FlowNode> = {
  flow: string;
  document: Flow;
  node: Node;
  context: FlowContext;
  roots: readonly DataRoot[];
  /** By field of the node, e.g. `inputs.email`. */
  problems: Readonly<Record<string, string>>;
  disabled: boolean;
  /** Changes in a row with the same `group` are one step to undo. */
  onChange: (node: Node, group?: string) => void;
};
