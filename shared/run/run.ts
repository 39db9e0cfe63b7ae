import { z } from "zod";

export const RunStatus = z.enum(["queued", "running", "waiting", "succeeded", "failed", "canceled"]);
export type RunStatus = z.infer<typeof RunStatus>;
export const StepStatus = z.enum(["running", "waiting", "succeeded", "failed", "skipped", "canceled"]);
export type StepStatus = z.infer<typeof StepStatus>;
export const WaitReason = z.enum(["delay", "event", "approval", "retry", "quota", "child", "outcome-unknown"]);
export type WaitReason = z.infer<typeof WaitReason>;

export type FinalRunStatus = "succeeded" | "failed" | "canceled";
export function isFinal(status: RunStatus): status is FinalRunStatus {
  return status === "succeeded" || status === "failed" || status === "canceled";
}

/** Why a step or a run failed: a stable code, a sentence for people. */
export const RunError = z.object({ code: z.string(), message: z.string(), node: z.string().optional() });
export type RunError = z.infer<typeof RunError>;
