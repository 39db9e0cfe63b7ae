import { inText } from "../../../shared/flow/expression.ts";
import { handlesPort } from "../../../shared/flow/graph.ts";
import { longestWaitMs } from "../../../shared/flow/node-base.ts";
import type { ApprovalNode, WaitNode } from "../../../shared/flow/wait-node.ts";
import type { Json } from "../../../shared/json.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { correlationKey } from "../correlation.ts";
import { withValue } from "../resolve-value.ts";
import { failed, type StepContext, type StepHandler, type StepOutcome, succeeded } from "../step.ts";
import type { Announced } from "../track-waits.ts";

const compileWait = compileOnce((node: WaitNode) =>
  compileValue({ deadlineMs: node.deadlineMs, ...(node.correlation && { key: node.correlation.key }) }),
);
const compileApproval = compileOnce(({ deadlineMs, title, description }: ApprovalNode) =>
  compileValue({ deadlineMs, title, description }),
);

/** Waits for its signed URL to be called, or for an event with its key. */
export const wait: StepHandler<WaitNode> = (node, context) => {
  const received = context.step?.received;
  if (received) return succeeded({ by: received.by, body: context.journal.values(received.entry).output ?? null });
  return untilDeadline(node, context, "event", compileWait(node), ({ key }) => ({ key: key === undefined ? null : inText(key) }));
};

/** Waits for a person. */
export const approval: StepHandler<ApprovalNode> = (node, context) => {
  const received = context.step?.received;
  if (received) {
    // As `take-signals.ts` wrote it.
    const { form, comment } = context.journal.values(received.entry).output as { form: Json; comment: string };
    const port = received.signal === "approved" ? "approved" : "rejected";
    return succeeded({ decision: received.signal, by: received.by, form, comment }, [port]);
  }
  return untilDeadline(node, context, "approval", compileApproval(node), ({ title, description }) => ({
    title: inText(title),
    description: inText(description),
  }));
};

type Resolved = Record<string, Json | undefined>;

/** The first time it says until when it waits, and for what; that is journaled, and holds however late the run is taken up again. */
function untilDeadline(
  node: WaitNode | ApprovalNode,
  context: StepContext,
  reason: "event" | "approval",
  compiled: ReturnType<typeof compileValue>,
  shown: (resolved: Resolved) => Json,
): StepOutcome | Promise<StepOutcome> {
  const { step, clock } = context;
  if (step?.reason === reason && step.until !== null)
    return step.until > clock() ? { outcome: "waiting", reason, until: step.until } : tooLate(node, context, step.until);
  return withValue({ node, context, compiled }, (value) => {
    const resolved = (value ?? {}) as Resolved;
    const deadlineMs = Number(resolved.deadlineMs);
    if (!Number.isFinite(deadlineMs) || deadlineMs < 0 || deadlineMs > longestWaitMs)
      return failed("invalid_input", `deadlineMs must be a number of milliseconds from 0 to ${longestWaitMs} (366 days)`);
    const until = clock() + Math.round(deadlineMs);
    context.journal.announce({ step: context.key, kind: node.kind, until, ...otherwise(node, resolved) });
    return { outcome: "waiting", reason, until, values: { input: shown(resolved) } };
  });
}

/** Who may answer, and which events. A key that is missing or longer than any that is looked for is no key. */
function otherwise(node: WaitNode | ApprovalNode, resolved: Resolved): Pick<Announced, "approvers" | "correlation"> {
  if (node.kind === "approval") return { approvers: node.approvers, correlation: null };
  const key = correlationKey(resolved.key);
  if (!node.correlation || key === null) return { approvers: [], correlation: null };
  return { approvers: [], correlation: { trigger: node.correlation.trigger, path: node.correlation.path, key } };
}

function tooLate(node: WaitNode | ApprovalNode, { version }: StepContext, deadline: number): StepOutcome {
  if (handlesPort(version.graph, node.id, "timeout")) return succeeded({ deadline }, ["timeout"]);
  return failed("deadline_passed", `nothing came before ${new Date(deadline).toISOString()}`);
}
