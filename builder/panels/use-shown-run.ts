import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Json } from "../../shared/json.ts";
import type { IterationChunk } from "../../shared/run/iteration-chunk.ts";
import { type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import { entryValuesQuery } from "../api/queries.ts";
import { pathOf, type ShownPaths, shownPaths } from "../canvas/shown-path.ts";
import { useCanvasSession } from "../stores/canvas-session.ts";
import { type ChunkStep, chunkSteps } from "./chunk-steps.ts";

/** A run as the page shows it: of each for-each one iteration. */
export type ShownRun = {
  /** Its own view, and in it the steps of the shown iterations that were journaled together with others. */
  view: RunView;
  paths: ShownPaths;
  /** The step of a node in the iteration that is shown. */
  stepOf: (node: string) => { key: string; step: StepView | undefined; output: Json | undefined };
};

type Wanted = { container: string; path: number[]; entry: number; at: number };

/** Chooses the iterations to show, and fetches those that are journaled in chunks. Another run begins without a choice. */
export function useShownRun(run: string | null, flow: Flow | null, view: RunView): ShownRun {
  const picked = useCanvasSession((state) => state.iterations);
  const forget = useCanvasSession((state) => state.forgetIterations);
  useEffect(() => {
    if (run !== null) forget();
  }, [run, forget]);
  const paths = useMemo(
    () => (flow ? shownPaths(flow, view, picked) : new Map<string | null, number[]>([[null, []]])),
    [flow, view, picked],
  );
  const wanted = useMemo(() => (flow ? chunksOf(flow, view, paths) : []), [flow, view, paths]);
  const chunks = useQueries({
    queries: run === null ? [] : wanted.map(({ entry }) => entryValuesQuery(run, entry)),
    combine: (results) => results.map(({ data }) => data?.values.output),
  });
  return useMemo(() => {
    const found = wanted.flatMap(({ container, path, at }, index): ChunkStep[] => {
      const chunk = chunks[index];
      // The entry's kind says what its value is.
      return chunk === undefined || !flow
        ? []
        : chunkSteps(flow, container, { chunk: chunk as unknown as IterationChunk, at, path });
    });
    const outputs = new Map(found.map(({ key, output }) => [key, output]));
    const shown = found.length === 0 ? view : withSteps(view, found);
    return {
      view: shown,
      paths,
      stepOf(node) {
        const key = stepKey(node, flow ? pathOf(flow, paths, node) : []);
        return { key, step: shown.steps[key], output: outputs.get(key) };
      },
    };
  }, [wanted, chunks, flow, view, paths]);
}

function withSteps(view: RunView, found: readonly ChunkStep[]): RunView {
  // No prototype, as the view's own: a node named "constructor" is only data.
  const steps: RunView["steps"] = Object.assign(Object.create(null), view.steps);
  for (const { key, step } of found) steps[key] = step;
  return { ...view, steps };
}

function chunksOf(flow: Flow, view: RunView, paths: ShownPaths): Wanted[] {
  return flow.nodes.flatMap((node): Wanted[] => {
    const path = node.kind === "for-each" ? paths.get(node.id) : undefined;
    if (!path) return [];
    const shown = path.at(-1) ?? 0;
    const chunks = view.steps[stepKey(node.id, path.slice(0, -1))]?.container?.chunks ?? [];
    const chunk = chunks.find(({ from, count }) => shown >= from && shown < from + count);
    return chunk ? [{ container: node.id, path, entry: chunk.entry, at: shown - chunk.from }] : [];
  });
}
