import type { Flow } from "../../shared/flow/flow.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import type { RerunStep } from "./rerun-dialog.tsx";

const most = 200;

/** The steps of a run that is over at which it may begin again, as people name them. */
export function rerunSteps(flow: Flow, view: RunView): RerunStep[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  const steps: RerunStep[] = [];
  for (const [key, { node: id, iteration, status }] of Object.entries(view.steps)) {
    const node = nodes.get(id);
    if (!node || isTrigger(node) || status === "skipped") continue;
    const of = iteration.length === 0 ? "" : `, iteration ${iteration.map((index) => index + 1).join(", ")}`;
    steps.push({ key, name: `${node.name}${of}` });
    if (steps.length === most) break;
  }
  return steps;
}
