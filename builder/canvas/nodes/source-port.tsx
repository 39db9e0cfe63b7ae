import { Handle, Position } from "@xyflow/react";
import { Plus } from "lucide-react";
import { useCanvasActions } from "../canvas-actions.ts";
import type { Direction } from "../card-size.ts";
import type { Port } from "../to-canvas.ts";

type PortProps = { node: string; name: string; port: Port; direction: Direction; editing: boolean };

/** A port by which a node is left, with its label, and while the flow is edited a way to add what comes behind it. */
export function SourcePort({ node, name, port, direction, editing }: PortProps) {
  const place = { [direction === "down" ? "left" : "top"]: `${port.along * 100}%` };
  return (
    <>
      <Handle
        type="source"
        id={port.id}
        position={direction === "down" ? Position.Bottom : Position.Right}
        isConnectable={editing}
        style={place}
        data-lit={port.lit || undefined}
        data-used={port.used || undefined}
        data-port={port.id}
      />
      {port.label && (
        <span
          className="port-label"
          aria-hidden="true"
          style={place}
          data-text={port.label}
          data-lit={port.lit || undefined}
          data-used={port.used || undefined}
          data-port={port.id}
        />
      )}
      {editing && !port.used && port.id !== "error" && <AddAfter node={node} name={name} port={port} place={place} />}
    </>
  );
}

/** Not among the stops of the Tab key: that adds behind the selected node itself. */
function AddAfter({ node, name, port, place }: { node: string; name: string; port: Port; place: Record<string, string> }) {
  const { addAfter } = useCanvasActions();
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={port.label ? `Add a node after “${name}”, ${port.label}` : `Add a node after “${name}”`}
      data-labelled={port.label ? true : undefined}
      style={place}
      className="port-add nodrag nopan"
      onClick={(event) => {
        event.stopPropagation();
        addAfter(node, port.id);
      }}
    >
      <Plus aria-hidden="true" />
    </button>
  );
}
