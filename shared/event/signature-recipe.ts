import { z } from "zod";
import { parsePath } from "../flow/expression.ts";

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "must be a header name");

/** One part of what is signed, in order. `id` and `timestamp` are the raw header texts, never reformatted. */
export const SignedPart = z.discriminatedUnion("part", [
  z.object({ part: z.literal("literal"), text: z.string().max(200) }),
  z.object({ part: z.literal("body") }),
  z.object({ part: z.literal("timestamp") }),
  z.object({ part: z.literal("header"), name: headerName }),
]);
export type SignedPart = z.infer<typeof SignedPart>;

/** How a delivery proves that it comes from the provider. Data only: the verifier table gives it meaning. */
export const HmacRecipe = z.object({
  kind: z.literal("hmac"),
  algorithm: z.enum(["sha1", "sha256", "sha512"]),
  encoding: z.enum(["hex", "base64"]),
  signature: z.object({
    header: headerName,
    /** Required in front of the value once set, e.g. `sha256=`. */
    valuePrefix: z.string().max(40).default(""),
  }),
  signedContent: z.array(SignedPart).min(1).max(12),
  timestamp: z
    .object({
      header: headerName,
      unit: z.enum(["s", "ms"]),
      tolerancePastMs: z.int().min(1_000).max(86_400_000).default(300_000),
      toleranceFutureMs: z.int().min(0).max(86_400_000).default(300_000),
    })
    .optional(),
  /** How the secret's text becomes the key; stated, never guessed. */
  secret: z
    .object({ stripPrefix: z.string().max(40).default(""), decode: z.enum(["utf8", "base64", "hex"]).default("utf8") })
    .default({ stripPrefix: "", decode: "utf8" }),
  /** Headers that must be there before anything is computed. */
  requiredHeaders: z.array(headerName).max(20).default([]),
  /** Where the provider's own event id is; the first candidate that is present counts. */
  dedupe: z
    .object({
      candidates: z
        .array(
          z.discriminatedUnion("in", [
            z.object({ in: z.literal("header"), name: headerName }),
            z.object({
              in: z.literal("body"),
              path: z
                .string()
                .max(200)
                .refine((path) => parsePath(path) !== null, "cannot be read as a path"),
            }),
          ]),
        )
        .min(1)
        .max(5),
      windowMs: z
        .int()
        .min(60_000)
        .max(30 * 86_400_000)
        .default(7 * 86_400_000),
    })
    .optional(),
});
export type HmacRecipe = z.infer<typeof HmacRecipe>;

/** `timestamp` parts need a timestamp header: refused here, so that a recipe can never sign over "". */
export const SignatureRecipe = z
  .discriminatedUnion("kind", [HmacRecipe])
  .refine((recipe) => recipe.timestamp !== undefined || recipe.signedContent.every((part) => part.part !== "timestamp"), {
    path: ["timestamp"],
    error: "signedContent uses the timestamp, so its header must be given",
  })
  .refine((recipe) => recipe.signedContent.some((part) => part.part === "body"), {
    path: ["signedContent"],
    error: "the body must be signed",
  });
export type SignatureRecipe = z.infer<typeof SignatureRecipe>;

/** Why a delivery was refused: for the operator's eyes only, the sender always gets the same body. */
export const RefusalReason = z.enum([
  "secret_missing",
  "missing_header",
  "duplicate_header",
  "header_too_long",
  "bad_prefix",
  "bad_encoding",
  "bad_timestamp",
  "timestamp_too_old",
  "timestamp_in_future",
  "signature_mismatch",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;
