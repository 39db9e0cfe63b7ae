import { useMemo, useRef } from "react";
import { keepSame } from "./keep-same.ts";
import { type CanvasEdge, type CanvasNode, type Drawing, toCanvas } from "./to-canvas.ts";

type Drawn = { nodes: CanvasNode[]; edges: CanvasEdge[] };

/** A flow as the canvas takes it, drawn anew when a part of the drawing is another. What looks as before is the same object. */
export function useDrawn({ document, labels, view, selection, problems, iterations, editing }: Drawing): Drawn {
  const last = useRef<Drawn>({ nodes: [], edges: [] });
  return useMemo(() => {
    const next = toCanvas({
      document,
      labels,
      view,
      selection,
      ...(iterations && { iterations }),
      ...(problems && { problems }),
      ...(editing && { editing }),
    });
    last.current = { nodes: keepSame(last.current.nodes, next.nodes), edges: keepSame(last.current.edges, next.edges) };
    return last.current;
  }, [document, labels, view, selection, problems, iterations, editing]);
}
