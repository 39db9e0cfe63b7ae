import { actionOutput } from "../../../shared/connector/action-call.ts";
import { effectOf } from "../../../shared/connector/endpoint.ts";
import type { CallNode } from "../../../shared/flow/node.ts";
import { checkLinkedInputs, type LinkedInputs } from "../../trial/check-linked-inputs.ts";
import type { StepContext, StepHandler, StepOutcome } from "../step.ts";
import { findTarget, inputsOf, requestOf, type Target } from "./call-target.ts";
import { makeCall } from "./make-call.ts";
import { pagedOf } from "./pages.ts";

/** Calls an endpoint of a connector. */
export const call: StepHandler<CallNode> = async (node, context) => {
  const target = await findTarget(node, context);
  if ("outcome" in target) return target;
  const { connector, endpoint, connection, action } = target;
  const linked = endpoint.parameters.some(({ link }) => link);
  return makeCall(
    {
      node,
      connector,
      connection,
      effect: effectOf(endpoint),
      idempotencyHeader: endpoint.idempotencyHeader,
      limitGroup: endpoint.limitGroup,
      paged: pagedOf(node, target),
      firstRequest: async () => {
        const resolved = await inputsOf(node, target, context);
        return "outcome" in resolved ? resolved : requestOf(target, resolved.inputs, context);
      },
      checkInputs: linked ? () => checkInputs(node, target, context) : null,
      outputOf: (answer) => (action ? actionOutput(action, answer) : answer),
    },
    context,
  );
};

async function checkInputs(node: CallNode, target: Target, context: StepContext): Promise<LinkedInputs | StepOutcome> {
  const resolved = await inputsOf(node, target, context);
  if ("outcome" in resolved) return resolved;
  const { connector, endpoint, connection } = target;
  return checkLinkedInputs(context.resolveLink, { connector, endpoint, connection, inputs: resolved.inputs });
}
