import { Plus } from "lucide-react";
import { useCanvasActions } from "../canvas-actions.ts";
import type { Position } from "../card-size.ts";

const size = 24;

/** At the middle of an edge: puts a node there. Not among the stops of the Tab key: that opens the same for a selected edge. */
export function AddInto({ edge, between, at }: { edge: string; between: [string, string]; at: Position }) {
  const { addInto } = useCanvasActions();
  return (
    <foreignObject x={at.x - size / 2} y={at.y - size / 2} width={size} height={size} className="edge-add nodrag nopan">
      <button
        type="button"
        tabIndex={-1}
        aria-label={`Add a node between “${between[0]}” and “${between[1]}”`}
        onClick={(event) => {
          event.stopPropagation();
          addInto(edge);
        }}
      >
        <Plus aria-hidden="true" />
      </button>
    </foreignObject>
  );
}
