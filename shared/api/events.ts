import { z } from "zod";
import { EventSource } from "../event/event.ts";
import { RefusalReason } from "../event/signature-recipe.ts";
import { RunStatus } from "../run/run.ts";
import { route } from "./route.ts";
import { page } from "./runs.ts";

export const EventSummary = z.object({
  id: z.string(),
  source: EventSource,
  flow: z.object({ id: z.string(), name: z.string() }).nullable(),
  receivedAt: z.int(),
  /** Size of the raw body in bytes. */
  size: z.int(),
  contentType: z.string().nullable(),
  dedupeKey: z.string().nullable(),
  /** Trigger node that it is for. */
  node: z.string().nullable(),
  eventType: z.string().nullable(),
  /** How it proved itself, in words; null where nothing had to be proved. */
  verified: z.string().nullable(),
  /** Later deliveries with the same key: answered like this one, and kept nowhere else. */
  duplicates: z.int(),
  lastDuplicateAt: z.int().nullable(),
  /** Its flow is paused: its run starts when that goes on. */
  held: z.boolean(),
  /** It did not pass the trigger's filters. */
  filtered: z.boolean(),
  /** The event that it was sent again for. */
  replayOf: z.string().nullable(),
  runs: z.array(z.object({ id: z.string(), status: RunStatus })),
});
export type EventSummary = z.infer<typeof EventSummary>;

export const EventDetail = EventSummary.extend({
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
  /** The body as text; bytes that are no UTF-8 are replaced. */
  body: z.string(),
  /** Why the body is no JSON, null when it is. */
  parseError: z.string().nullable(),
  /** The hook that it came through. */
  hook: z.string().nullable(),
  /** One of several of a delivery: which one, from 0, and the size of the whole in bytes. */
  delivery: z.object({ id: z.string(), item: z.int(), size: z.int() }).nullable(),
  /** Who sent it again. */
  replayedBy: z.string().nullable(),
});
export type EventDetail = z.infer<typeof EventDetail>;

/** A delivery that was not accepted. Kept in memory for the operator: bounded, gone after a restart. */
export const Refusal = z.object({
  id: z.string(),
  at: z.int(),
  hook: z.string(),
  flow: z.object({ id: z.string(), name: z.string() }).nullable(),
  reason: RefusalReason,
  /** The reason in a sentence, with what to check. */
  explanation: z.string(),
  /** Credentials and signatures masked. */
  headers: z.record(z.string(), z.string()),
  size: z.int(),
  remoteAddress: z.string().nullable(),
});
export type Refusal = z.infer<typeof Refusal>;

/** `accepted`: has started runs. `no-run`: was kept, and nothing was there that it could start. */
export const EventState = z.enum(["accepted", "held", "filtered", "duplicated", "no-run"]);
export type EventState = z.infer<typeof EventState>;

const time = z.coerce.number().int().min(0);
/** Which events are meant; all that is given must hold. */
export const EventFilters = z.object({
  flow: z.string().max(100).optional(),
  source: EventSource.optional(),
  state: EventState.optional(),
  hook: z.string().max(100).optional(),
  type: z.string().max(200).optional(),
  /** Received at this time (ms) or later. */
  from: time.optional(),
  /** Received before this time (ms). */
  to: time.optional(),
  /** Is in the raw body, exactly so. */
  text: z.string().min(1).max(200).optional(),
});
export type EventFilters = z.infer<typeof EventFilters>;

/** A page, newest first. A search for a text looks through 20,000 events at a time: it may be short, and yet `next` goes on. */
export const listEvents = route({
  method: "GET",
  path: "/events",
  access: "person",
  query: z.object({ ...page, ...EventFilters.shape }),
  response: z.object({ events: z.array(EventSummary), next: z.string().nullable() }),
});

/** What a repeated event runs: the published version of its flow, or the draft as it is now. */
export const ReplayTarget = z.enum(["published", "draft"]);
export type ReplayTarget = z.infer<typeof ReplayTarget>;

/**
 * Sends an event again: a new event with the same raw bytes, linked to the first, which goes through the trigger's filters again and
 * neither through verification nor through the search for duplicates. `conflict` when its flow, version or trigger is gone.
 */
export const replayEvent = route({
  method: "POST",
  path: "/events/:event/replay",
  access: "administrator",
  params: z.object({ event: z.string().max(100) }),
  body: z.object({ to: ReplayTarget }),
  response: z.object({ event: z.string(), run: z.string().nullable() }),
});

/** The same for many, in their order: these, or the newest that a filter finds; at most 1,000. `left`: it finds older ones still. */
export const replayEvents = route({
  method: "POST",
  path: "/events/replay",
  access: "administrator",
  body: z.object({
    events: z.union([
      z.object({ ids: z.array(z.string().max(100)).min(1).max(1_000, "at most 1,000 events") }),
      z.object({ filter: EventFilters }),
    ]),
    to: ReplayTarget,
  }),
  response: z.object({
    replayed: z.int(),
    failed: z.array(z.object({ event: z.string(), message: z.string() })),
    left: z.boolean(),
  }),
});

export const getEvent = route({
  method: "GET",
  path: "/events/:event",
  access: "person",
  params: z.object({ event: z.string().max(100) }),
  response: z.object({ event: EventDetail }),
});

export const listRefusals = route({
  method: "GET",
  path: "/refusals",
  access: "person",
  response: z.object({ refusals: z.array(Refusal) }),
});

/** Why a delivery was refused. `request` is there only on the node that it came to, for the last ones of each hook. */
export const getRefusal = route({
  method: "GET",
  path: "/refusals/:refusal",
  access: "person",
  params: z.object({ refusal: z.string().max(100) }),
  response: z.object({
    refusal: Refusal,
    /** Credentials masked; the body cut at 16 KB. */
    request: z
      .object({
        method: z.string(),
        path: z.string(),
        headers: z.record(z.string(), z.string()),
        body: z.string(),
        cut: z.boolean(),
      })
      .nullable(),
    /** What we would have signed, without the secret. */
    signedContent: z.object({ text: z.string(), note: z.string().nullable() }).nullable(),
  }),
});
