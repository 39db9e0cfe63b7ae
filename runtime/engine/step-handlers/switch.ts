import type { SwitchNode } from "../../../shared/flow/node.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { type StepContext, type StepHandler, type StepOutcome, succeeded } from "../step.ts";
import { compileConditions, type JudgedCondition } from "./conditions.ts";

const compile = compileOnce((node: SwitchNode) =>
  node.cases.map(({ port, name, match, conditions }) => ({ port, name, ...compileConditions(conditions, match) })),
);

type JudgedCase = { case: string; conditions: JudgedCondition[] };

/** The first case that holds is taken; those behind it are not looked at, so that no fault of theirs can count. */
export const switchCase: StepHandler<SwitchNode> = (node, context) => judgeCases(node, context, []);

function judgeCases(node: SwitchNode, context: StepContext, judged: JudgedCase[]): StepOutcome | Promise<StepOutcome> {
  const next = compile(node)[judged.length];
  if (!next) return succeeded({ case: null }, ["default"], judged);
  return withValue({ node, context, compiled: next.compiled }, (sides) => {
    const { matched, conditions } = next.judge(sides);
    const all = [...judged, { case: next.name, conditions }];
    return matched ? succeeded({ case: next.name }, [next.port], all) : judgeCases(node, context, all);
  });
}
