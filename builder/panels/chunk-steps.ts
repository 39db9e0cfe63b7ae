import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { outcomePorts, parentOf } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import type { IterationChunk } from "../../shared/run/iteration-chunk.ts";
import type { StepStatus } from "../../shared/run/run.ts";
import { emptyStep, type StepView, stepKey } from "../../shared/run/run-view.ts";

const statuses: Partial<Record<string, StepStatus>> = { s: "succeeded", f: "failed", k: "skipped" };

/** A step of an iteration that was journaled with others: what it came to, and what it gave. */
export type ChunkStep = { key: string; step: StepView; output: Json | undefined };

/**
 * The steps of one iteration in a chunk, as the fold would give them had they been journaled alone. `at`: its place in the chunk; `path`:
 * the iteration path of its steps. They have no times: a chunk has one for all.
 */
export function chunkSteps(
  flow: Flow,
  container: string,
  { chunk, at, path }: { chunk: IterationChunk; at: number; path: number[] },
): ChunkStep[] {
  return flow.nodes.flatMap((node) => {
    if (parentOf(node) !== container) return [];
    const entry = chunk.steps[node.id];
    const status = statuses[entry?.statuses[at] ?? ""];
    if (!entry || !status) return [];
    const output = status === "succeeded" ? entry.outputs[at] : undefined;
    const step: StepView = {
      ...emptyStep(node.id, path),
      status,
      ports: status === "succeeded" ? portsTaken(node, output) : [],
      error: entry.errors?.[String(at)] ?? null,
    };
    return [{ key: stepKey(node.id, path), step, output }];
  });
}

/** A chunk holds no ports: what a rule came to says which were taken. */
function portsTaken(node: FlowNode, output: Json | undefined): string[] {
  const said = typeof output === "object" && output !== null && !Array.isArray(output) ? output : {};
  switch (node.kind) {
    case "branch":
      return [said.matched === true ? "true" : "false"];
    case "filter":
      return said.matched === false ? [] : ["out"];
    case "switch":
      return [typeof said.case === "string" ? said.case : "default"];
    default:
      return outcomePorts(node);
  }
}
