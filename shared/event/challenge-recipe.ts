import { z } from "zod";
import { HeaderName, Place } from "./place.ts";
import { isReservedHeader } from "./reserved-header.ts";
import { HashAlgorithm, SignatureEncoding } from "./signature-recipe.ts";

/** What tells a challenge from a delivery: all of `match` hold. `equals` left out: it is there. */
const when = z.object({
  method: z.enum(["GET", "POST"]),
  match: z
    .array(z.object({ at: Place, equals: z.string().max(200).optional() }))
    .min(1)
    .max(5),
});

/**
 * What has to hold before anything is answered. `signature`: the request is signed like a delivery. `token`: a value of it equals the
 * verify token. `pending`: only while a registration of this hook is under way.
 */
const precheck = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({ kind: z.literal("signature") }),
  /** With the hook's own secret, or, where `with` is `verify-token`, with the token that was made for the purpose. */
  z.object({ kind: z.literal("token"), at: Place, with: z.enum(["secret", "verify-token"]).default("verify-token") }),
  z.object({ kind: z.literal("pending") }),
]);

/** A piece of the answer: text, a value of the request, or the HMAC of such a value with the hook's secret. */
export const ChallengeValue = z.discriminatedUnion("from", [
  z.object({ from: z.literal("text"), text: z.string().max(2_000) }),
  z.object({ from: z.literal("request"), at: Place }),
  z.object({
    from: z.literal("hmac"),
    of: Place,
    algorithm: HashAlgorithm,
    encoding: SignatureEncoding,
    prefix: z.string().max(40).default(""),
  }),
]);
export type ChallengeValue = z.infer<typeof ChallengeValue>;

/** The type of an answer is its body's. */
const AnsweredHeader = HeaderName.refine(
  (header) => !isReservedHeader(header) && header.toLowerCase() !== "content-type",
  "is not a header that an answer may set",
);

/** `text`: one value as text/plain. `json`: an object of them. `empty`: no body. `xml`: fixed text of ours, no value of the request. */
const body = z.discriminatedUnion("as", [
  z.object({ as: z.literal("empty") }),
  z.object({ as: z.literal("text"), value: ChallengeValue }),
  z.object({
    as: z.literal("json"),
    fields: z.array(z.object({ name: z.string().min(1).max(120), value: ChallengeValue })).max(10),
  }),
  z.object({ as: z.literal("xml"), text: z.string().max(2_000) }),
]);

/**
 * A provider's question whether the hook URL is ours, answered at once: it is no event. `confirm`: the URL in the request is called
 * before the answer, when its host is one of `hosts` (AWS SNS). `store`: the request brings the secret; it never replaces one.
 */
export const ChallengeRecipe = z.object({
  name: z.string().min(1).max(120),
  when,
  precheck,
  respond: z.object({
    status: z.int().min(200).max(299).default(200),
    headers: z
      .array(z.object({ name: AnsweredHeader, value: ChallengeValue }))
      .max(5)
      .default([]),
    body,
  }),
  store: Place.optional(),
  confirm: z.object({ at: Place, hosts: z.array(z.string().min(4).max(120)).min(1).max(10) }).optional(),
});
export type ChallengeRecipe = z.infer<typeof ChallengeRecipe>;

/** Has whoever sets the provider up to give it the verify token? */
export function asksForVerifyToken({ precheck }: ChallengeRecipe): boolean {
  return precheck.kind === "token" && precheck.with === "verify-token";
}

/** Zoom's form: the label looked for in the request, and the label answered with what was found there. */
export function echoChallenge(challengeKey: string, responseKey: string): ChallengeRecipe {
  const at = { in: "body", path: challengeKey } as const;
  return {
    name: "URL validation",
    when: { method: "POST", match: [{ at }] },
    precheck: { kind: "none" },
    respond: { status: 200, headers: [], body: { as: "json", fields: [{ name: responseKey, value: { from: "request", at } }] } },
  };
}
