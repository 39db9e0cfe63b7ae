import { z } from "zod";
import { SubscriptionState, SubscriptionStep } from "../event/subscription.ts";
import { route } from "./route.ts";

const hookParams = z.object({ hook: z.string().max(100) });

/** Would a delivery start a run now? `reason` says why not, or what to know. */
export const Listener = z.object({ state: z.enum(["listening", "holding", "keeping", "closed"]), reason: z.string() });
export type Listener = z.infer<typeof Listener>;

/** A hook URL and its subscription as they stand. */
export const SubscriptionDetail = z.object({
  id: z.string(),
  kind: z.enum(["static", "resthook", "global", "api"]),
  state: SubscriptionState,
  /** Why it is not active, or what went wrong last. */
  reason: z.string().nullable(),
  listener: Listener,
  /** The provider's id of it. */
  remoteId: z.string().nullable(),
  expiresAt: z.int().nullable(),
  /** When it is looked after next. */
  nextAt: z.int().nullable(),
  hasSheet: z.boolean(),
  /** Newest first, the last 50. */
  history: z.array(z.object({ at: z.int(), step: SubscriptionStep, message: z.string() })),
});
export type SubscriptionDetail = z.infer<typeof SubscriptionDetail>;

export const getSubscription = route({
  method: "GET",
  path: "/hooks/:hook",
  access: "person",
  params: hookParams,
  response: z.object({ subscription: SubscriptionDetail }),
});

/** Looks after it now: what failed is tried again. `conflict` for one that is not subscribed at a provider. */
export const retrySubscription = route({
  method: "POST",
  path: "/hooks/:hook/retry",
  access: "administrator",
  params: hookParams,
  response: z.object({}),
});

/** Makes the link of the set-up sheet that is given to the sender; the one before it ends. Its token is shown only now. */
export const makeSheet = route({
  method: "POST",
  path: "/hooks/:hook/sheet",
  access: "administrator",
  params: hookParams,
  response: z.object({ url: z.string() }),
});

export const revokeSheet = route({
  method: "DELETE",
  path: "/hooks/:hook/sheet",
  access: "administrator",
  params: hookParams,
  response: z.object({}),
});

/** Calls the public URL from here, as a sender would, with a question that only this server can answer. */
export const probeHook = route({
  method: "POST",
  path: "/hooks/:hook/probe",
  access: "administrator",
  params: hookParams,
  response: z.object({ outcome: z.enum(["reached", "something-else", "unreachable", "blocked"]), message: z.string() }),
});

/** What whoever sets up the sender must know, for anyone who has the link. */
export const Sheet = z.object({
  name: z.string(),
  url: z.string(),
  method: z.literal("POST"),
  /** How deliveries prove themselves, in words, and the headers that they need. */
  verification: z.string(),
  headers: z.array(z.object({ name: z.string(), what: z.string() })),
  challenges: z.array(z.string()),
  /** A delivery to try, signed just now; `$SECRET` stands where the sender puts its own. */
  curl: z.string(),
  answers: z.array(z.object({ status: z.int(), meaning: z.string() })),
  retries: z.array(z.string()),
  listener: Listener,
});
export type Sheet = z.infer<typeof Sheet>;

export const getSheet = route({
  method: "GET",
  path: "/sheets/:token",
  access: "anyone",
  params: z.object({ token: z.string().max(100) }),
  response: z.object({ sheet: Sheet }),
});
