import { AppError } from "../../shared/app-error.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";

const atMostMs = 20_000;

/** Arranges a flow off the page's thread: two thousand nodes take seconds. Gives the one edit that moves what has another place. */
export function requestLayout(flow: Flow): Promise<FlowEdit[]> {
  const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  return new Promise<FlowEdit[]>((resolve, reject) => {
    const timer = setTimeout(() => reject(new AppError("internal", "the layout took longer than 20 s")), atMostMs);
    worker.onmessage = ({ data }: MessageEvent<Record<string, { x: number; y: number }>>) => {
      clearTimeout(timer);
      resolve(movesTo(flow, data));
    };
    worker.onerror = ({ message }) => {
      clearTimeout(timer);
      reject(new AppError("internal", message));
    };
    // Positions are all it reads besides ids and kinds, but a flow is plain data and copying it is quick.
    worker.postMessage(flow);
  }).finally(() => worker.terminate());
}

function movesTo(flow: Flow, places: Record<string, { x: number; y: number }>): FlowEdit[] {
  const moved = flow.nodes.flatMap(({ id, position }) => {
    const place = places[id];
    return place && (place.x !== position.x || place.y !== position.y) ? [[id, place] as const] : [];
  });
  return moved.length === 0 ? [] : [{ edit: "move", positions: Object.fromEntries(moved) }];
}
