import { z } from "zod";

/** A value a person fills in on a connection; secret ones go to the vault and are never read back. */
export const CredentialField = z.object({
  key: z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,62}$/),
  label: z.string().min(1).max(120),
  secret: z.boolean(),
  /** It may be left empty. */
  optional: z.boolean().optional(),
  /** It has several lines, e.g. a private key in PEM. */
  multiline: z.boolean().optional(),
});
export type CredentialField = z.infer<typeof CredentialField>;

/** Where a token goes on each call, e.g. header `Authorization`, prefix `Bearer `. */
export const TokenPlacement = z.object({
  header: z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "must be a header name"),
  prefix: z.string().max(40).default(""),
});
export type TokenPlacement = z.infer<typeof TokenPlacement>;
