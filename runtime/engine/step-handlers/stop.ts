import type { StopNode } from "../../../shared/flow/control-node.ts";
import { inText } from "../../../shared/flow/expression.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import type { StepHandler } from "../step.ts";

const compile = compileOnce((node: StopNode) => compileValue(node.message));

/** Ends the run. */
export const stop: StepHandler<StopNode> = (node, context) =>
  withValue({ node, context, compiled: compile(node) }, (value) => {
    const message = inText(value) || "the flow was stopped";
    const error = node.status === "failed" ? { code: "stopped", message, node: node.id } : null;
    return { outcome: "stopped", status: node.status, output: { message }, error };
  });
