import { z } from "zod";

/** RFC 9110, 8.3.1. */
const MediaType = z
  .string()
  .max(120)
  .regex(
    /^[A-Za-z0-9!#$&^_.+-]+\/[A-Za-z0-9!#$&^_.+-]+(?: *; *[A-Za-z0-9-]+="?[A-Za-z0-9_.:+-]+"?)*$/,
    "must be a media type, e.g. text/xml",
  );

/** How a hook answers its sender once the event is durable. */
export const HookAnswer = z.object({
  status: z.int().min(200).max(299).default(200),
  /** How long a sender waits for the flow's respond step before it gets 202. */
  answerWithinMs: z.int().min(0).max(30_000).default(2_500),
  /** A fixed body instead of the ids, where the provider wants one (SOAP). */
  body: z.object({ contentType: MediaType, text: z.string().max(2_000) }).optional(),
});
export type HookAnswer = z.infer<typeof HookAnswer>;

/**
 * Where a subscription stands. Static ones are `active` from the start. RESThooks: `pending` before and while the provider is asked to
 * subscribe; `active`; `unsubscribing` until the provider has let go; `deleted` afterwards, which is kept so that late deliveries get
 * 410. `failed`: the provider refuses and nobody tries any more until something changes.
 */
export const SubscriptionState = z.enum(["pending", "active", "failed", "unsubscribing", "deleted"]);
export type SubscriptionState = z.infer<typeof SubscriptionState>;

/** What happened to a subscription: an entry of its history. */
export const SubscriptionStep = z.enum([
  "created",
  "subscribing",
  "subscribed",
  "adopted",
  "renewed",
  "checked",
  "missing",
  "orphan-removed",
  "retrying",
  "failed",
  "polling",
  "unsubscribing",
  "unsubscribed",
  "secret-set",
  "secret-rotated",
  "challenge-answered",
  "challenge-refused",
]);
export type SubscriptionStep = z.infer<typeof SubscriptionStep>;
