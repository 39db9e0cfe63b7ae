import type { Listener } from "../../shared/api/subscriptions.ts";
import type { SubscriptionState, SubscriptionStep } from "../../shared/event/subscription.ts";

export const listenerWords: Record<Listener["state"], string> = {
  listening: "Listening",
  held: "Holding events",
  storing: "Only storing",
  closed: "Not taking events",
};
export const listenerTone = { listening: "succeeded", held: "waiting", storing: "neutral", closed: "failed" } as const;

export const subscriptionWords: Record<SubscriptionState, string> = {
  pending: "Subscribing",
  active: "Subscribed",
  failed: "Refused by the provider",
  unsubscribing: "Unsubscribing",
  deleted: "Unsubscribed",
};
export const subscriptionTone = {
  pending: "waiting",
  active: "succeeded",
  failed: "failed",
  unsubscribing: "waiting",
  deleted: "neutral",
} as const;

export const stepWords: Record<SubscriptionStep, string> = {
  created: "Made",
  subscribing: "The provider was asked to subscribe",
  subscribed: "Subscribed",
  adopted: "Found at the provider and taken over",
  renewed: "Renewed",
  checked: "Compared with the provider",
  missing: "Missing at the provider",
  "orphan-removed": "A left-over one was removed",
  retrying: "Tried again later",
  failed: "Refused",
  polling: "Polling took over",
  unsubscribing: "Unsubscribing",
  unsubscribed: "Unsubscribed",
  "secret-set": "Secret set",
  "secret-rotated": "Secret changed",
  "challenge-answered": "Challenge answered",
  "challenge-refused": "Challenge refused",
};
