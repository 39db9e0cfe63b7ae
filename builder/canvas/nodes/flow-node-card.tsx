import { Handle, type NodeProps, Position, useStore } from "@xyflow/react";
import { memo } from "react";
import type { CanvasNode } from "../to-canvas.ts";
import { detail } from "./detail.ts";
import { NodeHead } from "./node-head.tsx";
import { SourcePort } from "./source-port.tsx";

/**
 * One node as a card: tile, name, second line, lamp; its ports on the edge of the card. Its label tells a reader all of it, so all
 * but the name is hidden from them here.
 */
export const FlowNodeCard = memo(function FlowNodeCard({ id, data, selected }: NodeProps<CanvasNode>) {
  const level = useStore(detail);
  return (
    <div
      data-direction={data.direction}
      data-node-id={id}
      data-status={data.status ?? undefined}
      data-selected={selected || undefined}
      data-editing={data.editing || undefined}
      data-detail={level}
      className="node-card"
    >
      {data.entry && (
        <Handle
          type="target"
          id="in"
          position={data.direction === "down" ? Position.Top : Position.Left}
          isConnectable={data.editing}
          data-lit={data.entry.lit || undefined}
        />
      )}
      <NodeHead data={data} />
      {data.ports.map((port) => (
        <SourcePort key={port.id} node={id} name={data.name} port={port} direction={data.direction} editing={data.editing} />
      ))}
    </div>
  );
});
