import { z } from "zod";
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
