import { z } from "zod";
import { Json } from "../json.ts";

export const ActionCategory = z.enum(["retrieve", "enrich", "connect"]);
export type ActionCategory = z.infer<typeof ActionCategory>;

/** A readable slug by which flows name an action. */
export const ActionKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a slug: lower-case letters, digits, hyphens; at most 63");

/** An input of an endpoint that whoever uses the action fills in. */
export const ActionInput = z.object({
  /** Key of the endpoint's parameter. */
  parameter: z.string().min(1).max(120),
  name: z.string().trim().min(1).max(120).optional(),
  description: z.string().trim().max(2_000).optional(),
  /** Required here, though the endpoint does without. */
  required: z.boolean().optional(),
});
export type ActionInput = z.infer<typeof ActionInput>;

/** A field of what an action gives: `path` in the endpoint's answer. */
export const OutputField = z.object({ name: z.string().trim().min(1).max(120), path: z.string().max(300) });
export type OutputField = z.infer<typeof OutputField>;

/** Exactly one API call, as a building block for people who know nothing of the API: which inputs they fill in, what they get. */
export const Action = z.object({
  key: ActionKey,
  name: z.string().trim().min(1, "enter a name").max(120),
  description: z.string().trim().max(250, "at most 250 characters").default(""),
  category: ActionCategory,
  /** Key of the endpoint that it calls. */
  endpoint: z.string().min(1, "choose an endpoint").max(63),
  inputs: z.array(ActionInput).max(500),
  /** Inputs that are always the same, by parameter key. */
  fixed: z.record(z.string(), Json).default({}),
  /** Left out: the whole answer. */
  output: z.array(OutputField).max(300).optional(),
  /** JSON Schema of what it gives; holds no `$ref`. */
  outputSchema: Json.optional(),
  /** What it gave once, cut to `sampleLimits`, or what was pasted. */
  outputSample: Json.optional(),
});
export type Action = z.infer<typeof Action>;
