import { z } from "zod";
import { Json } from "../json.ts";

export const EventSource = z.enum(["webhook", "manual", "schedule", "poll", "api"]);
export type EventSource = z.infer<typeof EventSource>;

/** What started a run: an event, a step of another run, or the failure of one. */
export const RunSource = z.enum([...EventSource.options, "sub-flow", "error-flow"]);
export type RunSource = z.infer<typeof RunSource>;

/** What a trigger gives to the steps after it: `{{trigger.body…}}`. */
export const TriggerOutput = z.object({
  id: z.string(),
  source: RunSource,
  receivedAt: z.int(),
  /** Parsed JSON, or the text when it is none. */
  body: Json,
  /** Lower-case names; credentials masked. */
  headers: z.record(z.string(), z.string()),
  query: z.record(z.string(), z.string()),
});
export type TriggerOutput = z.infer<typeof TriggerOutput>;
