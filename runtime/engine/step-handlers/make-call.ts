import { AppError, isUnavailable } from "../../../shared/app-error.ts";
import type { RequestToSend } from "../../../shared/connector/build-request.ts";
import type { Connector } from "../../../shared/connector/connector.ts";
import type { CallNode } from "../../../shared/flow/node.ts";
import type { Json } from "../../../shared/json.ts";
import type { AttemptView } from "../../../shared/run/attempt-view.ts";
import type { CallOutcome, Effect } from "../../../shared/run/call-outcome.ts";
import { decideRetry, defaultRetryPolicy } from "../../../shared/run/retry.ts";
import type { LoadedConnection } from "../../connections/load-connection.ts";
import type { LinkedInputs } from "../../trial/check-linked-inputs.ts";
import { failed, place, type StepContext, type StepOutcome, succeeded } from "../step.ts";
import { judgePage, nextPageRequest, type Paged } from "./pages.ts";

const defaultTimeoutMs = 30_000;
/** How long a call waits for a database that does not answer. */
const awayMs = 1_000;
/** How long a call holds its run's slot until it is its turn; for longer the run is parked, and whoever comes back goes first. */
const turnMs = { first: 1_000, again: 3_000 };

/** What a step calls, whether a connector describes it or the step itself. */
export type Calling = {
  node: Pick<CallNode, "id" | "retry" | "onUnknownOutcome" | "timeoutMs">;
  connector: Connector;
  connection: LoadedConnection | null;
  effect: Effect;
  idempotencyHeader: string | undefined;
  limitGroup: string | undefined;
  /** How it fetches all pages of a list; null for one call. */
  paged: Paged | null;
  /** The request of the first attempt. */
  firstRequest(): Promise<{ request: RequestToSend } | StepOutcome>;
  /** May these inputs be sent? Null when nothing limits them. */
  checkInputs: (() => Promise<LinkedInputs | StepOutcome>) | null;
  outputOf(answer: Json, call: Pick<Succeeded, "status" | "headers">): Json;
};

/** One attempt: its intent is in the journal before the socket is used, with the bytes that every attempt of its group sends. */
type Attempt = { attempt: number; group: number; idempotencyKey: string; request: RequestToSend };

/** Makes the call of a step: its attempts, page after page, from where the journal says that it was left. */
export async function makeCall(calling: Calling, context: StepContext): Promise<StepOutcome> {
  for (;;) {
    const last = context.journal.view.steps[context.key]?.attempts.at(-1);
    const next = await nextAttempt(calling, last, context);
    if ("outcome" in next) return next;
    // A call that may have been sent already is settled first, whatever its list says by now.
    const settled = last === undefined || (last.status === "failed" && context.step?.decision !== "send-again");
    const refused = settled ? await refuse(calling, next, context) : null;
    const outcome = refused ?? (await send(calling, next, context));
    if (outcome !== "page") return outcome;
  }
}

function nextAttempt(
  calling: Calling,
  last: AttemptView | undefined,
  context: StepContext,
): Attempt | StepOutcome | Promise<Attempt | StepOutcome> {
  if (!last) return first(calling, context);
  // Its answer was a page, and not the last one.
  return last.status === "succeeded" ? nextPage(calling, last, context) : repeat(calling, last, context);
}

