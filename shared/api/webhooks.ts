import { z } from "zod";
import { SignatureRecipe } from "../event/signature-recipe.ts";
import { ChosenSecret, OverlapMs } from "./flows.ts";
import { route } from "./route.ts";

const connectorParams = z.object({ key: z.string().max(63) });
const webhookParams = connectorParams.extend({ webhook: z.string().max(63) });

/** How the incoming webhooks of a connector stand: secrets are never part of it. */
export const WebhookStanding = z.object({
  webhook: z.string(),
  /** Of the one secret for all subscriptions; null: there is none. */
  secretSetAt: z.int().nullable(),
  /** The single global URL; null: there is none. */
  globalUrl: z.string().nullable(),
});
export type WebhookStanding = z.infer<typeof WebhookStanding>;

export const getWebhookStandings = route({
  method: "GET",
  path: "/connectors/:key/webhooks",
  access: "person",
  params: connectorParams,
  response: z.object({
    /** May it have global URLs? */
    vouched: z.boolean(),
    webhooks: z.array(WebhookStanding),
  }),
});

/**
 * Sets the one secret of all subscriptions of an incoming webhook: it counts everywhere at once. `bad_request` when the recipe cannot
 * use it, `conflict` when it was changed at the same time. The answer holds it only when it was generated just now.
 */
export const setWebhookSecret = route({
  method: "PUT",
  path: "/connectors/:key/webhooks/:webhook/secret",
  access: "administrator",
  params: webhookParams,
  body: z.object({ secret: ChosenSecret, overlapMs: OverlapMs }),
  response: z.object({ secret: z.string().nullable(), setAt: z.int() }),
});

/** An administrator vouches for a connector of people's own, or no longer: only then it may have global URLs. Built-in ones may. */
export const vouchForConnector = route({
  method: "PUT",
  path: "/connectors/:key/vouched",
  access: "administrator",
  params: connectorParams,
  body: z.object({ vouched: z.boolean() }),
  response: z.object({}),
});

/**
 * Makes the single global URL of an incoming webhook, or brings it up to date with the connector. `forbidden` for a connector that
 * nobody vouches for, `conflict` when it was changed at the same time.
 */
export const makeGlobalHook = route({
  method: "POST",
  path: "/connectors/:key/webhooks/:webhook/global",
  access: "administrator",
  params: webhookParams,
  response: z.object({ url: z.string() }),
});

const Candidate = z.object({ name: z.string(), problem: z.string() });
/** What a captured request is signed with, as far as it can be found out. */
export const Detection = z.object({
  matched: z.object({ provider: z.string().nullable(), name: z.string(), recipe: SignatureRecipe }).nullable(),
  candidates: z.array(Candidate),
  reason: z.string(),
});
export type Detection = z.infer<typeof Detection>;

/**
 * Finds out how a captured request is signed. `raw`: the request as it came over the wire; `url`: the one that the sender was given,
 * where that is not the request's own. The secret is used for the search and kept nowhere.
 */
export const detectSignature = route({
  method: "POST",
  path: "/webhooks/detect",
  access: "administrator",
  body: z.object({
    request: z.object({ raw: z.string().min(1, "paste the request").max(1_000_000), url: z.url().max(2_000).optional() }),
    secret: z.string().min(1, "enter the secret").max(10_000),
  }),
  response: Detection,
});

/** The same for a refused delivery with its hook's own secret. `conflict` when the request is not kept on this node. */
export const detectRefusal = route({
  method: "POST",
  path: "/refusals/:refusal/detect",
  access: "administrator",
  params: z.object({ refusal: z.string().max(100) }),
  response: Detection,
});
