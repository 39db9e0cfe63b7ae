import { Handle, type NodeProps, Position, type ReactFlowState, useStore } from "@xyflow/react";
import { memo } from "react";
import { Lamp } from "../../ui/lamp.tsx";
import type { CanvasNode } from "../to-canvas.ts";
import { KindTile } from "./kind-tile.tsx";
import { LogoTile } from "./logo-tile.tsx";
import { SourcePort } from "./source-port.tsx";

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
      {data.logo ? <LogoTile kind={data.kind} logo={data.logo} /> : <KindTile kind={data.kind} />}
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
      {data.problems > 0 && <span className="node-problems" aria-hidden="true" data-text={data.problems} />}
      {data.ports.map((port) => (
        <SourcePort key={port.id} node={id} name={data.name} port={port} direction={data.direction} editing={data.editing} />
      ))}
    </div>
  );
});
