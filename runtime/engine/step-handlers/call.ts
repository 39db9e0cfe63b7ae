import { AppError, isUnavailable } from "../../../shared/app-error.ts";
import { buildRequest, type RequestToSend } from "../../../shared/connector/build-request.ts";
import type { Connector } from "../../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import type { CallNode } from "../../../shared/flow/node.ts";
import type { Json } from "../../../shared/json.ts";
import type { CallOutcome } from "../../../shared/run/call-outcome.ts";
import { decideRetry, defaultRetryPolicy } from "../../../shared/run/retry.ts";
import type { AttemptView } from "../../../shared/run/run-view.ts";
import type { LoadedConnection } from "../../connections/load-connection.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { baseUrlOf } from "../../outbound/base-url.ts";
import { checkLinkedInputs } from "../../trial/check-linked-inputs.ts";
import { compileOnce } from "../compile-once.ts";
import { resolveValue } from "../resolve-value.ts";
import { failed, type StepContext, type StepHandler, type StepOutcome } from "../step.ts";

const compile = compileOnce((node: CallNode) => compileValue(node.inputs));
const defaultTimeoutMs = 30_000;
/** How long a call waits for a database that does not answer. */
const awayMs = 1_000;
/** How long a call holds its run's slot until it is its turn; for longer the run is parked, and whoever comes back goes first. */
const turnMs = { first: 1_000, again: 3_000 };

/** One attempt: its intent is in the journal before the socket is used, with the bytes that every attempt of its group sends. */
type Attempt = { attempt: number; group: number; idempotencyKey: string; request: RequestToSend };

/** What the node points at. */
type Target = { connector: Connector; endpoint: Endpoint; connection: LoadedConnection | null };

export const call: StepHandler<CallNode> = async (node, context) => {
  const target = await findTarget(node, context);
  if ("outcome" in target) return target;
  const last = context.step?.attempts.at(-1);
  const next = last ? repeat(node, target.endpoint, last, context) : await first(node, target, context);
  if ("outcome" in next) return next;
  // A call that may have been sent already is settled first, whatever its list says by now.
  const settled = last === undefined || (last.status === "failed" && context.step?.decision !== "send-again");
  const refused = settled ? await refuseUnlisted(node, target, next, context) : null;
  return refused ?? send(node, target, next, context);
};

/** Linked parameters are checked against their lists before anything is sent; a list that cannot be fetched is a failed attempt. */
async function refuseUnlisted(
  node: CallNode,
  target: Target,
  attempt: Attempt,
  context: StepContext,
): Promise<StepOutcome | null> {
  const { connector, endpoint, connection } = target;
  if (!endpoint.parameters.some(({ link }) => link)) return null;
  const resolved = await resolveValue({ node, context, compiled: compile(node) });
  if (resolved.outcome === "failed") return resolved;
  const inputs = (resolved.value ?? {}) as Record<string, Json>;
  const checking = checkLinkedInputs(context.resolveLink, { connector, endpoint, connection, inputs });
  const checked = await unlessAborted(checking, context.signal());
  if (checked === "aborted") return { outcome: "canceled" };
  switch (checked.checked) {
    case "allowed":
      return null;
    case "refused":
      return failed(checked.code, checked.message, { input: inputs });
    case "unavailable": {
      if (checked.outcome.outcome === "over-quota") return waitForQuota(checked.outcome.retryAfterMs, context);
      begin(node, endpoint, attempt, context);
      return conclude({ node, endpoint, attempt, outcome: checked.outcome, repeatable: true }, context);
    }
  }
}

