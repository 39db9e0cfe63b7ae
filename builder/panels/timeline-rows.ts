import type { Flow } from "../../shared/flow/flow.ts";
import type { NodeKind } from "../../shared/flow/node.ts";
import { type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import { pathOf, type ShownPaths } from "../canvas/shown-path.ts";

/** A stretch of a step: a call under way, or the whole time from its start to its end. In milliseconds since the run's start. */
export type Stretch = { from: number; to: number; failed: boolean };
export type TimelineRow = {
  key: string;
  node: string;
  name: string;
  kind: NodeKind;
  status: StepView["status"] | "idle";
  /** Null while it has not started, and for a step that was skipped. */
  whole: Stretch | null;
  attempts: Stretch[];
  startedAt: number | null;
  finishedAt: number | null;
};

/**
 * The run as rows in the order in which the steps began; what has not begun follows in the order of the flow. `paths`: of each for-each
 * only the iteration that is shown, because there may be a hundred thousand; null: all.
 */
export function timelineRows(
  flow: Flow,
  view: RunView,
  { now, paths = null }: { now: number; paths?: ShownPaths | null },
): TimelineRow[] {
  const origin = view.startedAt ?? now;
  const nodes = new Map(flow.nodes.map((node, index) => [node.id, { node, index }]));
  const started: TimelineRow[] = [];
  const keyOf = (node: string) => stepKey(node, paths ? pathOf(flow, paths, node) : []);
  const listed: [string, StepView | undefined][] = paths
    ? flow.nodes.map(({ id }) => [keyOf(id), view.steps[keyOf(id)]])
    : Object.entries(view.steps);
  const begun = new Set<string>();
  for (const [key, step] of listed) {
    const known = step && nodes.get(step.node);
    if (!known) continue;
    begun.add(step.node);
    // Counted from one, as people count.
    const path = step.iteration.length === 0 ? "" : ` [${step.iteration.map((index) => index + 1).join(", ")}]`;
    started.push({ ...rowOf(step, origin, view.finishedAt ?? now), key, name: known.node.name + path, kind: known.node.kind });
  }
  started.sort((one, other) => begin(one) - begin(other) || index(one) - index(other));
  const idle = flow.nodes
    .filter((node) => !begun.has(node.id))
    .map(
      (node): TimelineRow => ({
        key: node.id,
        node: node.id,
        name: node.name,
        kind: node.kind,
        status: "idle",
        whole: null,
        attempts: [],
        startedAt: null,
        finishedAt: null,
      }),
    );
  return [...started, ...idle];

  function begin(row: TimelineRow): number {
    return row.startedAt ?? row.finishedAt ?? Number.POSITIVE_INFINITY;
  }
  function index(row: TimelineRow): number {
    return nodes.get(row.node)?.index ?? 0;
  }
}

function rowOf(step: StepView, origin: number, end: number): Omit<TimelineRow, "key" | "name" | "kind"> {
  const base = { node: step.node, status: step.status, startedAt: step.startedAt, finishedAt: step.finishedAt };
  if (step.startedAt === null || step.status === "skipped") return { ...base, whole: null, attempts: [] };
  const stretch = (from: number, to: number | null, failed: boolean): Stretch => ({
    from: Math.max(0, from - origin),
    to: Math.max(0, (to ?? end) - origin),
    failed,
  });
  return {
    ...base,
    whole: stretch(step.startedAt, step.finishedAt, step.status === "failed"),
    attempts: step.attempts.map((attempt) => stretch(attempt.startedAt, attempt.finishedAt, attempt.status === "failed")),
  };
}

/** Round times for the axis, at most `most` of them, from 0 up to `lengthMs`. */
export function ticks(lengthMs: number, most = 6): number[] {
  const steps = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  ];
  const longer = [1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 604_800_000, 2_592_000_000];
  const step = [...steps, ...longer].find((each) => lengthMs / each <= most) ?? lengthMs / most;
  return Array.from({ length: Math.floor(lengthMs / step) + 1 }, (_, index) => index * step);
}
