import { z } from "zod";
import { Json } from "../json.ts";

/** A value a person fills in on a connection; secret ones go to the vault and are never read back. */
export const CredentialField = z.object({
  key: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/),
  label: z.string().min(1).max(120),
  secret: z.boolean(),
});
export type CredentialField = z.infer<typeof CredentialField>;

/** Where the token goes on each call, e.g. header `Authorization`, prefix `Bearer `. */
export const TokenPlacement = z.object({ header: z.string(), prefix: z.string().default("") });

/** Exchanges credentials for a short-lived token at a declared path of the connector's host, and caches it. */
export const TokenExchange = z.object({
  kind: z.literal("token-exchange"),
  fields: z.array(CredentialField).min(1).max(20),
  request: z.object({
    method: z.literal("POST"),
    path: z.string().startsWith("/"),
    /** JSON body; `{{credentials.<key>}}` is filled in at sending. */
    body: Json,
  }),
  /** Path of the token in the answer's body, e.g. `jwt`. */
  tokenPath: z.string(),
  /** Life of a token from its issue, in milliseconds. */
  expiresInMs: z.int().min(1_000),
  placement: TokenPlacement,
});
export type TokenExchange = z.infer<typeof TokenExchange>;

export const NoAuth = z.object({ kind: z.literal("none") });

export const AuthScheme = z.discriminatedUnion("kind", [NoAuth, TokenExchange]);
export type AuthScheme = z.infer<typeof AuthScheme>;
