import type { CodeNode } from "../../../shared/flow/code-node.ts";
import type { Json } from "../../../shared/json.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { failed, type StepContext, type StepHandler, type StepOutcome } from "../step.ts";

const compile = compileOnce((node: CodeNode) => compileValue(node.inputs));

/** Runs a person's JavaScript with the step's inputs. What it printed is kept with what it gave. */
export const code: StepHandler<CodeNode> = (node, context) =>
  withValue({ node, context, compiled: compile(node) }, (inputs) =>
    run(node, (inputs ?? {}) as { [name: string]: Json }, context),
  );

async function run(node: CodeNode, inputs: { [name: string]: Json }, context: StepContext): Promise<StepOutcome> {
  const { claimed, signal } = context;
  const task = { code: node.code, inputs, timeoutMs: node.timeoutMs, key: claimed.flow, signal: signal() };
  const ended = await context.code.run(task);
  if (ended.outcome === "canceled") return { outcome: "canceled" };
  const values = { input: inputs, ...(ended.console.length > 0 && { console: ended.console }) };
  if (ended.outcome === "value") return { outcome: "succeeded", ports: ["out"], values: { ...values, output: ended.value } };
  const { fault } = ended;
  const at = fault.line === null ? "" : ` (line ${fault.line}, column ${fault.column})`;
  return failed(fault.code, `${fault.name === null ? "" : `${fault.name}: `}${fault.message}${at}`, values);
}
