import { Handle, type NodeProps, Position, useStore } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo } from "react";
import { useCanvasActions } from "../canvas-actions.ts";
import type { CanvasNode } from "../to-canvas.ts";
import { detail } from "./detail.ts";
import { IterationPicker } from "./iteration-picker.tsx";
import { NodeHead } from "./node-head.tsx";
import { SourcePort } from "./source-port.tsx";

/**
 * A container: its header says what a card says, and below it lies what is inside. React Flow draws that over it, as nodes of their own.
 */
export const FlowFrame = memo(function FlowFrame({ id, data, selected }: NodeProps<CanvasNode>) {
  const level = useStore(detail);
  const { frame } = data;
  return (
    <div
      data-direction={data.direction}
      data-node-id={id}
      data-status={data.status ?? undefined}
      data-selected={selected || undefined}
      data-editing={data.editing || undefined}
      data-detail={level}
      className="node-frame"
    >
      <Handle
        type="target"
        id="in"
        position={data.direction === "down" ? Position.Top : Position.Left}
        isConnectable={data.editing}
        data-lit={data.entry?.lit || undefined}
      />
      <div className="frame-head">
        <NodeHead data={data} />
        {data.editing && frame && !frame.empty && <AddInside id={id} name={data.name} />}
      </div>
      {frame?.progress && frame.progress.count !== null && <IterationPicker name={data.name} progress={frame.progress} />}
      {frame?.empty && (data.editing ? <FirstInside id={id} name={data.name} /> : <p className="frame-empty">Nothing inside</p>)}
      {data.ports.map((port) => (
        <SourcePort key={port.id} node={id} name={data.name} port={port} direction={data.direction} editing={data.editing} />
      ))}
    </div>
  );
});

/** What an empty container says. */
function FirstInside({ id, name }: { id: string; name: string }) {
  const { addInside } = useCanvasActions();
  return (
    <button
      type="button"
      aria-label={`Add a step inside “${name}”`}
      className="frame-first nodrag nopan"
      onClick={(event) => {
        event.stopPropagation();
        addInside(id);
      }}
    >
      <Plus aria-hidden="true" />
      Add a step
    </button>
  );
}

/** Not among the stops of the Tab key: that adds behind the selected node itself. */
function AddInside({ id, name }: { id: string; name: string }) {
  const { addInside } = useCanvasActions();
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={`Add a step inside “${name}”`}
      data-tip="Add a step inside"
      className="frame-add nodrag nopan"
      onClick={(event) => {
        event.stopPropagation();
        addInside(id);
      }}
    >
      <Plus aria-hidden="true" />
    </button>
  );
}
