import type { SubFlowNode } from "../../../shared/flow/control-node.ts";
import type { Json } from "../../../shared/json.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { deepestRun, prepareRun } from "../prepare-run.ts";
import { withValue } from "../resolve-value.ts";
import { failed, place, type StepContext, type StepHandler, type StepOutcome, succeeded } from "../step.ts";

const compile = compileOnce((node: SubFlowNode) => compileValue(node.input));

/** Starts another flow's run in the commit of its own entry, and waits for its end where it is to. */
export const subFlow: StepHandler<SubFlowNode> = (node, context) => {
  const { step } = context;
  if (step?.received) return ended(context, step.received.entry);
  if (step?.child)
    return node.mode === "wait" ? { outcome: "waiting", reason: "child", until: null } : succeeded({ run: step.child.run });
  return withValue({ node, context, compiled: compile(node) }, (input) => start(node, context, input ?? null));
};

async function start(node: SubFlowNode, context: StepContext, input: Json): Promise<StepOutcome> {
  const { workspace, claimed, journal, ids, clock } = context;
  if (claimed.depth >= deepestRun)
    return failed("too_deep", `flows start one another ${deepestRun} deep at most: this one would go deeper`);
  const found = await context.findFlow(workspace, node.flow);
  if (!found.found) return failed("unknown_flow", found.message);
  const id = ids.next("run");
  const parent = node.mode === "wait" ? { run: context.run, step: context.key } : null;
  const depth = claimed.depth + 1;
  const run = prepareRun({ id, found, workspace, source: "sub-flow", body: input, parent, depth, now: clock() });
  journal.startRun(run, found.secretPaths);
  journal.add({ kind: "child-started", ...place(node.id, context.path), run: id, flow: node.flow }, { input });
  return node.mode === "wait" ? { outcome: "waiting", reason: "child", until: null } : succeeded({ run: id });
}

function ended({ journal, step }: StepContext, entry: number): StepOutcome {
  const { status, answer, error } = journal.values(entry).output as { status: string; answer: Json; error: string | null };
  const output = { run: step?.child?.run ?? "", status, answer };
  if (status === "succeeded") return succeeded(output);
  const why = error === null ? "" : `: ${(JSON.parse(error) as { message: string }).message}`;
  return failed("child_failed", `the flow that it started has ${status === "canceled" ? "been canceled" : "failed"}${why}`, {
    output,
  });
}