/** A list is fetched for all who ask for it, so the end of this run stops only its own waiting for it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | "aborted"> {
  const aborted = Promise.withResolvers<"aborted">();
  const stop = () => aborted.resolve("aborted");
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener("abort", stop));
}

async function findTarget(node: CallNode, { version, workspace, loadConnection }: StepContext): Promise<Target | StepOutcome> {
  const connector = version.connectors.get(node.connector);
  const endpoint = connector?.endpoints.find((candidate) => candidate.key === node.endpoint);
  if (!connector || !endpoint)
    return failed("unknown_endpoint", `the connector "${node.connector}" has no endpoint "${node.endpoint}"`);
  if (node.connection === null) return { connector, endpoint, connection: null };
  const connection = await loadConnection(workspace, node.connection);
  if (!connection) return failed("connection_missing", "the connection of this step no longer exists");
  // Its secrets belong to another host.
  if (connection.connector !== connector.key)
    return failed("connection_missing", `the connection of this step is not one of "${connector.name}"`);
  return { connector, endpoint, connection };
}

async function first(node: CallNode, target: Target, context: StepContext): Promise<Attempt | StepOutcome> {
  const { connector, endpoint, connection } = target;
  const resolved = await resolveValue({ node, context, compiled: compile(node) });
  if (resolved.outcome === "failed") return resolved;
  const inputs = (resolved.value ?? {}) as Record<string, Json>;
  const baseUrl = baseUrlOf(connector, connection?.target ?? "live", context.sandboxes);
  if (baseUrl === null) return failed("no_sandbox", `the sandbox of "${connector.name}" is switched off here`, { input: inputs });
  const built = buildRequest(endpoint, baseUrl, inputs);
  if ("problems" in built)
    return failed("invalid_input", built.problems.map(({ message }) => message).join("; "), { input: inputs });
  return { attempt: 1, group: 1, idempotencyKey: idempotencyKey(node, context, 1), request: built.request };
}

/** After a crash, a retry's wait or a person's decision: what the last attempt's end allows. */
function repeat(node: CallNode, endpoint: Endpoint, last: AttemptView, context: StepContext): Attempt | StepOutcome {
  const request = context.journal.values(last.requestEntry).request as RequestToSend | undefined;
  if (!request) return failed("journal_incomplete", "the request of the last attempt is not in the journal");
  const group = last.nextGroup ? last.group + 1 : last.group;
  const again = { attempt: last.attempt + 1, group, idempotencyKey: idempotencyKey(node, context, group), request };
  if (context.step?.decision === "send-again") return again;
  if (context.step?.decision === "fail") return failed("outcome_unknown", "a person decided that the call counts as failed");
  if (last.status === "failed") return last.retryAt === null ? unknownOutcome(node, endpoint, again) : again;
  // Intent without result: the process ended while the call was under way.
  return isRepeatable(node, endpoint) ? again : unknownOutcome(node, endpoint, again);
}

function unknownOutcome(node: CallNode, endpoint: Endpoint, again: Attempt): Attempt | StepOutcome {
  switch (policyOf(node, endpoint)) {
    case "send-again":
      return again;
    case "ask":
      return { outcome: "waiting", reason: "outcome-unknown", until: null };
    case "fail":
      return failed("outcome_unknown", "it is not known whether the call was performed, and the step's policy is to fail then");
  }
}

function policyOf(node: CallNode, endpoint: Endpoint) {
  return node.onUnknownOutcome ?? (endpoint.idempotencyHeader ? "send-again" : "ask");
}

/** Does repeating the call with the same key do no harm? */
function isRepeatable(node: CallNode, endpoint: Endpoint): boolean {
  return effectOf(endpoint) !== "unsafe" || policyOf(node, endpoint) === "send-again";
}

function idempotencyKey(node: CallNode, { run }: StepContext, group: number): string {
  return `${run}/${node.id}/${group}`;
}

