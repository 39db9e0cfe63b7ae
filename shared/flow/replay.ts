import { z } from "zod";
import { RunStatus, StepStatus } from "../run/run.ts";
import { JsonChanges } from "./json-changes.ts";

/** How a step of a draft went, against the run that was replayed. */
export const StepChange = z.enum([
  /** It gives something else. */
  "output",
  /** It ended otherwise: another status, or another error. */
  "ending",
  /** The run had no such step. */
  "new",
  /** The draft does not reach it. */
  "gone",
  /** It asks an API for what the run did not ask: nobody knows the answer, and nothing was sent. */
  "new-call",
  /** Nobody knows: a new call comes before it. */
  "unknown",
]);
export type StepChange = z.infer<typeof StepChange>;

/** A step that went otherwise than it did. `step`: key of the step, the node's id with the iteration path in brackets. */
export const StepDifference = z.object({
  step: z.string(),
  node: z.string(),
  change: StepChange,
  /** How it ended then and now; null where it was not reached. */
  before: StepStatus.nullable(),
  after: StepStatus.nullable(),
  /** Why it failed now. */
  error: z.string().nullable(),
  /** Of `new-call`: method and URL, secrets masked. */
  request: z.string().nullable(),
  /** Of `output`. */
  changes: JsonChanges.nullable(),
});
export type StepDifference = z.infer<typeof StepDifference>;

/** What a draft makes of a run's event. */
export const ReplayedRun = z.object({
  run: z.string(),
  createdAt: z.int(),
  before: RunStatus,
  /** Null where it could not be replayed, for `why`. */
  after: RunStatus.nullable(),
  why: z.string().nullable(),
  /** Steps that went as they did. */
  same: z.int(),
  /** The first 200 of the others. */
  differences: z.array(StepDifference),
  /** How many others there are. */
  different: z.int(),
});
export type ReplayedRun = z.infer<typeof ReplayedRun>;
