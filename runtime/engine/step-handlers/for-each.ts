import { type ForEachNode, mostItems } from "../../../shared/flow/container-node.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { failed, type StepHandler } from "../step.ts";

const compile = compileOnce((node: ForEachNode) => compileValue(node.items));

/** Opens the container with its items; the engine goes through them. */
export const forEach: StepHandler<ForEachNode> = (node, context) =>
  withValue({ node, context, compiled: compile(node) }, (items) => {
    if (!Array.isArray(items)) return failed("invalid_input", `items must be a list, and is ${kindOf(items)}`);
    if (items.length > mostItems)
      return failed(
        "invalid_input",
        `items has ${items.length.toLocaleString("en")} items: at most ${mostItems.toLocaleString("en")} are gone through`,
      );
    return { outcome: "opened", node, items };
  });

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
