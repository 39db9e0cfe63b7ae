import { createHmac } from "node:crypto";
import { AppError } from "../../../shared/app-error.ts";
import { isAllowedHost } from "../../../shared/event/allowed-host.ts";
import type { ChallengeRecipe, ChallengeValue } from "../../../shared/event/challenge-recipe.ts";
import type { LoadedHook } from "../load-hook.ts";
import { sameBytes } from "../verify/constant-time.ts";
import type { Reading } from "../verify/reading.ts";
import { secretBytes } from "../verify/secret-bytes.ts";
import { verifyDelivery } from "../verify/verify-delivery.ts";
import { readAt } from "./compile-challenge.ts";

export type ChallengeAnswer = { status: number; headers: Record<string, string>; body: string | null };
/** `store`: a secret that the request brings. `confirm`: has to be called before the answer. `why` is for operators only. */
export type ChallengeOutcome =
  | { outcome: "answered"; answer: ChallengeAnswer; store: string | null; confirm: URL | null }
  | { outcome: "refused"; status: 400 | 401 | 403 | 409 | 503; why: string };

type Asked = { hook: LoadedHook; recipe: ChallengeRecipe; reading: Reading; now: number; certificate?: string };

/** What may be echoed: printable ASCII, at most 1 KB, so that no answer is a page, a script or a second header. */
const echoable = /^[\x20-\x7e]{1,1024}$/;
/**
 * What is answered with an HMAC: the key is the one of deliveries, so whoever could choose the content could sign deliveries. No body
 * of a provider has this form, and one that has is not taken (`isAnswerable`).
 */
const signable = /^[A-Za-z0-9_-]{8,128}$/;

/**
 * Could this body, or it behind a time, be signed by asking the hook an unsigned challenge? Then its signature proves nothing. Only
 * what is that short can be.
 */
export function isAnswerable({ challenges }: Pick<LoadedHook, "challenges">, body: Uint8Array): boolean {
  if (body.length > 128 || !challenges.some(({ recipe }) => recipe.precheck.kind !== "signature" && hasHmac(recipe)))
    return false;
  return /^[A-Za-z0-9_-]*$/.test(Buffer.from(body).toString("latin1"));
}

function hasHmac({ respond: { headers, body } }: ChallengeRecipe): boolean {
  const inBody = body.as === "text" ? [body.value] : body.as === "json" ? body.fields.map(({ value }) => value) : [];
  return [...headers.map(({ value }) => value), ...inBody].some(({ from }) => from === "hmac");
}

/**
 * A provider's question whether the URL is ours: checked as its recipe says, then answered. Nothing of it becomes an event. Calls and
 * stores nothing itself.
 */
export function answerChallenge(asked: Asked): ChallengeOutcome {
  const refusal = checkFirst(asked);
  if (refusal) return refusal;
  try {
    const { recipe, hook, reading } = asked;
    const store = recipe.store ? valueAt(recipe.store, reading, echoable) : null;
    if (store !== null && currentSecret(hook) && !isSecret(hook, store, asked.now))
      return refused(409, "it brings a secret, but there is one already: that is never replaced by a request");
    const confirm = recipe.confirm ? confirmUrl(recipe.confirm, reading) : null;
    return { outcome: "answered", answer: answerOf(asked), store, confirm };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "bad_request") throw error;
    return refused(400, error.message);
  }
}

function refused(status: 400 | 401 | 403 | 409 | 503, why: string): ChallengeOutcome & { outcome: "refused" } {
  return { outcome: "refused", status, why };
}

function checkFirst({ hook, recipe, reading, now, certificate }: Asked): ChallengeOutcome | null {
  const { precheck } = recipe;
  switch (precheck.kind) {
    case "none":
      return null;
    case "pending":
      // A static URL is registered by hand, so nobody knows when: there only the rate and the first secret count.
      return hook.kind !== "resthook" || hook.state === "pending"
        ? null
        : refused(409, "no registration of this hook is under way");
    case "signature": {
      if (!hook.compiled) return refused(503, "the hook has no secret, so its signature cannot be checked");
      const verified = verifyDelivery(hook.compiled, reading, now, certificate);
      return verified.outcome === "accepted" ? null : refused(401, `its signature was refused: ${verified.reason}`);
    }
    case "token": {
      const sent = readAt(precheck.at, reading);
      if ("outcome" in sent) return refused(403, "it brings no token");
      const right = precheck.with === "secret" ? isSecret(hook, sent.text, now) : isText(sent.text, hook.verifyToken);
      return right ? null : refused(403, "its token is another");
    }
  }
}

