import { z } from "zod";
import { BodyPath, HeaderName, Place } from "./place.ts";
import { upgradeRecipe } from "./upgrade-recipe.ts";

export const SecretDecoding = z.enum(["utf8", "hex", "base64", "base64url"]);
export type SecretDecoding = z.infer<typeof SecretDecoding>;
export const SignatureEncoding = z.enum(["hex", "base64", "base64url"]);
export type SignatureEncoding = z.infer<typeof SignatureEncoding>;
export const HashAlgorithm = z.enum(["sha1", "sha256", "sha384", "sha512", "md5"]);
export type HashAlgorithm = z.infer<typeof HashAlgorithm>;

/** A value of the delivery inside the signed content. `before` and `after` stand around it, and with it when it is left out. */
const around = { before: z.string().max(200).optional(), after: z.string().max(200).optional() };

/** What is done to the URL before it is signed; each way of a recipe is tried. `with-port`, `without-port`: the scheme's usual one. */
export const UrlForm = z.enum(["as-is", "decoded", "with-port", "without-port", "path", "host-and-path"]);
export type UrlForm = z.infer<typeof UrlForm>;

/** One part of what is signed, in order. Values are the raw texts that were sent, never reformatted. */
export const SignedPart = z.discriminatedUnion("part", [
  z.object({ part: z.literal("literal"), text: z.string().max(200) }),
  /** The raw bytes. */
  z.object({ part: z.literal("body") }),
  z.object({ part: z.literal("timestamp") }),
  z.object({ part: z.literal("header"), name: HeaderName }),
  z.object({ part: z.literal("query"), name: z.string().min(1).max(128) }),
  /** A value of the JSON body. Missing: refused, or as stated. */
  z.object({
    part: z.literal("value"),
    path: BodyPath,
    missing: z.enum(["refuse", "empty", "skip"]).default("refuse"),
    ...around,
  }),
  /** A field of the signature's own list, e.g. `t` of `t=1,v1=…`. */
  z.object({ part: z.literal("field"), name: z.string().min(1).max(40) }),
  z.object({ part: z.literal("method") }),
  /** The configured public URL of the hook with the query that was sent: never what `Host` says. */
  z.object({ part: z.literal("url"), forms: z.array(UrlForm).min(1).max(4).default(["as-is"]) }),
  /** The fields of a form sorted by name, each name directly followed by its values (sorted, each once); nothing for other bodies. */
  z.object({ part: z.literal("form-sorted") }),
  /** The secret itself, for plain hashes. */
  z.object({ part: z.literal("secret") }),
  z.object({ part: z.literal("body-hash"), algorithm: HashAlgorithm, encoding: SignatureEncoding }),
  /** CRC-32 of the body as a decimal number (PayPal). */
  z.object({ part: z.literal("body-crc32") }),
]);
export type SignedPart = z.infer<typeof SignedPart>;

/** Where the signature is and how its text is cut up. */
export const SignaturePlace = z.object({
  /** Looked at in order; all that are there count, and any may match: providers that sign with two keys send two. */
  places: z.array(Place).min(1).max(10),
  /** Required in front of each value once set, e.g. `sha256=`. */
  valuePrefix: z.string().max(40).default(""),
  /**
   * One value holds several items, any of which may match. `key`: between an item's name and its value; then only items named as in
   * `keys` are signatures, and the others are fields, e.g. `t=1,v1=…` (item `,`, key `=`, keys `v1`).
   */
  list: z
    .object({
      item: z.string().min(1).max(3),
      key: z.string().min(1).max(3).optional(),
      keys: z.array(z.string().min(1).max(40)).min(1).max(5).optional(),
    })
    .refine((list) => (list.key === undefined) === (list.keys === undefined), "key and keys go together")
    .optional(),
});
export type SignaturePlace = z.infer<typeof SignaturePlace>;

/** When the delivery was signed. */
export const TimestampRule = z.object({
  from: z.discriminatedUnion("in", [...Place.options, z.object({ in: z.literal("signature"), name: z.string().min(1).max(40) })]),
  unit: z.enum(["s", "ms", "iso8601"]),
  tolerancePastMs: z.int().min(1_000).max(86_400_000).default(300_000),
  toleranceFutureMs: z.int().min(0).max(86_400_000).default(300_000),
});
export type TimestampRule = z.infer<typeof TimestampRule>;

