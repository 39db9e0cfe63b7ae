import { z } from "zod";
import { BodyPath } from "../event/place.ts";
import { Json } from "../json.ts";
import { EndpointKey } from "./endpoint.ts";
import { WebhookKey } from "./incoming-webhook.ts";

/** A readable slug by which flows name a trigger. */
export const TriggerKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a slug: lower-case letters, digits, hyphens; at most 63");

/** What whoever uses the trigger fills in. */
export const TriggerField = z.object({
  key: z.string().regex(/^[A-Za-z_][\w-]{0,62}$/, "letters, digits, _ and -; at most 63"),
  name: z.string().trim().min(1, "enter a name").max(120),
  description: z.string().trim().max(2_000).optional(),
  type: z.enum(["string", "number", "boolean"]).default("string"),
  required: z.boolean().default(false),
  default: Json.optional(),
  /** It is filled in like this parameter of an endpoint: with its list of values. */
  like: z.object({ endpoint: EndpointKey, parameter: z.string().min(1).max(120) }).optional(),
});
export type TriggerField = z.infer<typeof TriggerField>;

/** Only events that pass start a run; compared as text. `equals` may be `{{inputs.<key>}}`. */
export const EventFilter = z.object({
  path: BodyPath,
  operator: z.enum(["equals", "not-equals", "one-of", "exists"]),
  value: Json.optional(),
});
export type EventFilter = z.infer<typeof EventFilter>;

/** How often an endpoint is asked. While nothing new comes it is asked less and less often, down to `quietMs`. */
export const pollIntervals = { leastMs: 60_000, mostMs: 7 * 86_400_000 } as const;

/** Asks an endpoint again and again for what is new. Inputs may hold `{{inputs.<key>}}`, `{{cursor}}` and `{{now}}` (ISO 8601). */
export const PollSource = z.object({
  kind: z.literal("poll"),
  endpoint: EndpointKey,
  inputs: z.record(z.string(), Json).default({}),
  itemsPath: z.union([z.literal(""), BodyPath]),
  /** What names an item; two items with the same are one event. */
  dedupePath: BodyPath,
  /** Where the answer, or its newest item, holds what the next call goes on from. */
  cursor: z.object({ path: BodyPath, of: z.enum(["answer", "greatest-item", "last-item"]) }).optional(),
  /** What is there at the first look: skipped, or each an event. */
  seeding: z.enum(["skip", "take"]).default("skip"),
  intervalMs: z.int().min(pollIntervals.leastMs, "at least 60,000").max(pollIntervals.mostMs).default(300_000),
  quietMs: z.int().min(pollIntervals.leastMs).max(pollIntervals.mostMs).optional(),
});
export type PollSource = z.infer<typeof PollSource>;

export const TriggerSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("webhook"), webhook: WebhookKey, filters: z.array(EventFilter).max(20).default([]) }),
  PollSource,
]);
export type TriggerSource = z.infer<typeof TriggerSource>;

/** An event of the outside API as people know it, ready to start flows with. */
export const Trigger = z.object({
  key: TriggerKey,
  name: z.string().trim().min(1, "enter a name").max(120, "at most 120 characters"),
  description: z.string().trim().max(250, "at most 250 characters").default(""),
  /** Where it may be used. */
  places: z
    .array(z.enum(["flows", "workbooks"]))
    .min(1, "choose at least one place")
    .default(["flows"]),
  source: TriggerSource,
  form: z.array(TriggerField).max(50, "at most 50 fields").default([]),
  /** What it gives, made of `{{event.body…}}`, `{{event.headers…}}` and `{{inputs…}}` or `{{= … }}`; left out: the body as it came. */
  transformation: Json.optional(),
  /** JSON Schema of what it gives; holds no `$ref`. */
  outputSchema: Json.optional(),
  /** The body of one event, made up or captured: what tests and "run now" use. */
  sample: Json.optional(),
});
export type Trigger = z.infer<typeof Trigger>;
