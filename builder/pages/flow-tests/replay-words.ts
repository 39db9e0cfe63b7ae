import type { ReplayedRun, StepDifference } from "../../../shared/flow/replay.ts";
import { stateWord } from "../../ui/lamp.tsx";

/** How a replayed run went: `unknown` where it could not be replayed. */
export function outcomeOf({ before, after, different }: ReplayedRun): "same" | "otherwise" | "unknown" {
  if (after === null) return "unknown";
  return after === before && different === 0 ? "same" : "otherwise";
}

/** `9 of 10 go as before, 1 would go otherwise, 1 could not be replayed` */
export function summaryOf(runs: readonly ReplayedRun[]): string {
  const of = (outcome: ReturnType<typeof outcomeOf>) => runs.filter((run) => outcomeOf(run) === outcome).length;
  const [same, otherwise, unknown] = [of("same"), of("otherwise"), of("unknown")];
  if (same === runs.length) return runs.length === 1 ? "It goes as before." : `All ${runs.length} go as before.`;
  const parts = [
    `${same} of ${runs.length} ${same === 1 ? "goes" : "go"} as before`,
    ...(otherwise > 0 ? [`${otherwise} would go otherwise`] : []),
    ...(unknown > 0 ? [`${unknown} could not be replayed`] : []),
  ];
  return `${parts.join(", ")}.`;
}

const order = { otherwise: 0, unknown: 1, same: 2 } as const;

/** Those that go otherwise first, each group as it came. */
export function mostTellingFirst(runs: readonly ReplayedRun[]): ReplayedRun[] {
  return runs.toSorted((one, other) => order[outcomeOf(one)] - order[outcomeOf(other)]);
}

/** What a step does otherwise, behind its name. The request of a new call is said apart. */
export function differenceWords({ change, before, after, error }: StepDifference): string {
  const why = error === null ? "" : `: ${error}`;
  switch (change) {
    case "output":
      return "gives something else";
    case "ending":
      return `${word(before)} before, ${word(after)} now${why}`;
    case "new":
      return after === null ? "is new" : `is new: ${word(after)}${why}`;
    case "gone":
      return `is no longer reached${before === null ? "" : `; it was ${word(before)}`}`;
    case "new-call":
      return "would make a call whose answer nobody knows. Nothing was sent.";
    case "unknown":
      return "is unknown: a new call comes before it";
  }
}

function word(status: StepDifference["before"]): string {
  return status === null ? "not reached" : stateWord(status).toLowerCase();
}
