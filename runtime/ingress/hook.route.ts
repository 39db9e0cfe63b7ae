import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { unreachable } from "../../shared/app-error.ts";
import type { Refusals } from "../events/refusals.ts";
import { type CallDepth, depthHeader } from "../outbound/call-depth.ts";
import { type AcceptDeps, acceptDelivery, type Received } from "./accept-delivery.ts";
import { answerOne, answerSeveral } from "./answer-sender.ts";
import { type ApiAnswer, callApi, readCall } from "./api-trigger.ts";
import { findChallenge } from "./challenge/compile-challenge.ts";
import { type ChallengeDeps, takeChallenge } from "./challenge/take-challenge.ts";
import { refuse, retryAfter, send, unavailable } from "./hook-answers.ts";
import type { LoadedHook, LoadHook } from "./load-hook.ts";
import { noteRefusal } from "./note-refusal.ts";
import { openProbe, probeHeader } from "./probe.ts";
import { readBody } from "./read-body.ts";
import { readCallDepth, refuseTooDeep } from "./read-call-depth.ts";
import type { RefusalRate } from "./refusal-rate.ts";
import { type Refused, refused } from "./verify/delivery.ts";
import { readingOf } from "./verify/reading.ts";

export type HookDeps = AcceptDeps &
  ChallengeDeps & {
    loadHook: LoadHook;
    refusals: Refusals;
    refusalRate: RefusalRate;
    publicUrl: string;
    callDepth: Pick<CallDepth, "text">;
    maxBodyBytes: number;
    report(requestId: string, error: unknown): void;
  };

type HookContext = Context<{ Bindings: HttpBindings }>;

/** `hook_` and 160 random bits, base64url. */
const hookId = /^hook_[A-Za-z0-9_-]{27}$/;
const noBody = Buffer.alloc(0);

/**
 * Stage 1 of the path: `/hooks/:id`. Raw bytes under the size cap, verified, stored, and only then answered (the order of the ingest
 * contract: route, cap, read, load, challenge, verify, commit, answer).
 */
export function hookRoute(deps: HookDeps): Hono<{ Bindings: HttpBindings }> {
  return new Hono<{ Bindings: HttpBindings }>()
    .on(["POST", "GET"], "/hooks/:id", (c) => {
      const requestId = deps.ids.next("req");
      return receive(deps, c, requestId).catch((error) => {
        // A fault of ours: whatever it is, the sender should keep the event and come again.
        deps.report(requestId, error);
        return unavailable(requestId);
      });
    })
    .get("/hooks/:id/runs/:run", (c) => {
      const requestId = deps.ids.next("req");
      return receiveQuestion(deps, c, requestId).catch((error) => {
        deps.report(requestId, error);
        return unavailable(requestId);
      });
    })
    .all("/hooks/:id", () => notAllowed(deps.ids.next("req")))
    .all("/hooks/*", () => refuse(404, "not_found", deps.ids.next("req")));
}

async function receive(deps: HookDeps, c: HookContext, requestId: string): Promise<Response> {
  const { incoming } = c.env;
  const method = incoming.method ?? "";
  const path = incoming.url ?? "";
  // The router decodes the path; only a literal id is one of ours.
  const id = path.slice("/hooks/".length).split("?", 1)[0] ?? "";
  if (!hookId.test(id)) return refuse(404, "not_found", requestId);
  if (deps.refusalRate.overloaded(id)) return turnAwayUnread(c, requestId);
  const read = method === "POST" ? await readBody(incoming, deps.maxBodyBytes) : { outcome: "read" as const, body: noBody };
  if (read.outcome === "too-large") return refuse(413, "body_too_large", requestId, { Connection: "close" });
  if (read.outcome === "aborted") return refuse(400, "body_incomplete", requestId);
  const depth = readCallDepth(deps.callDepth, incoming.headers[depthHeader]);
  const tooDeep = refuseTooDeep(depth, requestId);
  if (tooDeep) return tooDeep;
  const hook = await deps.loadHook(id);
  if (!hook || isRouted(hook)) return refuse(404, "not_found", requestId);
  if (incoming.headers["content-encoding"]) return refuse(415, "content_encoding_not_supported", requestId);
  const headers = (name: string) => headerText(incoming.headers[name]);
  const received: Received = {
    hook,
    delivery: { method, url: deps.publicUrl + path, headers, body: read.body },
    headers: flatHeaders(c),
    query: path.includes("?") ? c.req.queries() : {},
    depth,
    requestId,
  };
  return (await answerProbe(deps, received)) ?? (await answerQuestion(deps, c, received)) ?? deliver(deps, c, received);
}

/** Its events come by the global URL, which decides whose they are. */
function isRouted({ kind, flow }: LoadedHook): boolean {
  return kind === "global" && flow !== null;
}

/** Written as it is, past all that makes an answer of ours: in a flood this is done thousands of times a second. */
function turnAwayUnread(c: HookContext, requestId: string): Response {
  const headers = { "Content-Type": "application/json", "Retry-After": retryAfter, "X-Request-Id": requestId };
  c.env.outgoing.writeHead(503, headers).end('{"error":{"code":"overloaded"}}');
  return RESPONSE_ALREADY_SENT;
}

