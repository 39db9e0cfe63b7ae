import { changesOf, sameJson } from "../../shared/flow/json-changes.ts";
import type { StepDifference } from "../../shared/flow/replay.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import { masked } from "../../shared/run/sealed-value.ts";
import { outputOf } from "./judge-run.ts";
import type { Played } from "./play-flow.ts";

/** The journal of a run, folded. */
export type Recorded = Pick<Played, "view" | "records">;
export type Compared = { same: number; differences: StepDifference[] };

/**
 * How a draft went against a recorded run, step by step in their order. `again`: the same recording with the flow that it was made of: what
 * a step gives otherwise there as well (times, random numbers) says nothing of the draft.
 */
export function comparePlayed({ before, again, after }: { before: Recorded; again: Recorded; after: Played }): Compared {
  const keys = new Set([...Object.keys(before.view.steps), ...Object.keys(after.view.steps)]);
  const asks = new Set(after.unknown.map(({ method, url }) => `${method} ${url}`));
  const found = [...keys].map((key) => compareStep(key, { before, again, after, asks }));
  const differences = found.filter((difference) => difference !== null);
  return { same: found.length - differences.length, differences };
}

type Sides = { before: Recorded; again: Recorded; after: Played; asks: ReadonlySet<string> };

function compareStep(key: string, { before, again, after, asks }: Sides): StepDifference | null {
  const [was, is] = [before.view.steps[key], after.view.steps[key]];
  const head = {
    ...{ step: key, node: (is ?? was)?.node ?? key, before: was?.status ?? null, after: is?.status ?? null },
    ...{ error: is?.error?.message ?? null, request: null, changes: null },
  };
  const asked = is ? newCallOf(is, after, asks) : null;
  if (asked !== null) return { ...head, change: "new-call", request: asked };
  if (!was) return { ...head, change: "new" };
  const cutShort = after.unknown.length > 0;
  if (!is) return { ...head, change: cutShort ? "unknown" : "gone" };
  if (was.status !== is.status || was.error?.code !== is.error?.code)
    return { ...head, change: cutShort && (is.status === "canceled" || is.status === "skipped") ? "unknown" : "ending" };
  const given = outputOf(before, was);
  const changes = changesOf(given, outputOf(after, is));
  if (changes.places.length === 0) return null;
  const once = again.view.steps[key];
  return once && !sameJson(given, outputOf(again, once)) ? null : { ...head, change: "output", changes };
}

/** What a step asks an API for to which there is no answer; null when it asks for nothing of that kind. */
function newCallOf({ attempts }: StepView, { records }: Recorded, asks: ReadonlySet<string>): string | null {
  const last = attempts.at(-1);
  if (last?.outcome !== "blocked" || asks.size === 0) return null;
  const request = records[last.requestEntry - 1]?.values.request ?? null;
  const { method, url } = masked(request) as { method: string; url: string };
  return `${method} ${url}`;
}
