import { z } from "zod";
import { Json } from "../json.ts";
import { RunStatus } from "../run/run.ts";
import { route } from "./route.ts";
import { FlowVersion } from "./runs.ts";

export const FlowSummary = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  state: z.enum(["draft", "published", "paused"]),
  /** Number of the published version. */
  version: z.int().nullable(),
  trigger: z.enum(["webhook", "manual"]).nullable(),
  lastRun: z.object({ id: z.string(), status: RunStatus, createdAt: z.int() }).nullable(),
  updatedAt: z.int(),
});
export type FlowSummary = z.infer<typeof FlowSummary>;

/** One hook URL of a flow. The secret is never part of it. */
export const HookSummary = z.object({
  id: z.string(),
  url: z.string(),
  /** Node that its events start. */
  node: z.string(),
  secretSetAt: z.int().nullable(),
  recipe: z.string(),
});
export type HookSummary = z.infer<typeof HookSummary>;

const flowParams = z.object({ flow: z.string().max(100) });

export const listFlows = route({
  method: "GET",
  path: "/flows",
  access: "person",
  response: z.object({ flows: z.array(FlowSummary) }),
});

export const getFlow = route({
  method: "GET",
  path: "/flows/:flow",
  access: "person",
  params: flowParams,
  response: z.object({ flow: FlowSummary, version: FlowVersion.nullable(), hooks: z.array(HookSummary) }),
});

/** Starts a run of the published version now. `body` is what the trigger gives as `trigger.body`; left out, the trigger's sample. */
export const runFlow = route({
  method: "POST",
  path: "/flows/:flow/runs",
  access: "person",
  params: flowParams,
  body: z.object({ body: Json.optional() }),
  response: z.object({ run: z.string(), event: z.string() }),
});
