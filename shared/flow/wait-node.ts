import { z } from "zod";
import { Form } from "./form-field.ts";
import { NodeId, Span, stepBase } from "./node-base.ts";

const dayMs = 86_400_000;

/**
 * Waits until its signed URL is called, or an event of one of the flow's triggers has the correlation key at `match.path` of its body;
 * such an event starts no run. Leaves by `out` with `{by, body, …}`, or by `timeout` at its deadline; where no edge leaves `timeout`, the
 * step fails.
 */
export const WaitNode = z.object({
  ...stepBase,
  kind: z.literal("wait"),
  correlation: z.object({ key: z.string().min(1).max(2_000), trigger: NodeId, path: z.string().min(1).max(300) }).optional(),
  deadlineMs: Span.default(7 * dayMs),
});
export type WaitNode = z.infer<typeof WaitNode>;

/** Waits until a person approves or rejects on its page, and fills in its form. Leaves by `approved`, `rejected` or `timeout`. */
export const ApprovalNode = z.object({
  ...stepBase,
  kind: z.literal("approval"),
  title: z.string().min(1, "enter a title").max(500),
  description: z.string().max(8_000).default(""),
  form: Form.default([]),
  /** Ids of the people who may decide, who then have to be signed in; none: everybody who has the link. */
  approvers: z.array(z.string().max(80)).max(50, "at most 50 people").default([]),
  deadlineMs: Span.default(7 * dayMs),
});
export type ApprovalNode = z.infer<typeof ApprovalNode>;

/** Waits `delayMs` milliseconds (a number, or a template that gives one), at most 366 days; with `until`, up to that time instead. */
export const DelayNode = z.object({
  ...stepBase,
  kind: z.literal("delay"),
  delayMs: z.union([z.number().min(0), z.string()]),
  /** A time, ISO 8601 or milliseconds since the epoch, or a template that gives one; a time that has passed is waited for no longer. */
  until: z.string().max(2_000).optional(),
});
export type DelayNode = z.infer<typeof DelayNode>;
