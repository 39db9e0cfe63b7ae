import { longestWaitMs } from "../../../shared/flow/node-base.ts";
import type { DelayNode } from "../../../shared/flow/wait-node.ts";
import type { Json } from "../../../shared/json.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { failed, type StepHandler, succeeded } from "../step.ts";

const compile = compileOnce((node: DelayNode) => compileValue(node.until ?? node.delayMs));

/** The first time it says until when it waits; that is journaled, and the second time it is over. */
export const delay: StepHandler<DelayNode> = (node, context) => {
  const { step, clock } = context;
  if (step?.reason === "delay" && step.until !== null) {
    return step.until <= clock()
      ? succeeded({ waitedUntil: step.until })
      : { outcome: "waiting", reason: "delay", until: step.until };
  }
  return withValue({ node, context, compiled: compile(node) }, (value) => {
    const now = clock();
    if (node.until === undefined) {
      const delayMs = Number(value);
      if (!Number.isFinite(delayMs) || delayMs < 0 || delayMs > longestWaitMs)
        return failed("invalid_input", `delayMs must be a number of milliseconds from 0 to ${longestWaitMs} (366 days)`);
      return { outcome: "waiting", reason: "delay", until: now + Math.round(delayMs) };
    }
    const until = timeOf(value);
    if (until === null) return failed("invalid_input", `until must be a time: ISO 8601, or milliseconds since 1970`);
    if (until - now > longestWaitMs) return failed("invalid_input", "until is more than 366 days ahead");
    return until <= now ? succeeded({ waitedUntil: until }) : { outcome: "waiting", reason: "delay", until };
  });
};

function timeOf(value: Json | undefined): number | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value).trim();
  const time = /^\d+$/.test(text) ? Number(text) : /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) && time <= 8_640_000_000_000_000 ? time : null;
}
