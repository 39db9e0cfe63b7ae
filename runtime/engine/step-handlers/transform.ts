import type { TransformNode } from "../../../shared/flow/node.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { type StepHandler, succeeded } from "../step.ts";

const compile = compileOnce((node: TransformNode) => compileValue(node.output));

export const transform: StepHandler<TransformNode> = (node, context) =>
  withValue({ node, context, compiled: compile(node) }, (value) => succeeded(value ?? null));
