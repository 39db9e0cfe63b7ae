import type { BranchNode } from "../../../shared/flow/node.ts";
import { compileOnce } from "../compile-once.ts";
import { type StepHandler, succeeded } from "../step.ts";
import { compileConditions } from "./conditions.ts";

const compile = compileOnce((node: BranchNode) => compileConditions(node.conditions, node.match));

export const branch: StepHandler<BranchNode> = (node, { lookup }) => {
  const { matched, conditions } = compile(node)(lookup);
  return succeeded({ matched }, [matched ? "true" : "false"], conditions);
};
