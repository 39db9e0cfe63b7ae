import { z } from "zod";
import { Json } from "../json.ts";
import { Action, ActionKey } from "./action.ts";
import { AuthScheme } from "./auth-scheme.ts";
import { BaseVariable } from "./base-variable.ts";
import { Endpoint, EndpointKey } from "./endpoint.ts";
import { IncomingWebhook, WebhookKey } from "./incoming-webhook.ts";
import { Logo } from "./logo.ts";
import { RateLimit } from "./rate-limit.ts";
import { Trigger, TriggerKey } from "./trigger.ts";

/** The call that proves a connection, and where its answer names the account. */
export const Verification = z.object({
  /** A read of the connector, by key. */
  endpoint: z.string(),
  inputs: z.record(z.string(), Json).default({}),
  /** Path in the answer's body, e.g. `user.login`: the account label. */
  accountPath: z.string().max(300).optional(),
});
export type Verification = z.infer<typeof Verification>;

export const maxEndpoints = 150;

/** More endpoints than a person wants to look through: a mark in lists, no limit. */
export const manyEndpoints = 50;

const Variables = z.array(BaseVariable).max(10, "at most 10 variables");
const Limits = z.array(RateLimit).max(20, "at most 20 limits");

/** One versioned document that describes an outside API. */
export const Connector = z.object({
  schemaVersion: z.literal(1),
  key: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  name: z.string().min(1).max(120),
  description: z.string().max(250),
  category: z.string().max(120).optional(),
  logo: Logo.optional(),
  /** https; http only for a host and port that the operator has named, else calls are blocked unsent. May hold `{variable}`s. */
  baseUrl: z
    .string()
    .regex(/^https?:\/\/[^/?#\s]+/, "must be an https URL")
    .max(2_000),
  /** The `{variable}`s of the base URL, and of the URLs of the auth scheme. */
  variables: Variables.optional(),
  /** Name of a bundled sandbox that behaves like this API; connections may point at it instead of `baseUrl`. */
  sandbox: z.enum(["zoominfo"]).optional(),
  auth: AuthScheme,
  verification: Verification.optional(),
  /** What the API lets one account do; calls wait for their turn instead of meeting it. */
  limits: Limits.optional(),
  endpoints: z.array(Endpoint).max(maxEndpoints, `at most ${maxEndpoints} endpoints`),
  actions: z.array(Action).max(200, "at most 200 actions").optional(),
  incomingWebhooks: z.array(IncomingWebhook).max(50, "at most 50 incoming webhooks").default([]),
  triggers: z.array(Trigger).max(100, "at most 100 triggers").optional(),
});
export type Connector = z.infer<typeof Connector>;

/** A connector while it is written: its sections are filled in any order, so the base URL may still be "". */
export const ConnectorDraft = Connector.extend({ baseUrl: z.string().max(2_000) });
export type ConnectorDraft = z.infer<typeof ConnectorDraft>;

/** A change of one section of a draft, saved whole on a base revision. */
export const ConnectorEdit = z.discriminatedUnion("edit", [
  z.object({
    edit: z.literal("basics"),
    name: z.string().trim().min(1, "enter a name").max(120, "at most 120 characters"),
    description: z.string().trim().max(250, "at most 250 characters"),
    category: z.string().max(120).optional(),
    /** Uploaded before; left out: none. */
    logo: Logo.optional(),
  }),
  z.object({
    edit: z.literal("base"),
    baseUrl: z.string().trim().max(2_000),
    variables: Variables.optional(),
    auth: AuthScheme,
    verification: Verification.optional(),
  }),
  /** All of them, as they are to be. */
  z.object({ edit: z.literal("limits"), limits: Limits }),
  /** `replaces`: key of the endpoint it takes the place of; null adds one at the end. */
  z.object({ edit: z.literal("endpoint"), replaces: EndpointKey.nullable(), endpoint: Endpoint }),
  z.object({ edit: z.literal("remove-endpoint"), endpoint: EndpointKey }),
  /** `replaces`: key of the action it takes the place of; null adds one at the end. */
  z.object({ edit: z.literal("action"), replaces: ActionKey.nullable(), action: Action }),
  z.object({ edit: z.literal("remove-action"), action: ActionKey }),
  /** `replaces`: key of the incoming webhook it takes the place of; null adds one at the end. */
  z.object({ edit: z.literal("webhook"), replaces: WebhookKey.nullable(), webhook: IncomingWebhook }),
  z.object({ edit: z.literal("remove-webhook"), webhook: WebhookKey }),
  /** `replaces`: key of the trigger it takes the place of; null adds one at the end. */
  z.object({ edit: z.literal("trigger"), replaces: TriggerKey.nullable(), trigger: Trigger }),
  z.object({ edit: z.literal("remove-trigger"), trigger: TriggerKey }),
]);
export type ConnectorEdit = z.infer<typeof ConnectorEdit>;
