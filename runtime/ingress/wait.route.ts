import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { AppError, isUnavailable } from "../../shared/app-error.ts";
import type { Json } from "../../shared/json.ts";
import type { WaitLinks } from "../engine/wait-links.ts";
import { parseBody } from "../events/parse-body.ts";
import type { Clock, Ids } from "../ids.ts";
import { type CallDepth, depthHeader } from "../outbound/call-depth.ts";
import type { AnswerWait } from "./answer-wait.ts";
import { json, refuse, retryAfter, unavailable } from "./hook-answers.ts";
import { createRateLimit, type RateLimit } from "./rate-limit.ts";
import { readBody } from "./read-body.ts";
import { readCallDepth, refuseTooDeep } from "./read-call-depth.ts";
import { readWaitToken } from "./read-wait-token.ts";
import { isForm } from "./verify/reading.ts";

export type WaitRouteDeps = {
  waitLinks: Pick<WaitLinks, "token">;
  answerWait: AnswerWait;
  callDepth: Pick<CallDepth, "text">;
  /** How often one link may be called or looked at. */
  waitLimit: RateLimit;
  ids: Ids;
  report(requestId: string, error: unknown): void;
};

type WaitContext = Context<{ Bindings: HttpBindings }>;

/** Each link by itself: whoever calls one in vain keeps nobody from another. */
export function createWaitLimit(clock: Clock): RateLimit {
  return createRateLimit(clock, { most: 60, windowMs: 60_000 });
}

/** Of what is posted to a waiting step, in bytes. */
const maxBytes = 262_144;
/** When a step is asked for again that does not wait yet, in seconds. */
const earlyRetryAfter = "5";

/**
 * `POST /w/:token`: what is posted to the signed URL of a waiting step lets it go on, once. Only POST does: whatever looks at links in
 * mail and chat gets the page of the interface. A step that has not begun to wait answers 503, since most senders repeat that.
 */
export function waitRoute(deps: WaitRouteDeps): Hono<{ Bindings: HttpBindings }> {
  return new Hono<{ Bindings: HttpBindings }>().post("/w/:token", (c) => {
    const requestId = deps.ids.next("req");
    return resume(deps, c, requestId).catch((error) => {
      if (error instanceof AppError && error.code === "not_found") return refuse(404, "not_found", requestId);
      if (!isUnavailable(error)) deps.report(requestId, error);
      return unavailable(requestId);
    });
  });
}

async function resume(deps: WaitRouteDeps, c: WaitContext, requestId: string): Promise<Response> {
  const { incoming } = c.env;
  // Its signature is checked before anything is read, of the request or of the database.
  const place = readWaitToken(deps.waitLinks, c.req.param("token") ?? "");
  if (place === null) return refuse(404, "not_found", requestId, { Connection: "close" });
  if (!deps.waitLimit.take(`${place.run} ${place.step}`))
    return refuse(503, "overloaded", requestId, { "Retry-After": "60", Connection: "close" });
  const read = await readBody(incoming, maxBytes);
  if (read.outcome === "too-large") return refuse(413, "body_too_large", requestId, { Connection: "close" });
  if (read.outcome === "aborted") return refuse(400, "body_incomplete", requestId);
  if (incoming.headers["content-encoding"]) return refuse(415, "content_encoding_not_supported", requestId);
  const tooDeep = refuseTooDeep(readCallDepth(deps.callDepth, incoming.headers[depthHeader]), requestId);
  if (tooDeep) return tooDeep;
  const signal = { kind: "resume" as const, step: place.step, by: "link", body: bodyOf(c, read.body) };
  const answered = await deps
    .answerWait(place, { signal, check: ({ node }) => node.kind === "approval" && refuseApproval() })
    .catch((error) => {
      if (error instanceof AppError && error.code === "forbidden") return null;
      throw error;
    });
  if (answered === null) return refuse(403, "needs_a_decision", requestId);
  if (answered.outcome === "left") return json(202, { run: place.run, outcome: "received" }, { "X-Request-Id": requestId });
  switch (answered.wait.state) {
    case "answered":
      return json(200, { run: place.run, outcome: "already_received" }, { "X-Request-Id": requestId });
    case "early":
      return refuse(503, "not_waiting_yet", requestId, { "Retry-After": earlyRetryAfter });
    case "waiting":
      return refuse(503, "unavailable", requestId, { "Retry-After": retryAfter });
    case "late":
    case "over":
      return refuse(410, "gone", requestId);
  }
}

/** A person decides, on the page. */
function refuseApproval(): never {
  throw new AppError("forbidden", "a person decides on the page behind this link");
}

/** The fields of a form (of a repeated one the last), else JSON, else text. */
function bodyOf(c: WaitContext, body: Buffer): Json {
  const headers = (name: string) => c.req.header(name) ?? null;
  if (isForm({ method: "POST", url: "", headers, body })) return Object.fromEntries(new URLSearchParams(body.toString("utf8")));
  return parseBody(body).value;
}
