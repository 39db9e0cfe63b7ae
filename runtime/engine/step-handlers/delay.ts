import type { DelayNode } from "../../../shared/flow/node.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { failed, type StepHandler, succeeded } from "../step.ts";

const longestMs = 366 * 86_400_000;
const compile = compileOnce((node: DelayNode) => compileValue(node.delayMs));

/** The first time it says until when it waits; that is journaled, and the second time it is over. */
export const delay: StepHandler<DelayNode> = (node, context) => {
  const { step, clock } = context;
  if (step?.reason === "delay" && step.until !== null) {
    return step.until <= clock()
      ? succeeded({ waitedUntil: step.until })
      : { outcome: "waiting", reason: "delay", until: step.until };
  }
  return withValue({ node, context, compiled: compile(node) }, (value) => {
    const delayMs = Number(value);
    if (!Number.isFinite(delayMs) || delayMs < 0 || delayMs > longestMs)
      return failed("invalid_input", `delayMs must be a number of milliseconds from 0 to ${longestMs} (366 days)`);
    return { outcome: "waiting", reason: "delay", until: clock() + Math.round(delayMs) };
  });
};
