import { z } from "zod";
import { SignatureRecipe } from "../event/signature-recipe.ts";
import { AuthScheme } from "./auth-scheme.ts";
import { Endpoint } from "./endpoint.ts";

/** Pushed events of the outside API: how a delivery proves itself. */
export const IncomingWebhook = z.object({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  name: z.string().min(1).max(120),
  description: z.string().max(2_000).optional(),
  kind: z.literal("static"),
  recipe: SignatureRecipe,
});
export type IncomingWebhook = z.infer<typeof IncomingWebhook>;

/** One versioned document that describes an outside API. */
export const Connector = z.object({
  schemaVersion: z.literal(1),
  key: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  name: z.string().min(1).max(120),
  description: z.string().max(250),
  category: z.string().max(120).optional(),
  /** https; http only for a host and port that the operator has named, else calls are blocked unsent. */
  baseUrl: z.url({ protocol: /^https?$/, error: "must be an https URL" }),
  /** Name of a bundled sandbox that behaves like this API; connections may point at it instead of `baseUrl`. */
  sandbox: z.enum(["zoominfo"]).optional(),
  auth: AuthScheme,
  endpoints: z.array(Endpoint).max(150),
  incomingWebhooks: z.array(IncomingWebhook).max(50).default([]),
});
export type Connector = z.infer<typeof Connector>;
