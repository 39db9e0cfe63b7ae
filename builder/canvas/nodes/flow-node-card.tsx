import { Handle, type NodeProps, Position, type ReactFlowState, useStore } from "@xyflow/react";
import { memo } from "react";
import { Lamp } from "../../ui/lamp.tsx";
import type { CanvasNode, Direction, Port } from "../to-canvas.ts";
import { KindTile } from "./kind-tile.tsx";

/** From afar a card shows less, and that larger: the name stays readable when a whole flow is in view. */
function detail({ transform: [, , zoom] }: ReactFlowState): "near" | "middle" | "far" | "tiny" {
  if (zoom >= 0.7) return "near";
  if (zoom >= 0.45) return "middle";
  return zoom >= 0.28 ? "far" : "tiny";
}

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
      data-detail={level}
      className="node-card"
    >
      {data.entry && (
        <Handle
          type="target"
          id="in"
          position={data.direction === "down" ? Position.Top : Position.Left}
          isConnectable={false}
          data-lit={data.entry.lit || undefined}
        />
      )}
      <KindTile kind={data.kind} />
      <span className="node-words">
        <span className="node-name">{data.name}</span>{" "}
        <span className="node-line" aria-hidden="true" data-tip={data.line}>
          {data.line}
        </span>
      </span>
      {data.status && (
        <span className="node-lamp" aria-hidden="true">
          {data.attempts > 1 && <span className="node-attempts" data-text={`×${data.attempts}`} />}
          <Lamp state={data.status} className="node-lamp-picture" />
        </span>
      )}
      {data.ports.map((port) => (
        <SourcePort key={port.id} port={port} direction={data.direction} />
      ))}
    </div>
  );
});

function SourcePort({ port, direction }: { port: Port; direction: Direction }) {
  const place = { [direction === "down" ? "left" : "top"]: `${port.along * 100}%` };
  return (
    <>
      <Handle
        type="source"
        id={port.id}
        position={direction === "down" ? Position.Bottom : Position.Right}
        isConnectable={false}
        style={place}
        data-lit={port.lit || undefined}
        data-port={port.id}
      />
      {port.label && (
        <span
          className="port-label"
          aria-hidden="true"
          style={place}
          data-text={port.label}
          data-lit={port.lit || undefined}
          data-port={port.id}
        />
      )}
    </>
  );
}
