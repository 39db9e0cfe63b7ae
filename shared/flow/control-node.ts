import { z } from "zod";
import { Json } from "../json.ts";
import { rule } from "./condition.ts";
import { longestWaitMs, stepBase } from "./node-base.ts";

/** Goes on only when its rule holds; else what comes after it alone is skipped. */
export const FilterNode = z.object({ ...stepBase, kind: z.literal("filter"), ...rule });
export type FilterNode = z.infer<typeof FilterNode>;

/**
 * Starts another flow by its manual or API trigger, with `input` as the trigger's body. `wait`: it goes on when that run has ended, with
 * `{run, status, answer}`; `start`: at once, with `{run}`.
 */
export const SubFlowNode = z.object({
  ...stepBase,
  kind: z.literal("sub-flow"),
  flow: z.string().max(80),
  input: Json.default({}),
  mode: z.enum(["wait", "start"]).default("wait"),
});
export type SubFlowNode = z.infer<typeof SubFlowNode>;

/** Ends the whole run as succeeded or failed, whatever else runs. */
export const StopNode = z.object({
  ...stepBase,
  kind: z.literal("stop"),
  status: z.enum(["succeeded", "failed"]).default("failed"),
  message: z.string().max(2_000).default(""),
});
export type StopNode = z.infer<typeof StopNode>;

/**
 * Reads or changes a value that outlives the run, once however often the step is interrupted. Keys of scope `flow` are the flow's own.
 * Gives `{key, value, found}`; for `put` and `delete`, `value` is the one before. `increment` gives the one after, and the other as `before`.
 */
export const KeyValueNode = z.object({
  ...stepBase,
  kind: z.literal("key-value"),
  operation: z.enum(["get", "put", "increment", "delete"]).default("get"),
  scope: z.enum(["flow", "workspace"]).default("flow"),
  /** May hold templates; at most 500 characters when resolved. */
  key: z.string().min(1, "enter a key").max(2_000),
  /** Of `put`. */
  value: Json.optional(),
  /** Of `increment`: a number, or a template that gives one. */
  by: z.union([z.number(), z.string().max(2_000)]).default(1),
});
export type KeyValueNode = z.infer<typeof KeyValueNode>;

/** Leaves by `first` the first time that a key is seen within the window, by `again` every other time. */
export const OnceNode = z.object({
  ...stepBase,
  kind: z.literal("once"),
  key: z.string().min(1, "enter a key").max(2_000),
  windowMs: z
    .int()
    .min(1_000, "at least a second")
    .max(longestWaitMs, "at most 366 days")
    .default(7 * 86_400_000),
});
export type OnceNode = z.infer<typeof OnceNode>;
