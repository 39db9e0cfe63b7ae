import { z } from "zod";
import { Json } from "../json.ts";
import { RetryPolicy } from "../run/retry.ts";
import { CodeNode } from "./code-node.ts";
import { rule } from "./condition.ts";
import { ForEachNode, TryNode } from "./container-node.ts";
import { FilterNode, KeyValueNode, OnceNode, StopNode, SubFlowNode } from "./control-node.ts";
import { Form } from "./form-field.ts";
import { HttpNode } from "./http-node.ts";
import { stepBase, triggerBase } from "./node-base.ts";
import { MisfirePolicy, Schedule } from "./schedule.ts";
import { UnknownOutcomePolicy } from "./unknown-outcome.ts";
import { ApprovalNode, DelayNode, WaitNode } from "./wait-node.ts";

/** Starts a run for each accepted event of its subscription. `sample` is the body that "run now" sends. */
export const WebhookTriggerNode = z.object({ ...triggerBase, kind: z.literal("webhook-trigger"), sample: Json.optional() });
export type WebhookTriggerNode = z.infer<typeof WebhookTriggerNode>;
/** Starts a run when a person asks for one; with a form, for what they filled in. */
export const ManualTriggerNode = z.object({
  ...triggerBase,
  kind: z.literal("manual-trigger"),
  form: Form.optional(),
  sample: Json.optional(),
});
export type ManualTriggerNode = z.infer<typeof ManualTriggerNode>;

/** Starts a run for each event of a connector's trigger: pushed by its incoming webhook, or found by polling. */
export const AppTriggerNode = z.object({
  ...triggerBase,
  kind: z.literal("app-trigger"),
  connector: z.string().max(63),
  trigger: z.string().max(63),
  /** What subscribing and polling call with; null where the trigger needs no call. */
  connection: z.string().nullable(),
  /** Values of the trigger's form, by key. */
  inputs: z.record(z.string(), Json).default({}),
  labels: z.record(z.string(), z.string().max(200)).optional(),
  sample: Json.optional(),
});
export type AppTriggerNode = z.infer<typeof AppTriggerNode>;

/** Starts a run at its times. `trigger.body` is `{firedFor}`: the time that it was due at, ISO 8601. */
export const ScheduleTriggerNode = z.object({
  ...triggerBase,
  kind: z.literal("schedule-trigger"),
  schedule: Schedule,
  misfire: MisfirePolicy.default("once"),
});
export type ScheduleTriggerNode = z.infer<typeof ScheduleTriggerNode>;

/**
 * Starts a run for each call of the flow's own API URL with its token. `sync`: the caller waits for the respond step, at most as long as
 * its hook says; `async`: it gets the run's id at once and asks for the rest.
 */
export const ApiTriggerNode = z.object({
  ...triggerBase,
  kind: z.literal("api-trigger"),
  answer: z.enum(["sync", "async"]).default("sync"),
  sample: Json.optional(),
});
export type ApiTriggerNode = z.infer<typeof ApiTriggerNode>;

/** One call of a connector's endpoint through a connection. Inputs may hold `{{path}}` templates. */
export const CallNode = z.object({
  ...stepBase,
  kind: z.literal("call"),
  connector: z.string(),
  endpoint: z.string(),
  connection: z.string().nullable(),
  /** Key of the connector's action that it is; left out: the endpoint itself. */
  action: z.string().max(63).optional(),
  inputs: z.record(z.string(), Json),
  /** Fetches page after page of the endpoint's list, at most so many, and gives them as one. */
  allPages: z.object({ maxPages: z.int().min(1, "at least 1").max(100, "at most 100") }).optional(),
  /** What a person saw when they chose a value from a list, by parameter key: shown without asking the API again. */
  labels: z.record(z.string(), z.string().max(200)).optional(),
  retry: RetryPolicy.optional(),
  onUnknownOutcome: UnknownOutcomePolicy.optional(),
  timeoutMs: z.int().min(100).max(300_000).optional(),
});
export type CallNode = z.infer<typeof CallNode>;

/** Leaves by port `true` or `false`. */
export const BranchNode = z.object({
  ...stepBase,
  kind: z.literal("branch"),
  ...rule,
});
export type BranchNode = z.infer<typeof BranchNode>;

/** Leaves by the port of the first case that holds, by `default` when none does. */
export const SwitchNode = z.object({
  ...stepBase,
  kind: z.literal("switch"),
  cases: z
    .array(
      z.object({
        /** A readable slug, unique in the node; edges name it, so it never changes. */
        port: z
          .string()
          .regex(/^[a-z][a-z0-9-]{0,62}$/)
          .refine((port) => port !== "default" && port !== "error", "is a port that every switch has"),
        name: z.string().min(1).max(120),
        ...rule,
      }),
    )
    .min(1)
    .max(50),
});
export type SwitchNode = z.infer<typeof SwitchNode>;

/** Gives `output` with its templates resolved. */
export const TransformNode = z.object({ ...stepBase, kind: z.literal("transform"), output: Json });
export type TransformNode = z.infer<typeof TransformNode>;

/** Sets the run's answer to the waiting sender; the first one wins. */
export const RespondNode = z.object({
  ...stepBase,
  kind: z.literal("respond"),
  status: z.int().min(200).max(599).default(200),
  headers: z.record(z.string(), z.string()).default({}),
  body: Json.default(null),
});
export type RespondNode = z.infer<typeof RespondNode>;

export const FlowNode = z.discriminatedUnion("kind", [
  WebhookTriggerNode,
  ManualTriggerNode,
  AppTriggerNode,
  ScheduleTriggerNode,
  ApiTriggerNode,
  CallNode,
  HttpNode,
  CodeNode,
  TransformNode,
  BranchNode,
  SwitchNode,
  FilterNode,
  ForEachNode,
  TryNode,
  DelayNode,
  WaitNode,
  ApprovalNode,
  SubFlowNode,
  RespondNode,
  KeyValueNode,
  OnceNode,
  StopNode,
]);
export type FlowNode = z.infer<typeof FlowNode>;
export type NodeKind = FlowNode["kind"];

/** The nodes that start a flow. */
export const triggerKinds = ["webhook-trigger", "manual-trigger", "app-trigger", "schedule-trigger", "api-trigger"] as const;
export type TriggerNode = Extract<FlowNode, { kind: (typeof triggerKinds)[number] }>;

/** The nodes that run as steps. */
export type StepNode = Exclude<FlowNode, TriggerNode>;

/** The nodes that need a connector: they call it, or are started by it. */
export type ConnectorNode = CallNode | AppTriggerNode;

/** Key of the connector whose description or credentials a node uses; null where it needs none. */
export function connectorOf(node: FlowNode): string | null {
  return node.kind === "http" || usesConnector(node) ? node.connector : null;
}

/** Id of the connection, or name of the slot, through which a node goes out; null without one. */
export function connectionOf(node: FlowNode): string | null {
  return node.kind === "http" || usesConnector(node) ? node.connection : null;
}

export function usesConnector(node: FlowNode): node is ConnectorNode {
  return node.kind === "call" || node.kind === "app-trigger";
}
