import { z } from "zod";
import { unreachable } from "../app-error.ts";
import { Json } from "../json.ts";
import { CredentialField, TokenPlacement } from "./credential-field.ts";
import { OAuth2, oauth2Fields } from "./oauth2.ts";
import { LimitGroup } from "./rate-limit.ts";
import { SignedJwt, signingField } from "./signed-jwt.ts";

export const NoAuth = z.object({ kind: z.literal("none") });

/** A key that goes along with each call, e.g. in the header `X-Api-Key`. `key` is its name there, never its value. */
export const ApiKey = z.object({
  /** What people who connect are asked for. */
  displayName: z.string().trim().min(1, "enter what people are asked for").max(120).default("API key"),
  key: z
    .string()
    .trim()
    .min(1, "enter the name of the key")
    .max(128)
    .regex(/^[\w.$[\]-]+$/, "may hold letters, digits and . _ $ [ ] -"),
  addTo: z.enum(["header", "query", "body"]),
  /** Before the value in a header, e.g. `Token `. */
  prefix: z.string().max(40).optional(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** One key, and `others` where an API wants several at once. */
export const ApiKeyAuth = ApiKey.extend({
  kind: z.literal("api-key"),
  others: z.array(ApiKey).max(9, "at most 10 keys").optional(),
});
export type ApiKeyAuth = z.infer<typeof ApiKeyAuth>;

/** All keys of the scheme with the credential that holds the value of each: `apiKey`, `apiKey2` … */
export function apiKeysOf({ displayName, key, addTo, prefix, others = [] }: ApiKeyAuth): (ApiKey & { credential: string })[] {
  return [{ displayName, key, addTo, ...(prefix !== undefined && { prefix }) }, ...others].map((each, index) => ({
    ...each,
    credential: index === 0 ? "apiKey" : `apiKey${index + 1}`,
  }));
}

/** `Authorization: Bearer <token>` (RFC 6750, 2.1). */
export const BearerAuth = z.object({ kind: z.literal("bearer") });
/** `Authorization: Basic <user:password>` (RFC 7617), in UTF-8. */
export const BasicAuth = z.object({ kind: z.literal("basic") });

/** A JWT that is signed for each connection and goes along with each call ("JWT Bearer"). */
export const JwtAuth = z.object({
  kind: z.literal("jwt"),
  jwt: SignedJwt,
  /** What its payload and header need beside the secret. */
  fields: z.array(CredentialField).max(20).default([]),
  addTo: z.enum(["header", "query"]).default("header"),
  /** Of the header or of the query parameter. */
  name: z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "must be a header name")
    .default("Authorization"),
  /** Before the JWT in a header. */
  prefix: z.string().max(40).default("Bearer "),
});
export type JwtAuth = z.infer<typeof JwtAuth>;

/** Exchanges credentials for a short-lived token at a declared path of the connector's host, and caches it. */
export const TokenExchange = z.object({
  kind: z.literal("token-exchange"),
  fields: z.array(CredentialField).max(20),
  request: z.object({
    method: z.literal("POST"),
    path: z.string().startsWith("/", "must start with /").max(2_000),
    /** JSON body; `{{credentials.<key>}}` is filled in at sending. */
    body: Json,
    /** How the body is written, `json` when left out; `form` takes a flat one. */
    encoding: z.enum(["json", "form"]).optional(),
    /** A JWT that the client signs goes along, e.g. in `Authorization: Bearer …`. */
    signed: z.object({ jwt: SignedJwt, placement: TokenPlacement }).optional(),
  }),
  /** Path of the token in the answer's body, e.g. `jwt`. */
  tokenPath: z.string().min(1, "enter where the token is in the answer").max(200),
  /** Life of a token from its issue, in milliseconds. */
  expiresInMs: z
    .int()
    .min(1_000)
    .max(366 * 86_400_000),
  placement: TokenPlacement,
  /** Which of the connector's limits an exchange counts in; in none when left out. */
  limitGroup: LimitGroup.optional(),
});
export type TokenExchange = z.infer<typeof TokenExchange>;

export const AuthScheme = z.discriminatedUnion("kind", [
  NoAuth,
  ApiKeyAuth,
  BearerAuth,
  BasicAuth,
  JwtAuth,
  OAuth2,
  TokenExchange,
]);
export type AuthScheme = z.infer<typeof AuthScheme>;

/** What a person who connects is asked for. */
export function credentialFields(auth: AuthScheme): CredentialField[] {
  switch (auth.kind) {
    case "none":
      return [];
    case "api-key":
      return apiKeysOf(auth).map(({ credential, displayName }) => ({ key: credential, label: displayName, secret: true }));
    case "bearer":
      return [{ key: "token", label: "Bearer token", secret: true }];
    case "basic":
      return [
        { key: "username", label: "User Name", secret: false },
        { key: "password", label: "Password", secret: true },
      ];
    case "jwt":
      return [...auth.fields, signingField(auth.jwt)];
    case "oauth2":
      return oauth2Fields(auth);
    case "token-exchange":
      return auth.request.signed ? [...auth.fields, signingField(auth.request.signed.jwt)] : auth.fields;
    default:
      return unreachable(auth);
  }
}
