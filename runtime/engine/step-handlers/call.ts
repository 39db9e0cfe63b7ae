import { AppError, isUnavailable } from "../../../shared/app-error.ts";
import { actionOutput } from "../../../shared/connector/action-call.ts";
import type { RequestToSend } from "../../../shared/connector/build-request.ts";
import { type Endpoint, effectOf } from "../../../shared/connector/endpoint.ts";
import type { CallNode } from "../../../shared/flow/node.ts";
import type { Json } from "../../../shared/json.ts";
import type { CallOutcome } from "../../../shared/run/call-outcome.ts";
import { decideRetry, defaultRetryPolicy } from "../../../shared/run/retry.ts";
import { type AttemptView, stepKey } from "../../../shared/run/run-view.ts";
import { checkLinkedInputs } from "../../trial/check-linked-inputs.ts";
import { failed, type StepContext, type StepHandler, type StepOutcome } from "../step.ts";
import { findTarget, inputsOf, requestOf, type Target } from "./call-target.ts";
import { judgePage, nextPageRequest, pagedOf } from "./pages.ts";

const defaultTimeoutMs = 30_000;
/** How long a call waits for a database that does not answer. */
const awayMs = 1_000;
/** How long a call holds its run's slot until it is its turn; for longer the run is parked, and whoever comes back goes first. */
const turnMs = { first: 1_000, again: 3_000 };

/** One attempt: its intent is in the journal before the socket is used, with the bytes that every attempt of its group sends. */
type Attempt = { attempt: number; group: number; idempotencyKey: string; request: RequestToSend };

export const call: StepHandler<CallNode> = async (node, context) => {
  const target = await findTarget(node, context);
  if ("outcome" in target) return target;
  for (;;) {
    const last = context.journal.view.steps[stepKey(node.id)]?.attempts.at(-1);
    const next = await nextAttempt(node, target, last, context);
    if ("outcome" in next) return next;
    // A call that may have been sent already is settled first, whatever its list says by now.
    const settled = last === undefined || (last.status === "failed" && context.step?.decision !== "send-again");
    const refused = settled ? await refuseUnlisted(node, target, next, context) : null;
    const outcome = refused ?? (await send(node, target, next, context));
    if (outcome !== "page") return outcome;
  }
};

function nextAttempt(
  node: CallNode,
  target: Target,
  last: AttemptView | undefined,
  context: StepContext,
): Attempt | StepOutcome | Promise<Attempt | StepOutcome> {
  if (!last) return first(node, target, context);
  // Its answer was a page, and not the last one.
  return last.status === "succeeded" ? nextPage(node, target, last, context) : repeat(node, target.endpoint, last, context);
}

/** Linked parameters are checked against their lists before anything is sent; a list that cannot be fetched is a failed attempt. */
async function refuseUnlisted(
  node: CallNode,
  target: Target,
  attempt: Attempt,
  context: StepContext,
): Promise<StepOutcome | null> {
  const { connector, endpoint, connection } = target;
  if (!endpoint.parameters.some(({ link }) => link)) return null;
  const resolved = await inputsOf(node, target, context);
  if ("outcome" in resolved) return resolved;
  const { inputs } = resolved;
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
      return concludeFailure({ node, target, attempt, outcome: checked.outcome, repeatable: true }, context);
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

async function first(node: CallNode, target: Target, context: StepContext): Promise<Attempt | StepOutcome> {
  const resolved = await inputsOf(node, target, context);
  if ("outcome" in resolved) return resolved;
  const built = requestOf(target, resolved.inputs, context);
  if ("outcome" in built) return built;
  return { attempt: 1, group: 1, idempotencyKey: idempotencyKey(node, context, 1), request: built.request };
}

/** The attempt for the page after those that came; `last` brought the last of them. */
async function nextPage(node: CallNode, target: Target, last: AttemptView, context: StepContext): Promise<Attempt | StepOutcome> {
  const paged = pagedOf(node, target);
  const request = context.journal.values(last.requestEntry).request as RequestToSend | undefined;
  const answer = last.responseEntry === null ? undefined : context.journal.values(last.responseEntry).response;
  if (!paged || !request) return failed("journal_incomplete", "the request of the last page is not in the journal");
  const { headers = {} } = (answer ?? {}) as { headers?: Record<string, string> };
  const next = await nextPageRequest(paged, { request, headers }, context);
  if ("outcome" in next) return next;
  const group = last.group + 1;
  return { attempt: last.attempt + 1, group, idempotencyKey: idempotencyKey(node, context, group), request: next.request };
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
async function send(node: CallNode, target: Target, attempt: Attempt, context: StepContext): Promise<StepOutcome | "page"> {
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
  return outcome.outcome === "succeeded"
    ? concludeSuccess({ node, target, attempt, outcome }, context)
    : concludeFailure({ node, target, attempt, outcome, repeatable: isRepeatable(node, endpoint) }, context);
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

type Conclusion<Outcome> = { node: CallNode; target: Target; attempt: Attempt; outcome: Outcome };
type Succeeded = Extract<CallOutcome, { outcome: "succeeded" }>;
type Failed = Exclude<CallOutcome, Succeeded>;

/** What the step gives; `page` when there are more pages to ask for, and this one is in the journal. */
async function concludeSuccess(
  { node, target, attempt, outcome }: Conclusion<Succeeded>,
  context: StepContext,
): Promise<StepOutcome | "page"> {
  const { status, headers, body, durationMs } = outcome;
  const done = (output: Json, response: Json): StepOutcome => {
    const values = { input: inputShown(attempt), output: target.action ? actionOutput(target.action, output) : output, response };
    return { outcome: "succeeded", ports: ["out"], values, call: { attempt: attempt.attempt, status, durationMs } };
  };
  const paged = pagedOf(node, target);
  if (!paged) return done(body, { status, headers });
  const judged = await judgePage(paged, outcome, context);
  if ("whole" in judged) return done(judged.whole, { status, headers, pages: judged.pages, more: judged.more });
  context.journal.add(
    { kind: "page-received", node: node.id, attempt: attempt.attempt, status, durationMs },
    { output: body, response: { status, headers } },
  );
  return "outcome" in judged ? judged : "page";
}

/** The body where it has fields or is a value; the text or the parts of another one are in the request. */
function inputShown({ request }: Attempt): Json {
  return request.encoding === undefined ? (request.body ?? {}) : {};
}

/** Attempts are counted anew for each page of a list. */
function triesOf(node: CallNode, { attempt }: Attempt, { journal }: StepContext): number {
  const page = journal.view.steps[stepKey(node.id)]?.attempts.findLast(({ status }) => status === "succeeded");
  return attempt - (page?.attempt ?? 0);
}

function concludeFailure(
  { node, target, attempt, outcome, repeatable }: Conclusion<Failed> & { repeatable: boolean },
  context: StepContext,
): StepOutcome {
  const { endpoint } = target;
  const input = inputShown(attempt);
  const decision = decideRetry({
    policy: node.retry ?? defaultRetryPolicy,
    outcome,
    attempt: triesOf(node, attempt, context),
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
