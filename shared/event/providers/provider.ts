import type { ChallengeRecipe } from "../challenge-recipe.ts";
import type { Place } from "../place.ts";
import type {
  HashAlgorithm,
  HmacRecipe,
  SecretDecoding,
  SignatureEncoding,
  SignatureRecipe,
  SignedPart,
  TimestampRule,
} from "../signature-recipe.ts";
import type { HookAnswer } from "../subscription.ts";

/** A provider's way to sign and to ask, as data. */
export type Provider = {
  /** A readable slug. */
  key: string;
  name: string;
  /** The vendor's page that says so. */
  docs: string;
  /** Who makes the secret, as `SecretOrigin` of a connector's incoming webhook has it. */
  secretOrigin: "definition" | "generated" | "given" | "subscribe-answer" | "challenge";
  /** What the secret is called there, and what else whoever sets it up must know. */
  hint?: string;
  recipe: SignatureRecipe;
  challenges: ChallengeRecipe[];
  answer?: HookAnswer;
  /** `sdk`: the vendor's own code signs or verifies the same in `e2e/conformance`. `vector`: a published example is a test. */
  verified: false | { by: "sdk" | "vector"; source: string };
};

export const week = 7 * 86_400_000;
export const plainSecret = { stripPrefix: "", decode: "utf8" } as const;
export const body: SignedPart = { part: "body" };
export const time: SignedPart = { part: "timestamp" };
export const literal = (text: string): SignedPart => ({ part: "literal", text });
export const inHeader = (name: string) => ({ in: "header" as const, name });
export const inQuery = (name: string) => ({ in: "query" as const, name });
export const inBody = (path: string) => ({ in: "body" as const, path });
export const sdk = (source: string) => ({ by: "sdk" as const, source });
export const vector = (source: string) => ({ by: "vector" as const, source });

type Candidate = NonNullable<SignatureRecipe["dedupe"]>["candidates"][number];
/** The event's id: where it is found first. */
export const ids = (...candidates: Candidate[]) => ({ candidates, windowMs: week });
/** For providers without an id: two equal bodies within a week are one event. */
export const bodyIs = ids({ in: "body-hash" });

/** With the tolerance of five minutes that most vendors name. */
export function timestamp(from: TimestampRule["from"], unit: TimestampRule["unit"] = "s", toleranceMs = 300_000): TimestampRule {
  return { from, unit, tolerancePastMs: toleranceMs, toleranceFutureMs: toleranceMs };
}

type Hmac = {
  header: string | string[];
  prefix?: string;
  algorithm?: HashAlgorithm;
  encoding?: SignatureEncoding;
  list?: HmacRecipe["signature"]["list"];
  content?: SignedPart[];
  time?: TimestampRule;
  secret?: { stripPrefix: string; decode: SecretDecoding };
} & Partial<Pick<HmacRecipe, "dedupe" | "eventType" | "batch" | "requiredHeaders" | "bodyHash" | "partial">>;

/** HMAC-SHA256 of the body, in hex, in a header: what differs from that is said. */
export function hmac({
  header,
  prefix = "",
  algorithm = "sha256",
  encoding = "hex",
  list,
  content = [body],
  time,
  secret,
  ...more
}: Hmac): HmacRecipe {
  const names = typeof header === "string" ? [header] : header;
  return {
    kind: "hmac",
    algorithm,
    encoding,
    signature: signatureIn(names.map(inHeader), prefix, list),
    signedContent: content,
    ...(time && { timestamp: time }),
    secret: secret ?? plainSecret,
    requiredHeaders: [],
    ...more,
  };
}

export function signatureIn(places: Place[], valuePrefix = "", list?: HmacRecipe["signature"]["list"]): HmacRecipe["signature"] {
  return { places, valuePrefix, ...(list && { list }) };
}

/** `t=…,v1=…`: named items with the time among them. */
export const stripeList = { item: ",", key: "=", keys: ["v1"] };
