import type { SwitchNode } from "../../../shared/flow/node.ts";
import { compileOnce } from "../compile-once.ts";
import { type StepHandler, succeeded } from "../step.ts";
import { compileConditions } from "./conditions.ts";

const compile = compileOnce((node: SwitchNode) =>
  node.cases.map(({ port, name, match, conditions }) => ({ port, name, judge: compileConditions(conditions, match) })),
);

/** The first case that holds is taken; those behind it are not looked at. */
export const switchCase: StepHandler<SwitchNode> = (node, { lookup }) => {
  const judged: { case: string; conditions: ReturnType<ReturnType<typeof compileConditions>>["conditions"] }[] = [];
  for (const { port, name, judge } of compile(node)) {
    const { matched, conditions } = judge(lookup);
    judged.push({ case: name, conditions });
    if (matched) return succeeded({ case: name }, [port], judged);
  }
  return succeeded({ case: null }, ["default"], judged);
};
