import { z } from "zod";
import { Connector } from "../connector/connector.ts";
import { Json } from "../json.ts";
import { RunError, RunStatus, StepStatus } from "../run/run.ts";
import { Flow } from "./flow.ts";
import { JsonChanges } from "./json-changes.ts";
import { NodeId } from "./node-base.ts";

/** Key of a step: the node's id, with the iteration path in brackets inside of loops. */
const StepKey = z.string().min(1).max(200);

/** What an outside call was answered with when it was recorded: an answer, or why there was none. */
const CallAnswer = z.union([
  z.object({
    status: z.int().min(100).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: Json.default(null),
  }),
  z.object({
    failed: z.enum(["unreachable", "timed-out", "interrupted", "blocked", "too-large"]),
    message: z.string().default(""),
  }),
]);
export type CallAnswer = z.infer<typeof CallAnswer>;

/** One recorded call: it answers the next request of the same method, path, query and body, once. */
export const RecordedCall = z.object({
  request: z.object({ method: z.string().max(20), url: z.string().max(10_000), body: Json.default(null) }),
  answer: CallAnswer,
});
export type RecordedCall = z.infer<typeof RecordedCall>;

/** What a waiting step is told. */
const by = z.string().max(200).default("test");
const WaitAnswer = z.union([
  z.object({ step: StepKey, by, resume: Json }),
  z.object({ step: StepKey, by, decision: z.enum(["approved", "rejected"]), form: Json.default({}) }),
]);

const ChildEnd = z.object({ status: z.enum(["succeeded", "failed"]).default("succeeded"), answer: Json.default(null) });
export type ChildEnd = z.infer<typeof ChildEnd>;

/** One thing that must hold when the run has ended. `output`: equal; `contains`: has at least these fields. */
export const Expectation = z.union([
  z.object({ run: RunStatus, error: z.string().max(200).optional() }),
  z.object({
    step: StepKey,
    status: StepStatus.optional(),
    output: Json.optional(),
    contains: Json.optional(),
    error: z.string().max(200).optional(),
  }),
  z.object({ calls: z.int().min(0) }),
]);
export type Expectation = z.infer<typeof Expectation>;

/** A run's trigger, what the world outside answers it, a clock that only jumps, and what must come of it. Nothing is sent anywhere. */
export const FlowTest = z.object({
  patchbay: z.literal("flow-test"),
  format: z.literal(1),
  name: z.string().trim().min(1).max(200),
  /** The flow, or the path of its file, from this file's folder. */
  flow: z.union([z.string().min(1).max(1_000), Flow]),
  /** The connectors that it uses. */
  connectors: z.array(Connector).max(100).default([]),
  /** What is not secret of the connections that it uses, by id or slot. */
  connections: z
    .record(
      z.string().max(120),
      z.object({
        connector: z.string().max(63),
        baseUrl: z.string().max(2_000).nullable().default(null),
        variables: z.record(z.string(), z.string()).default({}),
      }),
    )
    .default({}),
  /** The node that starts the run, and what it gives. */
  trigger: z.object({ node: NodeId, output: Json }),
  /** When the run begins, in milliseconds since 1970. */
  startAt: z.int().default(1_750_000_000_000),
  calls: z.array(RecordedCall).max(10_000).default([]),
  waits: z.array(WaitAnswer).max(1_000).default([]),
  /** Values of key-value steps as they were before; `scope` as in the node. */
  stored: z
    .array(z.object({ scope: z.enum(["flow", "workspace"]).default("flow"), key: z.string().max(500), value: Json }))
    .max(1_000)
    .default([]),
  /** Keys that a once-per-key node had already seen. */
  seen: z
    .array(z.object({ node: NodeId, key: z.string().max(500) }))
    .max(1_000)
    .default([]),
  /** What the flows that it starts come to, by id or slot; `steps`: what one comes to for a step, where that is something else. */
  flows: z.record(z.string().max(120), ChildEnd.extend({ steps: z.record(StepKey, ChildEnd).default({}) })).default({}),
  expect: z.array(Expectation).min(1, "nothing is expected").max(10_000),
});
export type FlowTest = z.infer<typeof FlowTest>;

/** What became of one expectation, or of the test itself (`expectation` null). `changes`: where the output is another. */
export const Verdict = z.object({
  expectation: Expectation.nullable(),
  name: z.string(),
  passed: z.boolean(),
  message: z.string().nullable(),
  changes: JsonChanges.nullable(),
});
export type Verdict = z.infer<typeof Verdict>;

/** `durationMs`: real time that it took. */
export const FlowTestResult = z.object({
  name: z.string(),
  passed: z.boolean(),
  verdicts: z.array(Verdict),
  durationMs: z.int(),
  error: RunError.nullable(),
});
export type FlowTestResult = z.infer<typeof FlowTestResult>;