/** The one that no other has been asked to replace. */
export function currentSecret({ secrets }: Pick<LoadedHook, "secrets">): string | null {
  return secrets.find(({ expiresAt }) => expiresAt === null)?.secret ?? null;
}

function isSecret({ secrets }: LoadedHook, text: string, now: number): boolean {
  return secrets.some(({ secret, expiresAt }) => (expiresAt === null || now < expiresAt) && isText(text, secret));
}

function isText(sent: string, known: string | null): boolean {
  return known !== null && known !== "" && sameBytes(Buffer.from(sent), Buffer.from(known));
}

function answerOf(asked: Asked): ChallengeAnswer {
  const { status, headers, body } = asked.recipe.respond;
  const made = Object.fromEntries(headers.map(({ name, value }) => [name, textOf(value, asked)]));
  const safe = { "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'" };
  const typed = (type: string, text: string | null) => ({
    status,
    headers: { ...made, ...(text !== null && { "Content-Type": type }), ...safe },
    body: text,
  });
  switch (body.as) {
    case "empty":
      return typed("", null);
    case "text":
      return typed("text/plain; charset=utf-8", textOf(body.value, asked));
    case "json":
      return typed(
        "application/json",
        JSON.stringify(Object.fromEntries(body.fields.map(({ name, value }) => [name, textOf(value, asked)]))),
      );
    case "xml":
      return typed("text/xml; charset=utf-8", body.text);
  }
}

function textOf(value: ChallengeValue, { hook, recipe, reading, now }: Asked): string {
  switch (value.from) {
    case "text":
      return value.text;
    case "request":
      return valueAt(value.at, reading, echoable);
    case "hmac": {
      const content = valueAt(value.of, reading, signable);
      if ("partial" in hook.recipe && hook.recipe.partial && recipe.precheck.kind !== "signature")
        throw new AppError("bad_request", "the hook's signatures leave the body open, so that this answer would sign any event");
      return value.prefix + createHmac(value.algorithm, hmacKey(hook, now)).update(content).digest(value.encoding);
    }
  }
}

/** The key of a hook's current secret, made as its recipe says. */
function hmacKey({ recipe, secrets }: LoadedHook, now: number): Buffer {
  const current = secrets.find(({ expiresAt }) => expiresAt === null || now < expiresAt);
  const rule = "secret" in recipe ? recipe.secret : ({ stripPrefix: "", decode: "utf8" } as const);
  const key = current ? secretBytes(rule, current.secret) : null;
  if (key === null) throw new AppError("bad_request", "the hook has no secret to answer with");
  return key;
}

function valueAt(place: Parameters<typeof readAt>[0], reading: Reading, allowed: RegExp): string {
  const value = readAt(place, reading);
  if ("outcome" in value) throw new AppError("bad_request", `a value of it is missing or too long (${value.reason})`);
  if (!allowed.test(value.text))
    throw new AppError("bad_request", "a value of it has characters or a length that are not answered");
  return value.text;
}

/** Only https, on an allowed host. */
function confirmUrl({ at, hosts }: { at: Parameters<typeof readAt>[0]; hosts: string[] }, reading: Reading): URL {
  const value = readAt(at, reading);
  const url = "outcome" in value || !URL.canParse(value.text) ? null : new URL(value.text);
  if (!url) throw new AppError("bad_request", "it names no URL to confirm at");
  const known = isAllowedHost(url.hostname, hosts);
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "" || url.port !== "" || !known)
    throw new AppError("bad_request", "the URL to confirm at is not one of the provider's");
  return url;
}
