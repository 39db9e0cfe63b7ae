import type { WaitReason } from "../../shared/run/run.ts";

/** Why a step waits, as the end of "Waiting …". */
export const waitWords: Record<WaitReason, string> = {
  delay: "for its delay to pass",
  event: "for an event",
  approval: "for an approval",
  retry: "to try again",
  quota: "for the account's rate limit",
  child: "for the run that it started",
  "outcome-unknown": "for a decision",
};
