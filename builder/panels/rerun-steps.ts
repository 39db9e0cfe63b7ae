import type { Flow } from "../../shared/flow/flow.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { RunView } from "../../shared/run/run-view.ts";

/** Where it may begin: what a person sees of a step, by its key. */
export type RerunStep = { key: string; name: string };

const most = 200;

/** The steps of a run that is over at which it may begin again, as people name them. */
export function rerunSteps(flow: Flow, view: RunView): RerunStep[] {
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  const order = new Map(flow.nodes.map((node, index) => [node.id, index]));
  const steps: (RerunStep & { node: string; iteration: readonly number[] })[] = [];
  for (const [key, { node: id, iteration, status }] of Object.entries(view.steps)) {
    const node = nodes.get(id);
    if (!node || isTrigger(node) || status === "skipped") continue;
    steps.push({ key, name: stepName(node.name, iteration), node: id, iteration });
    if (steps.length === most) break;
  }
  // What ran side by side ended in any order: iterations are looked for by their number.
  steps.sort((a, b) => (order.get(a.node) ?? 0) - (order.get(b.node) ?? 0) || compareIterations(a.iteration, b.iteration));
  return steps.map(({ key, name }) => ({ key, name }));
}

/** `Charge`, `Charge, iteration 3`: counted from one, as the canvas does. */
export function stepName(name: string, iteration: readonly number[]): string {
  return iteration.length === 0 ? name : `${name}, iteration ${iteration.map((index) => index + 1).join(", ")}`;
}

function compareIterations(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((index, depth) => index !== b[depth]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
