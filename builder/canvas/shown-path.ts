import type { Flow } from "../../shared/flow/flow.ts";
import { isContainer } from "../../shared/flow/node-ports.ts";
import { type ContainerView, nodeOfStep, type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import { geometryOf } from "./geometry.ts";

/** Iterations that a person has chosen, by the key of the for-each's step. */
export type Picked = Readonly<Record<string, number>>;
/** By container: the iteration path of the steps inside that are shown; under null that of the top. */
export type ShownPaths = ReadonlyMap<string | null, number[]>;

/** What a run that waits, waits for: first of all a person's decision about a call. */
export function waitingStep(view: RunView): StepView | undefined {
  if (view.status !== "waiting") return undefined;
  const waiting = Object.values(view.steps).filter((step) => step.status === "waiting");
  return waiting.find(({ reason }) => reason === "outcome-unknown") ?? waiting.find(({ container }) => !container);
}

/** Of each for-each one iteration is shown: the one that was chosen, else what the run waits for, else where it failed, else where it is. */
export function shownPaths(flow: Flow, view: RunView, picked: Picked): ShownPaths {
  const geometry = geometryOf(flow);
  const asking = waitingStep(view);
  const around = asking ? geometry.around(asking.node) : [];
  /** The iteration in which the run waits, where that is inside of this container and this path. */
  function asked(container: string, path: number[]): number | undefined {
    if (!asking || !around.includes(container)) return undefined;
    return path.every((index, depth) => asking.iteration[depth] === index) ? asking.iteration[path.length] : undefined;
  }
  const paths = new Map<string | null, number[]>([[null, []]]);
  const enter = (container: string | null, path: number[]): void => {
    for (const node of geometry.inside(container)) {
      if (!isContainer(node)) continue;
      const key = stepKey(node.id, path);
      const inside = node.kind === "try" ? path : [...path, shownIteration(view.steps[key], picked[key] ?? asked(node.id, path))];
      paths.set(node.id, inside);
      enter(node.id, inside);
    }
  };
  enter(null, []);
  return paths;
}

/** What must be chosen for a step to be shown, by its key: of each for-each around it the iteration that it is in. */
export function choiceFor(flow: Flow, key: string): Picked {
  const node = nodeOfStep(key);
  const path = key.slice(node.length).match(/\d+/g)?.map(Number) ?? [];
  const isLoop = (id: string) => flow.nodes.some((each) => each.id === id && each.kind === "for-each");
  const loops = geometryOf(flow).around(node).filter(isLoop).toReversed();
  return Object.fromEntries(
    path.slice(0, loops.length).map((index, depth) => [stepKey(loops[depth] ?? "", path.slice(0, depth)), index]),
  );
}

/** The path of a node's own step among those that are shown. */
export function pathOf(flow: Flow, paths: ShownPaths, node: string): number[] {
  return paths.get(geometryOf(flow).parent(node)) ?? [];
}

function shownIteration(step: StepView | undefined, picked: number | undefined): number {
  const container = step?.container;
  if (!step || !container || container.count === null) return 0;
  const last = Math.max(0, container.count - 1);
  if (picked !== undefined) return Math.min(Math.max(picked, 0), last);
  const [failed] = failedIterations(step);
  if (failed !== undefined) return failed;
  return step.status === "running" || step.status === "waiting" ? Math.min(container.finished, last) : 0;
}

/** A view on the page is never changed in place, and a loop may have a hundred thousand iterations. */
const knownFailures = new WeakMap<ContainerView, number[]>();

/** Indexes of the iterations that failed, from the first. */
export function failedIterations({ container }: StepView): number[] {
  if (!container || container.failed === 0) return [];
  const known = knownFailures.get(container) ?? findFailures(container);
  knownFailures.set(container, known);
  return known;
}

function findFailures(container: ContainerView): number[] {
  const alone = Object.entries(container.iterations).flatMap(([index, { status }]) =>
    status === "failed" ? [Number(index)] : [],
  );
  return [...alone, ...container.chunks.flatMap(({ failed }) => failed)].toSorted((one, other) => one - other);
}

/** How far a container has come, and which of its iterations is shown. Null before it began. */
export type FrameProgress = {
  /** Of its step, by which a choice is kept. */
  key: string;
  /** Null for a try, which has no iterations. */
  count: number | null;
  finished: number;
  failed: number;
  shown: number;
  /** The next one after the shown that failed, from the first again after the last; null when none did. */
  nextFailed: number | null;
};

export function frameProgress(step: StepView, shown: number): FrameProgress | null {
  const { container } = step;
  if (!container) return null;
  const failed = failedIterations(step);
  return {
    key: stepKey(step.node, step.iteration),
    count: container.count,
    finished: container.finished,
    failed: container.failed,
    shown,
    nextFailed: failed.find((index) => index > shown) ?? failed[0] ?? null,
  };
}

/** "37 of 100, 2 failed". Empty for a try. */
export function progressWords({ count, finished, failed }: FrameProgress): string {
  if (count === null) return "";
  const number = (value: number) => value.toLocaleString("en");
  return `${number(finished)} of ${number(count)}${failed > 0 ? `, ${number(failed)} failed` : ""}`;
}