/** What a list allows is checked before anything is sent; a list that cannot be fetched is a failed attempt. */
async function refuse(calling: Calling, attempt: Attempt, context: StepContext): Promise<StepOutcome | null> {
  if (!calling.checkInputs) return null;
  const checked = await unlessAborted(calling.checkInputs(), context.signal());
  if (checked === "aborted") return { outcome: "canceled" };
  if (!("checked" in checked)) return checked;
  switch (checked.checked) {
    case "allowed":
      return null;
    case "refused":
      return failed(checked.code, checked.message, { input: inputShown(attempt) });
    case "unavailable": {
      if (checked.outcome.outcome === "over-quota") return waitForQuota(checked.outcome.retryAfterMs, context);
      begin(calling, attempt, context);
      return concludeFailure({ calling, attempt, outcome: checked.outcome, repeatable: true }, context);
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

async function first(calling: Calling, context: StepContext): Promise<Attempt | StepOutcome> {
  const built = await calling.firstRequest();
  return "outcome" in built ? built : { attempt: 1, group: 1, idempotencyKey: idempotencyKey(context, 1), ...built };
}

/** The attempt for the page after those that came; `last` brought the last of them. */
async function nextPage({ paged }: Calling, last: AttemptView, context: StepContext): Promise<Attempt | StepOutcome> {
  const request = context.journal.values(last.requestEntry).request as RequestToSend | undefined;
  const answer = last.responseEntry === null ? undefined : context.journal.values(last.responseEntry).response;
  if (!paged || !request) return failed("journal_incomplete", "the request of the last page is not in the journal");
  const { headers = {} } = (answer ?? {}) as { headers?: Record<string, string> };
  const next = await nextPageRequest(paged, { request, headers }, context);
  if ("outcome" in next) return next;
  const group = last.group + 1;
  return { attempt: last.attempt + 1, group, idempotencyKey: idempotencyKey(context, group), request: next.request };
}

/** After a crash, a retry's wait or a person's decision: what the last attempt's end allows. */
function repeat(calling: Calling, last: AttemptView, context: StepContext): Attempt | StepOutcome {
  const request = context.journal.values(last.requestEntry).request as RequestToSend | undefined;
  if (!request) return failed("journal_incomplete", "the request of the last attempt is not in the journal");
  const group = last.nextGroup ? last.group + 1 : last.group;
  const again = { attempt: last.attempt + 1, group, idempotencyKey: idempotencyKey(context, group), request };
  const { decision = null, decisionEntry = null } = context.step ?? {};
  if (decision === "send-again") return again;
  if (decision === "done")
    return succeeded(
      decisionEntry === null ? null : (context.journal.values(decisionEntry).output ?? null),
      ["out"],
      inputShown(again),
    );
  if (decision === "fail") return failed("outcome_unknown", "a person decided that the call counts as failed");
  if (last.status === "failed") return last.retryAt === null ? unknownOutcome(calling, again) : again;
  // Intent without result: the process ended while the call was under way.
  return isRepeatable(calling) ? again : unknownOutcome(calling, again);
}

function unknownOutcome(calling: Calling, again: Attempt): Attempt | StepOutcome {
  switch (policyOf(calling)) {
    case "send-again":
      return again;
    case "ask":
      return { outcome: "waiting", reason: "outcome-unknown", until: null };
    case "fail":
      return failed("outcome_unknown", "it is not known whether the call was performed, and the step's policy is to fail then");
  }
}

function policyOf({ node, idempotencyHeader }: Calling) {
  return node.onUnknownOutcome ?? (idempotencyHeader ? "send-again" : "ask");
}

/** Does repeating the call with the same key do no harm? */
function isRepeatable(calling: Calling): boolean {
  return calling.effect !== "unsafe" || policyOf(calling) === "send-again";
}

function idempotencyKey({ run, key }: StepContext, group: number): string {
  return `${run}/${key}/${group}`;
}

/** Its turn comes before its intent: a call that must wait was not tried, and costs no attempt. */
async function send(calling: Calling, attempt: Attempt, context: StepContext): Promise<StepOutcome | "page"> {
  const { node, connector, connection, effect, idempotencyHeader, limitGroup } = calling;
  const { journal, outbound } = context;
  const signal = context.signal();
  const atMostMs = context.step?.reason === "quota" ? turnMs.again : turnMs.first;
  const turn = await outbound.admit({ connector, connection, limitGroup, atMostMs, signal, flow: context.claimed.flow });
  if (turn.passed === "canceled") return { outcome: "canceled" };
  if (turn.passed === "not-before") return waitForQuota(turn.waitMs, context);
  begin(calling, attempt, context);
  const durable = journal.flush();
  // A read's intent may ride with its result; any other is on disk before the socket is used.
  if (effect !== "read" && !(await durable)) return { outcome: "lost" };
  if (!(await context.confirm())) return { outcome: "lost" };
  const answering = outbound.call({
    request: attempt.request,
    connector,
    connection,
    idempotency: idempotencyHeader ? { header: idempotencyHeader, key: attempt.idempotencyKey } : null,
    limitGroup,
    depth: context.claimed.depth + 1,
    permit: turn.permit,
    timeoutMs: node.timeoutMs ?? defaultTimeoutMs,
    signal,
    isOurs: context.confirm,
  });
  const outcome = await unlessAway(answering);
  if (outcome instanceof AppError) return notSent({ node, attempt, fault: outcome }, context);
  if (outcome.outcome === "canceled" && !(await context.confirm())) return { outcome: "lost" };
  return outcome.outcome === "succeeded"
    ? concludeSuccess({ calling, attempt, outcome }, context)
    : concludeFailure({ calling, attempt, outcome, repeatable: isRepeatable(calling) }, context);
}

/** Gives the fault when the database was away, so that there was no token: what it throws then was not performed. */
function unlessAway(answering: Promise<CallOutcome>): Promise<CallOutcome | AppError> {
  return answering.catch((error) => {
    if (isUnavailable(error)) return error;
    throw error;
  });
}

/** No fault of the call, so however few attempts it has, there is another one. */
function notSent(
  { node, attempt, fault }: { node: Calling["node"]; attempt: Attempt; fault: AppError },
  context: StepContext,
): StepOutcome {
  context.report(fault);
  const retryAt = context.clock() + awayMs;
  const message = `nothing was sent: ${fault.message}`;
  const end = { outcome: "unreachable", status: null, message, durationMs: 0, retryAt, nextGroup: false } as const;
  context.journal.add({ kind: "attempt-failed", ...place(node.id, context.path), attempt: attempt.attempt, ...end }, {});
  return { outcome: "waiting", reason: "retry", until: retryAt };
}

function waitForQuota(waitMs: number, { clock }: StepContext): StepOutcome {
  return { outcome: "waiting", reason: "quota", until: clock() + Math.ceil(waitMs) };
}

function begin({ node, effect }: Calling, { request, ...head }: Attempt, { journal, path }: StepContext): void {
  journal.add({ kind: "attempt-started", ...place(node.id, path), effect, ...head }, { request });
}

type Conclusion<Outcome> = { calling: Calling; attempt: Attempt; outcome: Outcome };
type Succeeded = Extract<CallOutcome, { outcome: "succeeded" }>;
type Failed = Exclude<CallOutcome, Succeeded>;

/** What the step gives; `page` when there are more pages to ask for, and this one is in the journal. */
async function concludeSuccess(
  { calling, attempt, outcome }: Conclusion<Succeeded>,
  context: StepContext,
): Promise<StepOutcome | "page"> {
  const { node, paged } = calling;
  const { status, headers, body, durationMs } = outcome;
  const renewed = renewalOf(outcome);
  const done = (output: Json, response: Json): StepOutcome => {
    const values = { input: inputShown(attempt), output: calling.outputOf(output, outcome), response };
    return { outcome: "succeeded", ports: ["out"], values, call: { attempt: attempt.attempt, status, durationMs, ...renewed } };
  };
  if (!paged) return done(body, { status, headers });
  const judged = await judgePage(paged, outcome, context);
  if ("whole" in judged) return done(judged.whole, { status, headers, pages: judged.pages, more: judged.more });
  context.journal.add(
    { kind: "page-received", ...place(node.id, context.path), attempt: attempt.attempt, status, durationMs, ...renewed },
    { output: body, response: { status, headers } },
  );
  return "outcome" in judged ? judged : "page";
}

function renewalOf({ tokenRenewedAt }: CallOutcome): { tokenRenewedAt?: number } {
  return tokenRenewedAt === undefined ? {} : { tokenRenewedAt };
}

/** The body where it has fields or is a value; the text or the parts of another one are in the request. */
function inputShown({ request }: Attempt): Json {
  return request.encoding === undefined ? (request.body ?? {}) : {};
}

/** Attempts are counted anew for each page of a list. */
function triesOf({ attempt }: Attempt, { journal, key }: StepContext): number {
  const page = journal.view.steps[key]?.attempts.findLast(({ status }) => status === "succeeded");
  return attempt - (page?.attempt ?? 0);
}

function concludeFailure(
  { calling, attempt, outcome, repeatable }: Conclusion<Failed> & { repeatable: boolean },
  context: StepContext,
): StepOutcome {
  const { node } = calling;
  const input = inputShown(attempt);
  const decision = decideRetry({
    policy: node.retry ?? defaultRetryPolicy,
    outcome,
    attempt: triesOf(attempt, context),
    repeatable,
    now: context.clock(),
    random: context.random(),
  });
  const retryAt = decision.decision === "retry" ? decision.at : null;
  context.journal.add(
    {
      kind: "attempt-failed",
      ...place(node.id, context.path),
      attempt: attempt.attempt,
      outcome: outcome.outcome,
      status: "status" in outcome ? outcome.status : null,
      message: outcome.message,
      durationMs: outcome.durationMs,
      retryAt,
      nextGroup: decision.decision === "retry" && decision.nextGroup,
      ...renewalOf(outcome),
    },
    "status" in outcome ? { response: { status: outcome.status, headers: outcome.headers, body: outcome.body } } : {},
  );
  if (outcome.outcome === "canceled") return { outcome: "canceled" };
  if (retryAt !== null)
    return { outcome: "waiting", reason: outcome.outcome === "over-quota" ? "quota" : "retry", until: retryAt };
  if (decision.decision !== "unknown") return failed(outcome.outcome.replaceAll("-", "_"), outcome.message, { input });
  return policyOf(calling) === "ask"
    ? { outcome: "waiting", reason: "outcome-unknown", until: null }
    : failed("outcome_unknown", outcome.message, { input });
}