/** Its turn comes before its intent: a call that must wait was not tried, and costs no attempt. */
async function send(node: CallNode, target: Target, attempt: Attempt, context: StepContext): Promise<StepOutcome> {
  const { connector, endpoint, connection } = target;
  const { journal, outbound } = context;
  const signal = context.signal();
  const effect = effectOf(endpoint);
  const { limitGroup } = endpoint;
  const atMostMs = context.step?.reason === "quota" ? turnMs.again : turnMs.first;
  const turn = await outbound.admit({ connector, connection, limitGroup, atMostMs, signal });
  if (turn.passed === "canceled") return { outcome: "canceled" };
  if (turn.passed === "not-before") return waitForQuota(turn.waitMs, context);
  begin(node, endpoint, attempt, context);
  const durable = journal.flush();
  // A read's intent may ride with its result; any other is on disk before the socket is used.
  if (effect !== "read" && !(await durable)) return { outcome: "lost" };
  if (!(await context.confirm())) return { outcome: "lost" };
  const calling = outbound.call({
    request: attempt.request,
    connector,
    connection,
    idempotency: endpoint.idempotencyHeader ? { header: endpoint.idempotencyHeader, key: attempt.idempotencyKey } : null,
    limitGroup,
    permit: turn.permit,
    timeoutMs: node.timeoutMs ?? defaultTimeoutMs,
    signal,
    isOurs: context.confirm,
  });
  const outcome = await unlessAway(calling);
  if (outcome instanceof AppError) return notSent({ node, attempt, fault: outcome }, context);
  if (outcome.outcome === "canceled" && !(await context.confirm())) return { outcome: "lost" };
  return conclude({ node, endpoint, attempt, outcome, repeatable: isRepeatable(node, endpoint) }, context);
}

/** Gives the fault when the database was away, so that there was no token: what it throws then was not performed. */
function unlessAway(calling: Promise<CallOutcome>): Promise<CallOutcome | AppError> {
  return calling.catch((error) => {
    if (isUnavailable(error)) return error;
    throw error;
  });
}

/** No fault of the call, so however few attempts it has, there is another one. */
function notSent(
  { node, attempt, fault }: { node: CallNode; attempt: Attempt; fault: AppError },
  context: StepContext,
): StepOutcome {
  context.report(fault);
  const retryAt = context.clock() + awayMs;
  const message = `nothing was sent: ${fault.message}`;
  const end = { outcome: "unreachable", status: null, message, durationMs: 0, retryAt, nextGroup: false } as const;
  context.journal.add({ kind: "attempt-failed", node: node.id, attempt: attempt.attempt, ...end }, {});
  return { outcome: "waiting", reason: "retry", until: retryAt };
}

function waitForQuota(waitMs: number, { clock }: StepContext): StepOutcome {
  return { outcome: "waiting", reason: "quota", until: clock() + Math.ceil(waitMs) };
}

function begin(node: CallNode, endpoint: Endpoint, { request, ...head }: Attempt, { journal }: StepContext): void {
  journal.add({ kind: "attempt-started", node: node.id, effect: effectOf(endpoint), ...head }, { request });
}

type Conclusion = { node: CallNode; endpoint: Endpoint; attempt: Attempt; outcome: CallOutcome; repeatable: boolean };

function conclude({ node, endpoint, attempt, outcome, repeatable }: Conclusion, context: StepContext): StepOutcome {
  const input = attempt.request.body ?? {};
  if (outcome.outcome === "succeeded") {
    const { status, headers, body, durationMs } = outcome;
    return {
      outcome: "succeeded",
      ports: ["out"],
      values: { input, output: body, response: { status, headers } },
      call: { attempt: attempt.attempt, status, durationMs },
    };
  }
  const decision = decideRetry({
    policy: node.retry ?? defaultRetryPolicy,
    outcome,
    attempt: attempt.attempt,
    repeatable,
    now: context.clock(),
    random: context.random(),
  });
  const retryAt = decision.decision === "retry" ? decision.at : null;
  context.journal.add(
    {
      kind: "attempt-failed",
      node: node.id,
      attempt: attempt.attempt,
      outcome: outcome.outcome,
      status: "status" in outcome ? outcome.status : null,
      message: outcome.message,
      durationMs: outcome.durationMs,
      retryAt,
      nextGroup: decision.decision === "retry" && decision.nextGroup,
    },
    "status" in outcome ? { response: { status: outcome.status, headers: outcome.headers, body: outcome.body } } : {},
  );
  if (outcome.outcome === "canceled") return { outcome: "canceled" };
  if (retryAt !== null)
    return { outcome: "waiting", reason: outcome.outcome === "over-quota" ? "quota" : "retry", until: retryAt };
  if (decision.decision !== "unknown") return failed(outcome.outcome.replaceAll("-", "_"), outcome.message, { input });
  return policyOf(node, endpoint) === "ask"
    ? { outcome: "waiting", reason: "outcome-unknown", until: null }
    : failed("outcome_unknown", outcome.message, { input });
}
