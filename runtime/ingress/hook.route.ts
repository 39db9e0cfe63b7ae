import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { unreachable } from "../../shared/app-error.ts";
import type { SetTimer } from "../engine/timer.ts";
import type { Refusals } from "../events/refusals.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Bus } from "../store/bus.ts";
import type { EngineStore, IngestOutcome } from "../store/engine-store.ts";
import type { Ingest } from "./ingest.ts";
import type { LoadedHook, LoadHook } from "./load-hook.ts";
import { readBody } from "./read-body.ts";
import { type Refused, refused } from "./verify/delivery.ts";
import { explainRefusal } from "./verify/explain-refusal.ts";
import { maskHeaders, maskQuery } from "./verify/mask-headers.ts";
import { verifyDelivery } from "./verify/verify-delivery.ts";
import { type Answered, waitForAnswer } from "./wait-for-answer.ts";

export type HookDeps = {
  loadHook: LoadHook;
  loadVersion: (workspace: string, id: string) => Promise<RunnableVersion>;
  ingest: Ingest;
  engine: EngineStore;
  bus: Bus;
  refusals: Refusals;
  clock: Clock;
  ids: Ids;
  setTimer: SetTimer;
  maxBodyBytes: number;
  /** Where the outside reaches this server: what is signed over the URL is signed over this one. */
  publicUrl: string;
  report(requestId: string, error: unknown): void;
};

type HookContext = Context<{ Bindings: HttpBindings }>;
type Delivered = { hook: LoadedHook; body: Buffer; requestId: string };

/** Seconds after which a sender should try again while nothing can be stored. */
const retryAfter = "2";
/** `hook_` and 160 random bits, base64url. */
const hookId = /^hook_[A-Za-z0-9_-]{27}$/;

/**
 * Stage 1 of the path: `POST /hooks/:id`. Raw bytes under the size cap, verified, stored, and only then answered (the order of
 * the ingest contract: route, cap, read, load, verify, commit, answer).
 */
export function hookRoute(deps: HookDeps): Hono<{ Bindings: HttpBindings }> {
  return new Hono<{ Bindings: HttpBindings }>()
    .post("/hooks/:id", (c) => {
      const requestId = deps.ids.next("req");
      return receive(deps, c, requestId).catch((error) => {
        // A fault of ours: whatever it is, the sender should keep the event and come again.
        deps.report(requestId, error);
        return unavailable(requestId);
      });
    })
    .all("/hooks/:id", () => refuse(405, "method_not_allowed", deps.ids.next("req"), { Allow: "POST" }))
    .all("/hooks/*", () => refuse(404, "not_found", deps.ids.next("req")));
}

async function receive(deps: HookDeps, c: HookContext, requestId: string): Promise<Response> {
  const { incoming } = c.env;
  // The router decodes the path; only a literal id is one of ours.
  const id = incoming.url?.slice("/hooks/".length).split("?", 1)[0] ?? "";
  if (!hookId.test(id)) return refuse(404, "not_found", requestId);
  const read = await readBody(incoming, deps.maxBodyBytes);
  if (read.outcome === "too-large") return refuse(413, "body_too_large", requestId, { Connection: "close" });
  if (read.outcome === "aborted") return refuse(400, "body_incomplete", requestId);
  const hook = await deps.loadHook(id);
  if (!hook) return refuse(404, "not_found", requestId);
  if (incoming.headers["content-encoding"]) return refuse(415, "content_encoding_not_supported", requestId);
  return accept(deps, c, { hook, body: read.body, requestId });
}

async function accept(deps: HookDeps, c: HookContext, { hook, body, requestId }: Delivered): Promise<Response> {
  const { incoming } = c.env;
  const headers = (name: string) => headerText(incoming.headers[name]);
  const now = deps.clock();
  const delivery = { method: incoming.method ?? "POST", url: deps.publicUrl + (incoming.url ?? ""), headers, body };
  const verified = hook.compiled ? verifyDelivery(hook.compiled, delivery, now) : refused("secret_missing");
  if (verified.outcome === "refused") {
    note(deps, c, { hook, body, requestId }, verified);
    // Without a secret nothing can be verified: the fault is ours, so the sender should keep the event.
    if (verified.reason === "secret_missing") return refuse(503, "secret_missing", requestId, { "Retry-After": retryAfter });
    return refuse(401, "verification_failed", requestId);
  }
  const version = await startedVersion(deps, hook);
  const run = version && { id: deps.ids.next("run"), flowVersion: version.id, trigger: hook.node };
  const responds = version?.flow.nodes.some((node) => node.kind === "respond") ?? false;
  const answers = responds && hook.answer.answerWithinMs > 0;
  // Before the commit, so that an answer given at once is not missed.
  const waiter = run && answers ? waitForAnswer(deps, run.id, hook.answer.answerWithinMs) : null;
  const outcome = await deps.ingest(
    {
      workspace: hook.workspace,
      source: "webhook",
      hook: hook.id,
      flow: hook.flow.id,
      receivedAt: now,
      method: "POST",
      headers: JSON.stringify(maskHeaders(flatHeaders(c), hook.recipe)),
      query: incoming.url?.includes("?") ? JSON.stringify(maskQuery(c.req.queries(), hook.recipe)) : "{}",
      contentType: headers("content-type"),
      body,
      dedupe:
        verified.dedupeKey === null
          ? null
          : { scope: hook.id, key: verified.dedupeKey, windowMs: hook.recipe.dedupe?.windowMs ?? 0 },
    },
    run,
  );
  if (outcome.outcome !== "accepted") waiter?.stop();
  return answer(deps, { hook, requestId, outcome, waiter: outcome.outcome === "accepted" ? waiter : null, answers });
}

