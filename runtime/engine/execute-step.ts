import { isUnavailable } from "../../shared/app-error.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { failed, internalFault, type StepContext, type StepOutcome } from "./step.ts";
import { branch } from "./step-handlers/branch.ts";
import { call } from "./step-handlers/call.ts";
import { code } from "./step-handlers/code.ts";
import { delay } from "./step-handlers/delay.ts";
import { filter } from "./step-handlers/filter.ts";
import { forEach } from "./step-handlers/for-each.ts";
import { http } from "./step-handlers/http.ts";
import { keyValue, once } from "./step-handlers/key-value.ts";
import { respond } from "./step-handlers/respond.ts";
import { stop } from "./step-handlers/stop.ts";
import { subFlow } from "./step-handlers/sub-flow.ts";
import { switchCase } from "./step-handlers/switch.ts";
import { transform } from "./step-handlers/transform.ts";
import { approval, wait } from "./step-handlers/wait.ts";

/**
 * Executes one node once; a fault of ours fails the step and never the process. People get a constant sentence, the log its cause. A
 * database that does not answer is no fault of the step: the run is let go of, to be taken up again when it does.
 */
export function executeStep(node: FlowNode, context: StepContext): StepOutcome | Promise<StepOutcome> {
  const internal = (error: unknown): StepOutcome => {
    context.report(error);
    if (isUnavailable(error)) {
      context.journal.abandon(error.message);
      return { outcome: "lost" };
    }
    return internalFault();
  };
  try {
    const outcome = handle(node, context);
    return outcome instanceof Promise ? outcome.catch(internal) : outcome;
  } catch (error) {
    return internal(error);
  }
}

function handle(node: FlowNode, context: StepContext): StepOutcome | Promise<StepOutcome> {
  switch (node.kind) {
    case "call":
      return call(node, context);
    case "branch":
      return branch(node, context);
    case "switch":
      return switchCase(node, context);
    case "transform":
      return transform(node, context);
    case "http":
      return http(node, context);
    case "code":
      return code(node, context);
    case "filter":
      return filter(node, context);
    case "for-each":
      return forEach(node, context);
    case "try":
      return { outcome: "opened", node, items: null };
    case "delay":
      return delay(node, context);
    case "wait":
      return wait(node, context);
    case "approval":
      return approval(node, context);
    case "sub-flow":
      return subFlow(node, context);
    case "key-value":
      return keyValue(node, context);
    case "once":
      return once(node, context);
    case "stop":
      return stop(node, context);
    case "respond":
      return respond(node, context);
    case "webhook-trigger":
    case "manual-trigger":
    case "app-trigger":
    case "schedule-trigger":
    case "api-trigger":
      return failed("internal", "a trigger is settled when its run starts");
  }
}
