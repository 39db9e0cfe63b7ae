import { z } from "zod";
import { ChallengeRecipe } from "../event/challenge-recipe.ts";
import { SignatureRecipe } from "../event/signature-recipe.ts";
import { HookAnswer, SubscriptionState, SubscriptionStep } from "../event/subscription.ts";
import { route } from "./route.ts";

const hookParams = z.object({ hook: z.string().max(100) });

/** What would become of a delivery now: it starts runs, is held, is only stored, or is turned away; and why. */
export const Listener = z.object({ state: z.enum(["listening", "held", "storing", "closed"]), reason: z.string() });
export type Listener = z.infer<typeof Listener>;

/** A hook URL and its subscription as they stand. */
export const HookDetail = z.object({
  id: z.string(),
  kind: z.enum(["static", "resthook", "global", "api"]),
  /** Null where nobody has to know it. */
  url: z.string().nullable(),
  flow: z.object({ id: z.string(), name: z.string() }).nullable(),
  node: z.string(),
  /** The recipe in words. */
  recipe: z.string(),
  settings: SignatureRecipe,
  challenges: z.array(ChallengeRecipe),
  answer: HookAnswer,
  secretSetAt: z.int().nullable(),
  /** Until then the secret before it counts as well. */
  previousUntil: z.int().nullable(),
  state: SubscriptionState,
  /** Why it is not active, or what went wrong last. */
  reason: z.string().nullable(),
  expiresAt: z.int().nullable(),
  listener: Listener,
  /** Is there a set-up sheet behind a link? */
  sheet: z.boolean(),
  /** Newest first, the last 100. */
  history: z.array(z.object({ at: z.int(), step: SubscriptionStep, message: z.string() })),
});
export type HookDetail = z.infer<typeof HookDetail>;

export const getHook = route({
  method: "GET",
  path: "/hooks/:hook",
  access: "person",
  params: hookParams,
  response: z.object({ hook: HookDetail }),
});

/** Looks after a subscription at a provider now: what failed is tried again. `conflict` for one that is none. */
export const retrySubscription = route({
  method: "POST",
  path: "/hooks/:hook/retry",
  access: "administrator",
  params: hookParams,
  response: z.object({}),
});

/** Makes the link of the set-up sheet that is given to the sender; the one before it ends. It is shown only now. */
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

/** Calls the public URL from here, as a sender would, with a question that only this installation can answer. */
export const probeHook = route({
  method: "POST",
  path: "/hooks/:hook/probe",
  access: "administrator",
  params: hookParams,
  response: z.object({ outcome: z.enum(["reached", "elsewhere", "unreachable", "blocked"]), message: z.string() }),
});

/** What whoever sets up the sender must know. */
export const HookSheet = z.object({
  url: z.string(),
  method: z.literal("POST"),
  /** How deliveries prove themselves, in words. */
  scheme: z.string(),
  /** A delivery to try, signed just now; `$SECRET` stands where the sender puts its own. Null where none can be signed here. */
  curl: z.string().nullable(),
  curlNote: z.string(),
  answers: z.array(z.object({ status: z.int(), meaning: z.string() })),
  retries: z.string(),
  challenges: z.array(z.string()),
  listener: Listener,
});
export type HookSheet = z.infer<typeof HookSheet>;

export const getSheet = route({
  method: "GET",
  path: "/sheets/:token",
  access: "anyone",
  params: z.object({ token: z.string().max(100) }),
  response: HookSheet,
});