/** What a delivery starts; null before the first publication, and when the published version no longer has its trigger. */
async function startedVersion(deps: HookDeps, hook: LoadedHook): Promise<RunnableVersion | null> {
  if (hook.version === null) return null;
  const version = await deps.loadVersion(hook.workspace, hook.version);
  return version.graph.nodes.get(hook.node)?.kind === "webhook-trigger" ? version : null;
}

type Ingested = {
  hook: LoadedHook;
  requestId: string;
  outcome: IngestOutcome;
  waiter: ReturnType<typeof waitForAnswer> | null;
  /** Does the flow answer its sender? */
  answers: boolean;
};

async function answer(deps: HookDeps, { hook, requestId, outcome, waiter, answers }: Ingested): Promise<Response> {
  switch (outcome.outcome) {
    case "unavailable":
      return unavailable(requestId);
    case "refused":
      return refuse(422, "event_cannot_be_stored", requestId);
    case "accepted":
    case "duplicate": {
      const run = outcome.runs[0];
      const ids = { event: outcome.event, ...(run && { run }), ...(outcome.outcome === "duplicate" && { duplicate: true }) };
      const headers = { "X-Request-Id": requestId, "X-Patchbay-Event": outcome.event, ...(run && { "X-Patchbay-Run": run }) };
      if (!answers || !run) return json(hook.answer.status, ids, headers);
      const result = await (waiter ?? waitForFirst(deps, run, hook.answer.answerWithinMs)).answer;
      return answered(hook, result, ids, headers);
    }
    default:
      return unreachable(outcome);
  }
}

/** A duplicate waits for the answer of the run that the first delivery started. */
function waitForFirst(deps: HookDeps, run: string, withinMs: number): ReturnType<typeof waitForAnswer> {
  const waiter = waitForAnswer(deps, run, withinMs);
  waiter.look();
  return waiter;
}

function answered(hook: LoadedHook, result: Answered, ids: object, headers: Record<string, string>): Response {
  switch (result.outcome) {
    case "answered": {
      const { status, headers: own, body } = result.answer;
      const text = typeof body === "string";
      const type = { "Content-Type": text ? "text/plain; charset=utf-8" : "application/json" };
      const safe = { "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox" };
      return send(status, body === null ? null : text ? body : JSON.stringify(body), inOrder(type, own, safe, headers));
    }
    case "no-answer":
      return json(hook.answer.status, ids, headers);
    case "timed-out":
      return json(202, ids, headers);
    default:
      return unreachable(result);
  }
}

function note(deps: HookDeps, c: HookContext, { hook, body, requestId }: Delivered, refusal: Refused): void {
  deps.refusals.add(hook.workspace, {
    id: requestId,
    at: deps.clock(),
    hook: hook.id,
    flow: hook.flow,
    reason: refusal.reason,
    explanation: explainRefusal(refusal.reason, hook.recipe, refusal.header),
    headers: maskHeaders(flatHeaders(c), hook.recipe),
    size: body.length,
    remoteAddress: c.env.incoming.socket.remoteAddress ?? null,
  });
}

/** The body of a refusal is constant per code: a sender learns nothing from it. */
function refuse(status: number, code: string, requestId: string, headers: Record<string, string> = {}): Response {
  return json(status, { error: { code } }, { "X-Request-Id": requestId, ...headers });
}

function unavailable(requestId: string): Response {
  return refuse(503, "unavailable", requestId, { "Retry-After": retryAfter });
}

function json(status: number, body: object, headers: Record<string, string>): Response {
  return send(status, JSON.stringify(body), { "Content-Type": "application/json", ...headers });
}

/** The last value of a name counts, however it is spelled (RFC 9110, 5.1). */
function inOrder(...parts: Record<string, string>[]): Headers {
  const headers = new Headers();
  for (const part of parts) for (const [name, value] of Object.entries(part)) headers.set(name, value);
  return headers;
}

function send(status: number, body: string | null, headers: Record<string, string> | Headers): Response {
  // RFC 9110, 6.4.1: 204 and 304 have no content.
  return new Response(status === 204 || status === 304 ? null : body, { status, headers });
}

function flatHeaders(c: HookContext): Record<string, string> {
  return Object.fromEntries(Object.entries(c.env.incoming.headers).map(([name, value]) => [name, headerText(value) ?? ""]));
}

function headerText(value: string | string[] | undefined): string | null {
  return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
}