/** Where the provider's own event id is; the first candidate that is present counts. `path` is one within an item of a batch. */
const dedupe = z.object({
  candidates: z
    .array(
      z.discriminatedUnion("in", [
        z.object({ in: z.literal("header"), name: HeaderName }),
        z.object({ in: z.literal("query"), name: z.string().min(1).max(128) }),
        z.object({ in: z.literal("form"), name: z.string().min(1).max(128) }),
        z.object({ in: z.literal("body"), path: BodyPath }),
        /** Several values of the body, which together name the event. */
        z.object({ in: z.literal("bodies"), paths: z.array(BodyPath).min(2).max(5) }),
        /** SHA-256 of the body, for providers without an id: two equal events within the window count as one. */
        z.object({ in: z.literal("body-hash") }),
      ]),
    )
    .min(1)
    .max(5),
  windowMs: z
    .int()
    .min(60_000)
    .max(30 * 86_400_000)
    .default(7 * 86_400_000),
});

const common = {
  /** Headers that must be there before anything is computed. */
  requiredHeaders: z.array(HeaderName).max(20).default([]),
  /** Media types that are taken; left out: any. */
  contentTypes: z.array(z.string().max(120)).max(5).optional(),
  dedupe: dedupe.optional(),
  /** Where the event's type is. */
  eventType: Place.optional(),
  /** The JSON body holds several events: where the list of them is; `""`: the body is the list. Each becomes an event of its own. */
  batch: z.object({ path: z.union([z.literal(""), BodyPath]), maxItems: z.int().min(1).max(1_000).default(1_000) }).optional(),
};
/** How the secret's text becomes the key; stated, never guessed. */
const secret = z
  .object({ stripPrefix: z.string().max(40).default(""), decode: SecretDecoding.default("utf8") })
  .default({ stripPrefix: "", decode: "utf8" });
const signed = {
  ...common,
  encoding: SignatureEncoding,
  signature: SignaturePlace,
  signedContent: z.array(SignedPart).min(1).max(30),
  timestamp: TimestampRule.optional(),
  /** A hash of the body that is sent beside it and must be right. `unlessForm`: forms need none, since their fields are signed. */
  bodyHash: z
    .object({ from: Place, algorithm: HashAlgorithm, encoding: SignatureEncoding, unlessForm: z.boolean().default(false) })
    .optional(),
  /** The signature does not cover the body (Adyen, Mailgun): has to be said, since what is not covered can be forged. */
  partial: z.boolean().optional(),
};

/** RFC 2104. `weak`: MD5 has to be asked for. */
export const HmacRecipe = z.object({
  kind: z.literal("hmac"),
  algorithm: HashAlgorithm,
  weak: z.boolean().optional(),
  ...signed,
  secret,
});
export type HmacRecipe = z.infer<typeof HmacRecipe>;
/** A plain hash, with the secret in the content. */
export const HashRecipe = z.object({
  kind: z.literal("hash"),
  algorithm: HashAlgorithm,
  weak: z.boolean().optional(),
  ...signed,
  secret,
});
export type HashRecipe = z.infer<typeof HashRecipe>;

/**
 * How the text of a public key is read: raw bytes (ed25519), DER SubjectPublicKeyInfo in `decode`, or PEM. A public key is what stands
 * in the place of the secret.
 */
const publicKey = z.object({
  format: z.enum(["raw", "spki", "pem"]),
  stripPrefix: z.string().max(40).default(""),
  decode: SecretDecoding.default("base64"),
});
export const Ed25519Recipe = z.object({ kind: z.literal("ed25519"), ...signed, key: publicKey });
export type Ed25519Recipe = z.infer<typeof Ed25519Recipe>;
/** `form`: of the signature, DER or the two numbers one after the other (IEEE P1363). */
export const EcdsaRecipe = z.object({
  kind: z.literal("ecdsa"),
  algorithm: HashAlgorithm,
  form: z.enum(["der", "p1363"]).default("der"),
  ...signed,
  key: publicKey,
});
export type EcdsaRecipe = z.infer<typeof EcdsaRecipe>;
/**
 * RSASSA-PKCS1-v1_5 or PSS. `certificate`: the delivery names the URL of its certificate (AWS SNS, PayPal); it is fetched only over
 * https from a host that equals one of `hosts` or, where one begins with a dot, ends with it. Then there is no key of one's own.
 */
export const RsaRecipe = z.object({
  kind: z.literal("rsa"),
  algorithm: HashAlgorithm,
  padding: z.enum(["pkcs1", "pss"]).default("pkcs1"),
  ...signed,
  key: publicKey.optional(),
  certificate: z.object({ from: Place, hosts: z.array(z.string().min(4).max(120)).min(1).max(10) }).optional(),
});
export type RsaRecipe = z.infer<typeof RsaRecipe>;
/**
 * A JSON Web Token (RFC 7519) beside the body; its algorithm is the one stated here, whatever its header says. The secret is a shared
 * one (HS…), a PEM or a JWK set. The age is that of `iat`; `bodyHash`: a claim that holds the body's hash.
 */
