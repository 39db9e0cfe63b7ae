import { z } from "zod";
import { ChallengeRecipe } from "../event/challenge-recipe.ts";
import { SignatureRecipe } from "../event/signature-recipe.ts";
import { HookAnswer } from "../event/subscription.ts";
import { FlowEdit } from "../flow/edits.ts";
import { Flow } from "../flow/flow.ts";
import { NodeId } from "../flow/node-base.ts";
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
  /** What starts it; of several the one that starts it without a person. */
  trigger: z.enum(["app", "webhook", "schedule", "api", "manual"]).nullable(),
  /** Other flows can start it, as a step or when they fail: it is published and has a manual or API trigger. */
  startable: z.boolean(),
  lastRun: z.object({ id: z.string(), status: RunStatus, createdAt: z.int() }).nullable(),
  updatedAt: z.int(),
});
export type FlowSummary = z.infer<typeof FlowSummary>;

/** What brings events to a trigger of a flow. The secret is never part of it. */
export const HookSummary = z.object({
  id: z.string(),
  kind: z.enum(["static", "resthook", "global", "api"]),
  /** Null where nobody has to know it: the provider is told by us, or one URL serves all. */
  url: z.string().nullable(),
  /** Node that its events start. */
  node: z.string(),
  /** Of its own secret, or of the one that all subscriptions of its incoming webhook share. */
  secretSetAt: z.int().nullable(),
  /** Deliveries prove themselves with one. */
  needsSecret: z.boolean(),
  /** The recipe in words. */
  recipe: z.string(),
  settings: SignatureRecipe,
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

/**
 * Starts a run of the published version now. `body` is what the trigger gives as `trigger.body`; left out, the trigger's sample. A
 * form's fields are checked: `bad_request` with `details.problems: {field, message}[]`. `trigger`: the node to start at, where there
 * are several. `conflict` while the flow is paused.
 */
export const runFlow = route({
  method: "POST",
  path: "/flows/:flow/runs",
  access: "person",
  params: flowParams,
  body: z.object({ body: Json.optional(), trigger: NodeId.optional() }),
  response: z.object({ run: z.string(), event: z.string() }),
});

const flowName = z.string().trim().min(1, "enter a name").max(120, "at most 120 characters");

/** Makes an empty draft. */
export const createFlow = route({
  method: "POST",
  path: "/flows",
  access: "administrator",
  body: z.object({ name: flowName, description: z.string().trim().max(2_000).default("") }),
  response: z.object({ flow: z.string() }),
});

export const updateFlow = route({
  method: "PATCH",
  path: "/flows/:flow",
  access: "administrator",
  params: flowParams,
  body: z.object({ name: flowName, description: z.string().trim().max(2_000) }),
  response: z.object({}),
});

/** Deletes a flow that is not published (unpublish it first), with its draft and hook URLs. `conflict` when it is published or has runs under way. */
export const deleteFlow = route({
  method: "DELETE",
  path: "/flows/:flow",
  access: "administrator",
  params: flowParams,
  response: z.object({}),
});

/** From now on events are stored and held instead of starting runs; schedules and polls stand still. */
export const pauseFlow = route({
  method: "POST",
  path: "/flows/:flow/pause",
  access: "administrator",
  params: flowParams,
  response: z.object({}),
});

/** The flow goes on, and what was held meanwhile starts. */
export const resumeFlow = route({
  method: "POST",
  path: "/flows/:flow/resume",
  access: "administrator",
  params: flowParams,
  response: z.object({}),
});

/** Nothing starts it any more; its draft and versions stay, and its hook URLs go on storing what comes. */
export const unpublishFlow = route({
  method: "POST",
  path: "/flows/:flow/unpublish",
  access: "administrator",
  params: flowParams,
  response: z.object({}),
});

/** The editable copy. A flow that was only published so far has its published version as its draft. */
export const FlowDraft = z.object({
  /** Rises by one with each save; what a save is based on. */
  revision: z.int(),
  document: Flow,
  /** Does the published version differ from it, or is there none? */
  changed: z.boolean(),
  savedAt: z.int(),
  /** The connector versions that its published version runs with, by connector key. */
  pinned: z.record(z.string(), z.int()),
});
export type FlowDraft = z.infer<typeof FlowDraft>;

export const getDraft = route({
  method: "GET",
  path: "/flows/:flow/draft",
  access: "person",
  params: flowParams,
  response: FlowDraft,
});

/**
 * Applies edits to the draft in their order, all or none. `conflict` with `details.revision` when the draft is not at `base` any
 * more: nothing was written. The same `save` again is answered as the first time, so that a lost answer can be asked for again.
 */
export const saveEdits = route({
  method: "POST",
  path: "/flows/:flow/draft/edits",
  access: "administrator",
  params: flowParams,
  body: z.object({
    base: z.int().min(0),
    /** Chosen by the client, unique per save. */
    save: z.string().min(1).max(64),
    edits: z.array(FlowEdit).min(1).max(1_000),
  }),
  response: z.object({ revision: z.int(), savedAt: z.int() }),
});

/**
 * Freezes the draft at `revision` as the next version, with a version of each connector that it uses, and makes it the one that
 * runs. `invalid_document` with `details.problems: FlowProblem[]`; `conflict` when the draft has moved on.
 */
export const publishDraft = route({
  method: "POST",
  path: "/flows/:flow/publish",
  access: "administrator",
  params: flowParams,
  body: z.object({ revision: z.int() }),
  response: z.object({ version: z.int() }),
});

export const VersionSummary = z.object({ id: z.string(), number: z.int(), publishedAt: z.int(), current: z.boolean() });
export type VersionSummary = z.infer<typeof VersionSummary>;

/** Published versions, newest first. */
export const listVersions = route({
  method: "GET",
  path: "/flows/:flow/versions",
  access: "person",
  params: flowParams,
  response: z.object({ versions: z.array(VersionSummary) }),
});

/**
 * Runs the draft at `revision`, frozen into an unlisted version. `until`: only that node and what leads to it. `body` as in
 * `runFlow`. `invalid_document` when what would run has problems.
 */
export const runDraft = route({
  method: "POST",
  path: "/flows/:flow/draft/runs",
  access: "administrator",
  params: flowParams,
  body: z.object({ revision: z.int(), until: NodeId.optional(), body: Json.optional(), trigger: NodeId.optional() }),
  response: z.object({ run: z.string(), event: z.string() }),
});

/** How a secret is chosen: the provider's own, one of ours, or the one that there is. */
export const ChosenSecret = z.union([
  z.object({ given: z.string().min(1, "enter the secret").max(10_000, "at most 10,000 characters") }),
  z.literal("generate"),
  z.literal("keep"),
]);
/** How long the old secret counts beside the new one, at most 7 days; 0: it ends at once. */
export const OverlapMs = z
  .int()
  .min(0)
  .max(7 * 86_400_000, "at most 7 days")
  .default(0);

/**
 * Makes the hook URL of a trigger, or changes its recipe or secret. A webhook trigger has its own `recipe`, `challenges` and `answer`;
 * an app's trigger has those of its connector, an API trigger a bearer token. The answer holds the secret and the verify token only
 * when they were generated just now: they are never shown again.
 */
export const setHook = route({
  method: "PUT",
  path: "/flows/:flow/hooks/:node",
  access: "administrator",
  params: flowParams.extend({ node: z.string().max(100) }),
  body: z.object({
    recipe: SignatureRecipe.optional(),
    challenges: z.array(ChallengeRecipe).max(5, "at most 5 challenges").optional(),
    answer: HookAnswer.optional(),
    secret: ChosenSecret,
    overlapMs: OverlapMs,
    /** Makes the token anew that the provider sends with its challenges; the old one ends at once. */
    verifyToken: z.literal("renew").optional(),
  }),
  response: z.object({ hook: HookSummary, secret: z.string().nullable(), verifyToken: z.string().nullable() }),
});
