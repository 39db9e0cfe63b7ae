import { X } from "lucide-react";
import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { FlowProblem } from "../../shared/flow/validate-flow.ts";
import { kindWord } from "../canvas/describe-node.ts";
import { KindTile } from "../canvas/nodes/kind-tile.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import type { FlowContext } from "./use-flow-context.ts";

export type NodePanelProps = {
  /** Id of the flow. */
  flow: string;
  document: Flow;
  node: FlowNode;
  context: FlowContext;
  /** Those of this node. */
  problems: readonly FlowProblem[];
  readOnly: boolean;
  /** Changes in a row with the same `group` are one step to undo. */
  onChange: (node: FlowNode, group?: string) => void;
  onRunToHere: () => void;
  onClose: () => void;
};

/** What a node does, and the form of its settings. */
export function NodePanel({ node, onClose }: NodePanelProps) {
  return (
    <section aria-label={`Node ${node.name}`} className="flex flex-col gap-4 p-4">
      <header className="flex items-center gap-3">
        <KindTile kind={node.kind} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-base leading-heading">{node.name}</h2>
          <p className="truncate text-muted text-xs">{kindWord(node.kind)}</p>
        </div>
        <IconButton label="Back to the flow" onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </header>
    </section>
  );
}