async function deliver(deps: HookDeps, c: HookContext, received: Received): Promise<Response> {
  const { hook, delivery, requestId } = received;
  if (delivery.method !== "POST") return notAllowed(requestId);
  // Senders that read it delete their subscription, which is what is wanted here and nowhere else.
  if (hook.gone) return refuse(410, "gone", requestId);
  if (hook.kind === "api") return apiAnswer(deps, c, received, await callApi(deps, received));
  const accepted = await acceptDelivery(deps, received);
  switch (accepted.outcome) {
    case "refused":
      return turnAway(deps, c, received, accepted.refusal);
    case "one":
      return answerOne(deps, { hook, requestId, ...accepted });
    case "several":
      return answerSeveral(hook, requestId, accepted.ingested);
    default:
      return unreachable(accepted);
  }
}

/** Whoever called a flow's API URL asks what became of it, with the same token. */
async function receiveQuestion(deps: HookDeps, c: HookContext, requestId: string): Promise<Response> {
  const path = c.env.incoming.url ?? "";
  const [id = "", , run = ""] = (path.slice("/hooks/".length).split("?", 1)[0] ?? "").split("/");
  if (!hookId.test(id)) return refuse(404, "not_found", requestId);
  if (deps.refusalRate.overloaded(id)) return refuse(503, "overloaded", requestId, { "Retry-After": retryAfter });
  const hook = await deps.loadHook(id);
  if (!hook) return refuse(404, "not_found", requestId);
  const headers = (name: string) => headerText(c.env.incoming.headers[name]);
  const delivery = { method: "GET", url: deps.publicUrl + path, headers, body: noBody };
  const received: Received = { hook, delivery, headers: flatHeaders(c), query: {}, depth: 0, requestId };
  return apiAnswer(deps, c, received, await readCall(deps, received, run));
}

function apiAnswer(deps: HookDeps, c: HookContext, received: Received, result: ApiAnswer): Response {
  return result.outcome === "answer" ? result.response : turnAway(deps, c, received, result.refusal);
}

function turnAway(deps: HookDeps, c: HookContext, received: Received, refusal: Refused): Response {
  const { hook, requestId } = received;
  const remoteAddress = c.env.incoming.socket.remoteAddress ?? null;
  if (deps.refusalRate.count(hook.id)) noteRefusal(deps, received, { refusal, remoteAddress });
  switch (refusal.reason) {
    // Nothing can be verified now: the fault is not the sender's, so it should keep the event.
    case "secret_missing":
    case "certificate_unavailable":
      return refuse(503, refusal.reason, requestId, { "Retry-After": retryAfter });
    // It is the provider's, and yet not what was agreed.
    case "batch_unreadable":
      return refuse(422, "batch_unreadable", requestId);
    default:
      return refuse(401, "verification_failed", requestId);
  }
}

/** A challenge is answered and is no event; null: it is none. */
async function answerQuestion(deps: HookDeps, c: HookContext, received: Received): Promise<Response | null> {
  const { hook, delivery, requestId } = received;
  if (hook.challenges.length === 0 || hook.state === "deleted") return null;
  const reading = readingOf(delivery);
  const found = findChallenge(hook.challenges, reading);
  if (!found) return null;
  const certificate = found.recipe.precheck.kind === "signature" ? await certificateOf(deps, hook, received) : undefined;
  if (certificate === null) return turnAway(deps, c, received, refused("certificate_unavailable"));
  const taken = await takeChallenge(deps, { hook, found, reading, certificate });
  if (taken.outcome === "answered") {
    const { status, headers, body } = taken.answer;
    return send(status, delivery.method === "HEAD" ? null : body, { "X-Request-Id": requestId, ...headers });
  }
  const remoteAddress = c.env.incoming.socket.remoteAddress ?? null;
  const why = `A challenge was refused: ${taken.why}.`;
  if (deps.refusalRate.count(hook.id)) noteRefusal(deps, received, { refusal: refused("challenge_refused"), remoteAddress, why });
  const again = taken.status === 503 || taken.status === 429 ? { "Retry-After": "60" } : undefined;
  return refuse(taken.status, taken.status === 401 ? "verification_failed" : "challenge_refused", requestId, again);
}

/** Null: it cannot be had now. Undefined: there is none that may be fetched. */
async function certificateOf(
  deps: HookDeps,
  { compiled }: LoadedHook,
  { delivery }: Received,
): Promise<string | null | undefined> {
  const url = compiled?.certificateUrl(delivery) ?? null;
  return url === null || "outcome" in url ? undefined : deps.certificates(url);
}

/** Somebody here wants to know whether the public URL leads here. */
async function answerProbe(deps: HookDeps, { hook, delivery, requestId }: Received): Promise<Response | null> {
  const sealed = delivery.method === "GET" || delivery.method === "HEAD" ? delivery.headers(probeHeader) : null;
  if (sealed === null || !deps.challengeLimit.take(`probe ${hook.id}`)) return null;
  const nonce = await openProbe(deps.vault, { workspace: hook.workspace, hook: hook.id, sealed });
  return nonce === null ? null : send(204, null, { "X-Request-Id": requestId, [probeHeader]: nonce });
}

function notAllowed(requestId: string): Response {
  return refuse(405, "method_not_allowed", requestId, { Allow: "POST" });
}

function flatHeaders(c: HookContext): Record<string, string> {
  // What we tell ourselves of a call is none of its flow's data.
  const received = Object.entries(c.env.incoming.headers).filter(([name]) => name !== depthHeader);
  return Object.fromEntries(received.map(([name, value]) => [name, headerText(value) ?? ""]));
}

function headerText(value: string | string[] | undefined): string | null {
  return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
}
