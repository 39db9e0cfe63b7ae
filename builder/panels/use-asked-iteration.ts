import { useEffect } from "react";
import type { Flow } from "../../shared/flow/flow.ts";
import { choiceFor } from "../canvas/shown-path.ts";
import { useCanvasSession } from "../stores/canvas-session.ts";

/** Shows the iteration of the step that the address names, by its key, until another is chosen. A node alone leaves what is shown. */
export function useAskedIteration(flow: Flow, asked: string | undefined): void {
  const show = useCanvasSession((state) => state.showIterations);
  useEffect(() => {
    if (asked?.includes("[")) show(choiceFor(flow, asked));
  }, [flow, asked, show]);
}
