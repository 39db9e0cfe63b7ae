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

export const listEvents = route({
  method: "GET",
  path: "/events",
  access: "person",
  query: z.object({ ...page, flow: z.string().max(100).optional(), source: EventSource.optional() }),
  response: z.object({ events: z.array(EventSummary), next: z.string().nullable() }),
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