export const JwtRecipe = z.object({
  kind: z.literal("jwt"),
  algorithm: z.enum(["HS256", "HS384", "HS512", "RS256", "PS256", "ES256", "EdDSA"]),
  ...common,
  signature: SignaturePlace,
  secret,
  bodyHash: z.object({ claim: z.string().min(1).max(120), algorithm: HashAlgorithm, encoding: SignatureEncoding }).optional(),
  issuer: z.string().max(300).optional(),
  audience: z.string().max(300).optional(),
  maxAgeMs: z.int().min(1_000).max(86_400_000).default(300_000),
  partial: z.boolean().optional(),
});
export type JwtRecipe = z.infer<typeof JwtRecipe>;
/** Equality with a shared token. `each`: path of a list in the body; every item of it must carry the token (Microsoft Graph). */
export const TokenRecipe = z.object({
  kind: z.literal("token"),
  ...common,
  signature: SignaturePlace,
  secret,
  each: z.union([z.literal(""), BodyPath]).optional(),
});
export type TokenRecipe = z.infer<typeof TokenRecipe>;
/** RFC 7617; the secret is `user:password`. */
export const BasicRecipe = z.object({ kind: z.literal("basic"), ...common });
export type BasicRecipe = z.infer<typeof BasicRecipe>;
/** The provider does not sign: the hook URL's own random part, 160 bits, is the secret. */
export const UrlSecretRecipe = z.object({ kind: z.literal("url-secret"), ...common });
export type UrlSecretRecipe = z.infer<typeof UrlSecretRecipe>;

const kinds = z.discriminatedUnion("kind", [
  HmacRecipe,
  HashRecipe,
  Ed25519Recipe,
  EcdsaRecipe,
  RsaRecipe,
  JwtRecipe,
  TokenRecipe,
  BasicRecipe,
  UrlSecretRecipe,
]);
type Parsed = z.infer<typeof kinds>;
/** Kinds that sign a content. */
export type SigningRecipe = Extract<Parsed, { signedContent: unknown }>;

/** How a delivery proves that it comes from the provider. Data only: the verifier table gives it meaning. */
export const SignatureRecipe = z.preprocess(
  upgradeRecipe,
  kinds.superRefine((recipe, context) => {
    for (const { path, message } of recipeProblems(recipe)) context.addIssue({ code: "custom", path, message });
  }),
);
export type SignatureRecipe = Parsed;

/** What makes a recipe one that cannot be right, so that it can never sign over nothing. */
function recipeProblems(recipe: Parsed): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  if ("algorithm" in recipe && recipe.algorithm === "md5" && !("weak" in recipe && recipe.weak))
    problems.push({ path: ["algorithm"], message: "MD5 is broken: choose another, or state that it is weak" });
  if (recipe.kind === "rsa" && (recipe.key === undefined) === (recipe.certificate === undefined))
    problems.push({ path: ["key"], message: "give a key, or say where the certificate is" });
  if (recipe.kind === "jwt" && recipe.bodyHash === undefined && !recipe.partial)
    problems.push({ path: ["bodyHash"], message: "name the claim with the body's hash, or state that the body is not covered" });
  if (!("signedContent" in recipe)) return problems;
  const parts = recipe.signedContent;
  const has = (kind: SignedPart["part"]) => parts.some(({ part }) => part === kind);
  if (has("timestamp") && recipe.timestamp === undefined)
    problems.push({ path: ["timestamp"], message: "signedContent uses the timestamp, so its place must be given" });
  if (!has("body") && !has("body-hash") && !has("body-crc32") && recipe.bodyHash === undefined && !recipe.partial)
    problems.push({ path: ["signedContent"], message: "the body must be signed" });
  const mayHaveSecret = recipe.kind === "hash" || (recipe.kind === "rsa" && recipe.certificate !== undefined);
  if ((recipe.kind === "hash" && !has("secret")) || (has("secret") && !mayHaveSecret))
    problems.push({ path: ["signedContent"], message: "the secret is part of the content of a plain hash, and of nothing else" });
  const fields = has("field") || recipe.timestamp?.from.in === "signature";
  if (fields && recipe.signature.list?.key === undefined)
    problems.push({
      path: ["signature", "list"],
      message: "a field of the signature is used, so the signature must be a list with names",
    });
  return problems;
}

/** Why a delivery was refused: for the operator's eyes only, the sender always gets the same body. */
export const RefusalReason = z.enum([
  "secret_missing",
  "missing_header",
  "missing_value",
  "wrong_content_type",
  "duplicate_header",
  "header_too_long",
  "too_many_items",
  "bad_prefix",
  "bad_encoding",
  "bad_timestamp",
  "timestamp_too_old",
  "timestamp_in_future",
  "signature_mismatch",
  "body_hash_mismatch",
  "token_mismatch",
  "bad_token",
  "certificate_refused",
  "certificate_unavailable",
  "batch_unreadable",
  "challenge_refused",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;
