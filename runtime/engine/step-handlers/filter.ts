import type { FilterNode } from "../../../shared/flow/control-node.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { type StepHandler, succeeded } from "../step.ts";
import { compileConditions } from "./conditions.ts";

const compile = compileOnce((node: FilterNode) => compileConditions(node.conditions, node.match));

/** By no port when its rule does not hold: what comes after it alone is skipped. */
export const filter: StepHandler<FilterNode> = (node, context) => {
  const { compiled, judge } = compile(node);
  return withValue({ node, context, compiled }, (sides) => {
    const { matched, conditions } = judge(sides);
    return succeeded({ matched }, matched ? ["out"] : [], conditions);
  });
};
