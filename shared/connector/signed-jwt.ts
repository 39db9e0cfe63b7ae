import { z } from "zod";
import { Json } from "../json.ts";
import type { CredentialField } from "./credential-field.ts";

/** RFC 7518, 3.1, and RFC 8037 (EdDSA); `none` is none of them. */
export const JwtAlgorithm = z.enum([
  "HS256",
  "HS384",
  "HS512",
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
]);
export type JwtAlgorithm = z.infer<typeof JwtAlgorithm>;

/** How a JWT (RFC 7519) is made and signed for a connection. */
export const SignedJwt = z.object({
  algorithm: JwtAlgorithm,
  /** How the secret of an HS algorithm is written. */
  secretEncoding: z.enum(["text", "base64"]).default("text"),
  /** More fields of its header, e.g. `kid`; templates as in the payload. */
  header: z.record(z.string().max(120), Json).default({}),
  /** Its claims; `{{credentials.<key>}}` is filled in. `iat` and `exp` are added, in seconds. */
  payload: z.record(z.string().max(120), Json),
  /** From `iat` to `exp`, in milliseconds. */
  lifetimeMs: z.int().min(1_000).max(86_400_000).default(300_000),
  /** How much earlier than now `iat` is, for APIs whose clock is behind, in milliseconds. */
  backdateMs: z.int().min(0).max(600_000).default(0),
});
export type SignedJwt = z.infer<typeof SignedJwt>;

export function isSymmetric(algorithm: JwtAlgorithm): boolean {
  return algorithm.startsWith("HS");
}

/** What it is signed with, as a person enters it. */
export function signingField({ algorithm }: Pick<SignedJwt, "algorithm">): CredentialField {
  return isSymmetric(algorithm)
    ? { key: "secret", label: "Secret", secret: true }
    : { key: "privateKey", label: "Private key (PEM, PKCS #8)", secret: true, multiline: true };
}
