import { z } from "zod";

/** How many runs of a flow go on at a time, each key for itself. Runs that a sub-flow step starts are not counted. */
export const Concurrency = z.object({
  limit: z.int().min(1).max(1_000, "at most 1,000 runs at a time"),
  /** A template over the trigger, e.g. `{{trigger.body.customer}}`; left out: one key for all. */
  key: z.string().max(2_000).optional(),
  /** What becomes of a run that finds no place: it waits for one, ends as canceled, or takes that of the oldest, which is canceled. */
  whenFull: z.enum(["queue", "drop", "cancel-oldest"]).default("queue"),
});
export type Concurrency = z.infer<typeof Concurrency>;

/** What holds for all runs of a flow. */
export const FlowSettings = z.object({
  /** Flow that is started by its manual trigger when a run of this one has failed: `{flow, run, error}` is its body. */
  errorFlow: z.string().max(80).optional(),
  concurrency: Concurrency.optional(),
  /** Ended runs are deleted after so many days; left out, the operator's default. */
  retentionDays: z.int().min(1, "at least a day").max(3_650, "at most ten years").optional(),
  /** Steps that one run may execute, pure steps inside a for-each included. */
  maxSteps: z.int().min(1).max(10_000_000, "at most 10,000,000 steps").optional(),
  /** How long a run may take from its first step, waits included, in milliseconds. */
  maxDurationMs: z
    .int()
    .min(1_000, "at least a second")
    .max(366 * 86_400_000, "at most 366 days")
    .optional(),
});
export type FlowSettings = z.infer<typeof FlowSettings>;
