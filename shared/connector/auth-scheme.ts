import { z } from "zod";
import { unreachable } from "../app-error.ts";
import { Json } from "../json.ts";
import { LimitGroup } from "./rate-limit.ts";

/** A value a person fills in on a connection; secret ones go to the vault and are never read back. */
export const CredentialField = z.object({
  key: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/),
  label: z.string().min(1).max(120),
  secret: z.boolean(),
});
export type CredentialField = z.infer<typeof CredentialField>;

export const NoAuth = z.object({ kind: z.literal("none") });

/** A key that goes along with each call, e.g. in the header `X-Api-Key`. `key` is its name there, never its value. */
export const ApiKeyAuth = z.object({
  kind: z.literal("api-key"),
  /** What people who connect are asked for. */
  displayName: z.string().trim().min(1, "enter what people are asked for").max(120).default("API key"),
  key: z
    .string()
    .trim()
    .min(1, "enter the name of the key")
    .max(128)
    .regex(/^[\w.$[\]-]+$/, "may hold letters, digits and . _ $ [ ] -"),
  addTo: z.enum(["header", "query", "body"]),
});
export type ApiKeyAuth = z.infer<typeof ApiKeyAuth>;

/** `Authorization: Bearer <token>` (RFC 6750, 2.1). */
export const BearerAuth = z.object({ kind: z.literal("bearer") });
/** `Authorization: Basic <user:password>` (RFC 7617), in UTF-8. */
export const BasicAuth = z.object({ kind: z.literal("basic") });

/** Where the token goes on each call, e.g. header `Authorization`, prefix `Bearer `. */
export const TokenPlacement = z.object({
  header: z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "must be a header name"),
  prefix: z.string().max(40).default(""),
});

/** Exchanges credentials for a short-lived token at a declared path of the connector's host, and caches it. */
export const TokenExchange = z.object({
  kind: z.literal("token-exchange"),
  fields: z.array(CredentialField).min(1).max(20),
  request: z.object({
    method: z.literal("POST"),
    path: z.string().startsWith("/", "must start with /").max(2_000),
    /** JSON body; `{{credentials.<key>}}` is filled in at sending. */
    body: Json,
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

export const AuthScheme = z.discriminatedUnion("kind", [NoAuth, ApiKeyAuth, BearerAuth, BasicAuth, TokenExchange]);
export type AuthScheme = z.infer<typeof AuthScheme>;

/** What a person who connects is asked for. */
export function credentialFields(auth: AuthScheme): CredentialField[] {
  switch (auth.kind) {
    case "none":
      return [];
    case "api-key":
      return [{ key: "apiKey", label: auth.displayName, secret: true }];
    case "bearer":
      return [{ key: "token", label: "Bearer token", secret: true }];
    case "basic":
      return [
        { key: "username", label: "User Name", secret: false },
        { key: "password", label: "Password", secret: true },
      ];
    case "token-exchange":
      return auth.fields;
    default:
      return unreachable(auth);
  }
}
