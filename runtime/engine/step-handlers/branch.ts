import type { BranchNode } from "../../../shared/flow/node.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { type StepHandler, succeeded } from "../step.ts";
import { compileConditions } from "./conditions.ts";

const compile = compileOnce((node: BranchNode) => compileConditions(node.conditions, node.match));

export const branch: StepHandler<BranchNode> = (node, context) => {
  const { compiled, judge } = compile(node);
  return withValue({ node, context, compiled }, (sides) => {
    const { matched, conditions } = judge(sides);
    return succeeded({ matched }, [matched ? "true" : "false"], conditions);
  });
};
