import { z } from "zod";
import { Json } from "../json.ts";
import { RunError, WaitReason } from "./run.ts";

/** Names of the values an entry may own. The entry itself carries only the names; values are fetched by entry number. */
export const ValueName = z.enum(["input", "output", "request", "response", "console"]);
export type ValueName = z.infer<typeof ValueName>;
export const JournalValues = z.partialRecord(ValueName, Json);
export type JournalValues = z.infer<typeof JournalValues>;

/** What a person says of a call whose outcome nobody knows: send it again, it did not go through, it did. */
export const OutcomeDecision = z.enum(["send-again", "fail", "done"]);
export type OutcomeDecision = z.infer<typeof OutcomeDecision>;

const head = {
  /** Position in the run's journal, from 1, without gaps. */
  number: z.int().min(1),
  /** Milliseconds since the epoch. */
  at: z.int(),
  values: z.array(ValueName).optional(),
};
/** A step is one execution of a node: (run, node, iteration path). The path is empty outside containers. */
const step = { node: z.string(), iteration: z.array(z.int()).optional() };

export const JournalEntry = z.discriminatedUnion("kind", [
  /** `trigger` is the node whose event started the run. `rerunOf`: the next `kept` entries, with their times, are those of that run. */
  z.object({
    ...head,
    kind: z.literal("run-started"),
    trigger: z.string(),
    rerunOf: z.string().optional(),
    kept: z.int().optional(),
  }),
  /** A new holder took the run over after its worker was lost. */
  z.object({ ...head, kind: z.literal("run-resumed") }),
  /** It waits until fewer than `limit` runs of its flow, with its key, go on. */
  z.object({ ...head, kind: z.literal("turn-awaited"), limit: z.int() }),
  z.object({ ...head, kind: z.literal("turn-taken") }),
  z.object({ ...head, ...step, kind: z.literal("step-started") }),
  /** The intent of an outside call, durable before the socket is used. Value: `request`, secrets as references. */
  z.object({
    ...head,
    ...step,
    kind: z.literal("attempt-started"),
    attempt: z.int(),
    group: z.int(),
    effect: z.enum(["read", "idempotent", "unsafe"]),
    idempotencyKey: z.string(),
  }),
  /** `retryAt` null: this was the last attempt. Value: `response`, when there was one. */
  z.object({
    ...head,
    ...step,
    kind: z.literal("attempt-failed"),
    attempt: z.int(),
    outcome: z.string(),
    status: z.int().nullable(),
    message: z.string(),
    durationMs: z.number(),
    retryAt: z.int().nullable(),
    nextGroup: z.boolean(),
    tokenRenewedAt: z.int().optional(),
  }),
  /** A page of a list came, and another one is asked for. Values: `output`, its body, and `response` (headers). */
  z.object({
    ...head,
    ...step,
    kind: z.literal("page-received"),
    attempt: z.int(),
    status: z.int(),
    durationMs: z.number(),
    tokenRenewedAt: z.int().optional(),
  }),
  z.object({ ...head, ...step, kind: z.literal("step-waiting"), reason: WaitReason, until: z.int().nullable() }),
  /** `ports`: those taken. `call`: the answer of the last attempt, its body being the output. Values: `input`, `output`, `response` (headers). */
  z.object({
    ...head,
    ...step,
    kind: z.literal("step-succeeded"),
    startedAt: z.int(),
    ports: z.array(z.string()),
    call: z.object({ attempt: z.int(), status: z.int(), durationMs: z.number(), tokenRenewedAt: z.int().optional() }).optional(),
  }),
  /** `ports`: those taken all the same, by the step's policy. */
  z.object({
    ...head,
    ...step,
    kind: z.literal("step-failed"),
    startedAt: z.int(),
    error: RunError,
    ports: z.array(z.string()).optional(),
  }),
  z.object({ ...head, ...step, kind: z.literal("step-skipped") }),
  z.object({ ...head, ...step, kind: z.literal("step-canceled") }),
  /** A container opens. `count`: how many iterations it has, null for a try. Value of a for-each: `input`, its items. */
  z.object({ ...head, ...step, kind: z.literal("container-started"), count: z.int().nullable() }),
  /** One iteration of a for-each is over; `iteration` ends with its index. Value: `output`, what it gives. */
  z.object({
    ...head,
    ...step,
    kind: z.literal("iteration-finished"),
    status: z.enum(["succeeded", "failed", "canceled"]),
    error: RunError.optional(),
  }),
  /** Iterations `from` … `from + count - 1`, whose steps are all pure, are over. Value: `output`, an `IterationChunk`. */
  z.object({
    ...head,
    ...step,
    kind: z.literal("iterations-finished"),
    from: z.int(),
    count: z.int(),
    failed: z.array(z.int()),
    steps: z.int(),
  }),
  /** Another run began for a sub-flow step, in the same commit. Value: `input`. */
  z.object({ ...head, ...step, kind: z.literal("child-started"), run: z.string(), flow: z.string() }),
  /** What a waiting step waited for has come. `by`: the signed URL, an event, or a person's id. Value: `output`. */
  z.object({
    ...head,
    ...step,
    kind: z.literal("signal-received"),
    signal: z.enum(["resumed", "approved", "rejected", "child-finished"]),
    by: z.string(),
  }),
  /** A stop step has said how the run ends. */
  z.object({
    ...head,
    ...step,
    kind: z.literal("run-stopping"),
    status: z.enum(["succeeded", "failed"]),
    error: RunError.optional(),
  }),
  /** A person settled a call whose outcome is unknown. Value: `output`, what it gave, where they say that it went through. */
  z.object({ ...head, ...step, kind: z.literal("outcome-decided"), decision: OutcomeDecision, by: z.string() }),
  /** The run's answer, whether or not anyone waits; the first wins. Value: `output` = {status, headers, body}. */
  z.object({ ...head, ...step, kind: z.literal("run-answered"), status: z.int() }),
  z.object({ ...head, kind: z.literal("cancel-requested"), by: z.string() }),
  z.object({
    ...head,
    kind: z.literal("run-finished"),
    status: z.enum(["succeeded", "failed", "canceled"]),
    error: RunError.optional(),
  }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;
export type JournalKind = JournalEntry["kind"];

/** What the `run-answered` entry holds and a waiting sender gets. */
export const RunAnswer = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: Json });
export type RunAnswer = z.infer<typeof RunAnswer>;
