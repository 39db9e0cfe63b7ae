import { z } from "zod";
import { ChallengeRecipe } from "../event/challenge-recipe.ts";
import { BodyPath } from "../event/place.ts";
import { SignatureRecipe } from "../event/signature-recipe.ts";
import { HookAnswer } from "../event/subscription.ts";
import { Json } from "../json.ts";
import { EndpointKey } from "./endpoint.ts";

/** A readable slug by which triggers name an incoming webhook. */
export const WebhookKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a slug: lower-case letters, digits, hyphens; at most 63");

/**
 * Who makes the secret, and when. `definition`: one for all subscriptions, set on the connector. The others belong to one subscription:
 * `generated` by us, `given` by the provider to whoever sets the trigger up, in the answer to `subscribe`, or by a challenge.
 */
export const SecretOrigin = z.enum(["definition", "generated", "given", "subscribe-answer", "challenge"]);
export type SecretOrigin = z.infer<typeof SecretOrigin>;

/**
 * An endpoint call of the RESThook lifecycle. Its inputs may hold `{{hook.url}}`, `{{hook.secret}}`, `{{hook.verifyToken}}`,
 * `{{hook.expiresAt}}` (ISO 8601), `{{subscription.id}}` and the trigger's `{{inputs.<key>}}`.
 */
const hookCall = z.object({ endpoint: EndpointKey, inputs: z.record(z.string(), Json).default({}) });

/** How a subscription is made at the provider and kept. Paths are in the answer's body. */
export const RestHook = z.object({
  subscribe: hookCall.extend({
    /** Where the answer has the provider's id of the subscription; else the last segment of `Location`. */
    idPath: BodyPath.optional(),
    secretPath: BodyPath.optional(),
    /** ISO 8601, or seconds or milliseconds since 1970. */
    expiresPath: BodyPath.optional(),
  }),
  unsubscribe: hookCall,
  /** Subscriptions run out: `lifeMs` is asked for where the provider lets us choose; without a `renew` call it is subscribed anew. */
  lifeMs: z
    .int()
    .min(60_000)
    .max(365 * 86_400_000)
    .optional(),
  renew: hookCall.extend({ expiresPath: BodyPath.optional() }).optional(),
  /** Lists what is registered, so that desired and actual can be compared: the items, and in each its id and its URL. */
  list: hookCall.extend({ itemsPath: z.union([z.literal(""), BodyPath]), idPath: BodyPath, urlPath: BodyPath }).optional(),
  /** A trigger with a poll source takes over while no subscription can be had: its key. */
  fallback: z.string().max(63).optional(),
});
export type RestHook = z.infer<typeof RestHook>;

/** A connector's description of pushed events. */
export const IncomingWebhook = z
  .object({
    key: WebhookKey,
    name: z.string().trim().min(1, "enter a name").max(120, "at most 120 characters"),
    description: z.string().trim().max(2_000, "at most 2,000 characters").optional(),
    /** `global`: one URL for all, whose events are routed; only for connectors that an administrator has marked as built-in. */
    kind: z.enum(["static", "resthook", "global"]),
    recipe: SignatureRecipe,
    secretOrigin: SecretOrigin.default("generated"),
    challenges: z.array(ChallengeRecipe).max(5, "at most 5 challenges").default([]),
    answer: HookAnswer.optional(),
    resthook: RestHook.optional(),
    /** Of a global URL: which value of an event names its subscription. Compared with the trigger's input of the same key. */
    routing: z.object({ path: BodyPath, input: z.string().min(1).max(120) }).optional(),
    /** Key of the library's recipe that it was made from. */
    provider: z.string().max(63).optional(),
  })
  .refine((webhook) => webhook.kind !== "resthook" || webhook.resthook !== undefined, {
    path: ["resthook"],
    error: "choose the endpoints that subscribe and unsubscribe",
  })
  .refine((webhook) => webhook.kind !== "global" || webhook.routing !== undefined, {
    path: ["routing"],
    error: "say which value of an event names its subscription",
  });
export type IncomingWebhook = z.infer<typeof IncomingWebhook>;
