import { lazy, Suspense } from "react";
import type { Flow } from "../../../shared/flow/flow.ts";
import type { FlowProblem } from "../../../shared/flow/validate-flow.ts";
import type { SaveQueue } from "../../api/save-queue.ts";
import { ProblemsDrawer } from "./problems-list.tsx";

const TestsDrawer = lazy(() => import("../flow-tests/tests-drawer.tsx"));

/** What lies over the foot of the canvas, one at a time. `found`: problems that the server found and this page cannot. */
export type Drawer = { kind: "problems"; found: readonly FlowProblem[] } | { kind: "tests" };

export function EditorDrawer({
  drawer,
  flow,
  document,
  problems,
  queue,
  onChoose,
  onClose,
}: {
  drawer: Drawer;
  flow: string;
  document: Flow;
  problems: readonly FlowProblem[];
  queue: SaveQueue;
  onChoose: (node: string, problem?: FlowProblem) => void;
  onClose: () => void;
}) {
  if (drawer.kind === "tests")
    return (
      <Suspense>
        <TestsDrawer flow={flow} document={document} queue={queue} onChoose={onChoose} onClose={onClose} />
      </Suspense>
    );
  return (
    <ProblemsDrawer
      problems={[...problems, ...unknownTo(problems, drawer.found)]}
      document={document}
      onChoose={onChoose}
      onClose={onClose}
    />
  );
}

/** Those among what the server found that the page does not list already. */
function unknownTo(known: readonly FlowProblem[], found: readonly FlowProblem[]): FlowProblem[] {
  return found.filter(
    (one) => !known.some(({ node, code, field }) => node === one.node && code === one.code && field === one.field),
  );
}
