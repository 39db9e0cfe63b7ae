import { z } from "zod";
import { RunStatus, StepStatus } from "../run/run.ts";
import { route } from "./route.ts";

/** Where a rerun begins: with the trigger's output, with what failed or never settled, or with one step and all that comes after it. */
export const RerunFrom = z.union([
  z.literal("trigger"),
  z.literal("failed"),
  /** `step`: its key, the node's id with the iteration path in brackets: `pay`, `pay[3]`. */
  z.object({ step: z.string().min(1).max(200) }),
]);
export type RerunFrom = z.infer<typeof RerunFrom>;

/** `same`: the version that the run had; `latest`: the one that is published now. */
export const RerunVersion = z.enum(["same", "latest"]);
export type RerunVersion = z.infer<typeof RerunVersion>;

const runParams = z.object({ run: z.string().max(100) });

/** Starts a run that goes over an ended one again, and takes over what still holds of it. */
export const rerunRun = route({
  method: "POST",
  path: "/runs/:run/rerun",
  access: "person",
  params: runParams,
  body: z.object({ from: RerunFrom, version: RerunVersion.default("same") }),
  response: z.object({ run: z.string() }),
});

/** A call of the run that is no longer there in the rerun, which would make it again. */
export const RepeatedCall = z.object({
  step: z.string(),
  node: z.string(),
  iteration: z.array(z.int()),
  status: StepStatus,
  effect: z.enum(["read", "idempotent", "unsafe"]),
  method: z.string(),
  url: z.string(),
  /** When it was last sent, in milliseconds. */
  sentAt: z.int(),
});
export type RepeatedCall = z.infer<typeof RepeatedCall>;

/** What a rerun would do over again: calls, the unsafe ones first, and flows that would be started; and how much it takes over. */
export const RerunPreview = z.object({
  calls: z.array(RepeatedCall),
  /** There are so many calls in all; at most 200 of them are listed. */
  callCount: z.int(),
  unsafeCount: z.int(),
  flows: z.array(z.object({ step: z.string(), flow: z.string(), run: z.string() })),
  kept: z.array(z.string()),
  /** There are so many steps in all that are taken over; at most 200 are listed. */
  keptCount: z.int(),
});
export type RerunPreview = z.infer<typeof RerunPreview>;

export const previewRerun = route({
  method: "GET",
  path: "/runs/:run/rerun-preview",
  access: "person",
  params: runParams,
  /** `step` belongs to `from=step`. */
  query: z
    .object({
      from: z.enum(["trigger", "failed", "step"]),
      step: z.string().min(1).max(200).optional(),
      version: RerunVersion.default("same"),
    })
    .refine(({ from, step }) => (from === "step") === (step !== undefined), "step belongs to from=step, and is needed there"),
  response: RerunPreview,
});

export const mostInBulk = 10_000;

/** Runs by what they have in common; a field left out does not matter. `from` and `to`: when they were created (ms), `to` excluded. */
export const RunFilter = z.object({
  flow: z.string().max(100).optional(),
  status: RunStatus.optional(),
  from: z.int().min(0).optional(),
  to: z.int().min(0).optional(),
  /** Only these. */
  runs: z.array(z.string().max(100)).min(1).max(500).optional(),
});
export type RunFilter = z.infer<typeof RunFilter>;

/** What reruns of the newest so many of the runs found would do over again: calls, of which some may act twice, and flows. */
export const BulkRepeats = z.object({
  /** So many were looked at, the newest. */
  lookedAt: z.int(),
  calls: z.int(),
  unsafe: z.int(),
  /** So many runs have calls that may act twice. */
  unsafeRuns: z.int(),
  flows: z.int(),
});
export type BulkRepeats = z.infer<typeof BulkRepeats>;

/**
 * Cancels the runs of a filter that have not ended, or runs the ended ones again on their version: the newest first, at most 10,000.
 * With `dryRun` nothing is done: `found` says for how many it would be, `repeats` what the newest of these would do over again.
 * A run that was run again already is left out, unless it is named.
 */
export const bulkRuns = route({
  method: "POST",
  path: "/runs/bulk",
  access: "person",
  body: z.object({
    action: z.enum(["rerun", "cancel"]),
    filter: RunFilter,
    from: z.enum(["failed", "trigger"]).default("failed"),
    dryRun: z.boolean().default(false),
  }),
  response: z.object({
    /** Runs that the filter and the action fit, counted up to one more than 10,000. */
    found: z.int(),
    /** Runs that fit and were run again already: left out of those found, unless they were named. */
    again: z.int(),
    /** Of a rerun with `dryRun`; else null. */
    repeats: BulkRepeats.nullable(),
    taken: z.int(),
    refused: z.int(),
    /** Why, and for how many. */
    reasons: z.array(z.object({ reason: z.string(), count: z.int() })),
  }),
});
