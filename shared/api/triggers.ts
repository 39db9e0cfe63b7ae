import { z } from "zod";
import { Json } from "../json.ts";
import { route } from "./route.ts";

/** The next ten times of a schedule, `schedule` being its JSON. `bad_request` names the part that cannot be read. */
export const nextFirings = route({
  method: "GET",
  path: "/triggers/next-firings",
  access: "person",
  query: z.object({ schedule: z.string().max(1_000) }),
  response: z.object({
    /** `at`: ms; `local`: the same in the schedule's zone, e.g. `2026-03-29T03:00:00+02:00`. */
    firings: z.array(z.object({ at: z.int(), local: z.string() })),
  }),
});

/** A schedule or polling trigger of a published flow as it stands. */
export const TriggerTimer = z.object({
  node: z.string(),
  kind: z.enum(["schedule", "poll"]),
  /** `failing`: the last look failed; it is tried again at `dueAt`. */
  state: z.enum(["active", "paused", "failing"]),
  reason: z.string().nullable(),
  dueAt: z.int().nullable(),
  /** Of a poll: when it looked last. Of a schedule: the time that it fired for last. */
  lastAt: z.int().nullable(),
  /** What the next look of a poll goes on from. */
  cursor: z.string().nullable(),
});
export type TriggerTimer = z.infer<typeof TriggerTimer>;

const flowParams = z.object({ flow: z.string().max(100) });

export const listTimers = route({
  method: "GET",
  path: "/flows/:flow/timers",
  access: "person",
  params: flowParams,
  response: z.object({ timers: z.array(TriggerTimer) }),
});

/** Looks now, as at its next time. `conflict` while the flow is paused or another look is under way. */
export const lookNow = route({
  method: "POST",
  path: "/flows/:flow/timers/:node/look",
  access: "administrator",
  params: flowParams.extend({ node: z.string().max(100) }),
  response: z.object({ found: z.int(), events: z.int() }),
});

/** What a trigger of a connector's draft makes of an event, or of what its endpoint lists now. Nothing is stored. */
export const TriggerTest = z.object({
  /** The event passes the filters, or the endpoint lists something. */
  passes: z.boolean(),
  /** What flows would get; null when there is none. */
  output: Json,
  /** Why there is no output, in words. */
  message: z.string().nullable(),
  /** Where the output is not as the output schema says. */
  problems: z.array(z.string()),
  /** JSON Schema of the output as it is: what "Pull schema" takes. */
  inferred: Json,
  /** Of a polling trigger: the newest items that it found, newest first, and what names each. */
  items: z.array(z.object({ key: z.string(), item: Json })),
  /** Where the next look would go on from. */
  cursor: Json,
});
export type TriggerTest = z.infer<typeof TriggerTest>;

/**
 * Tests a trigger: its webhook's filters and its transformation with a body (the trigger's sample when left out), or a look at its
 * endpoint through a connection. `bad_request` when there is nothing to test with.
 */
export const testTrigger = route({
  method: "POST",
  path: "/connectors/:connector/triggers/:trigger/test",
  access: "administrator",
  params: z.object({ connector: z.string().max(63), trigger: z.string().max(63) }),
  body: z.object({
    connection: z.string().max(100).nullable().default(null),
    /** Values of the trigger's form. */
    inputs: z.record(z.string(), Json).default({}),
    body: Json.optional(),
    headers: z.record(z.string(), z.string().max(4_000)).default({}),
  }),
  response: TriggerTest,
});
