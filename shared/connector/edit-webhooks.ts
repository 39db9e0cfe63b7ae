import { triggerProblem } from "./check-trigger.ts";
import { type PartProblem, webhookProblem } from "./check-webhook.ts";
import type { ConnectorDraft, ConnectorEdit } from "./connector.ts";
import type { IncomingWebhook, RestHook } from "./incoming-webhook.ts";
import type { Trigger } from "./trigger.ts";

type Outcome = { outcome: "applied"; draft: ConnectorDraft } | { outcome: "refused"; field: string; message: string };
type Edit<Kind extends ConnectorEdit["edit"]> = Extract<ConnectorEdit, { edit: Kind }>;

/** Puts an incoming webhook into a draft; triggers that use it by an older key name it by the new one. */
export function putWebhook(draft: ConnectorDraft, { replaces, webhook }: Edit<"webhook">, vouchedFor: boolean): Outcome {
  const { incomingWebhooks } = draft;
  if (replaces !== null && !incomingWebhooks.some(({ key }) => key === replaces))
    return refused("replaces", `there is no incoming webhook "${replaces}"`);
  if (replaces !== webhook.key && incomingWebhooks.some(({ key }) => key === webhook.key))
    return refused("webhook.key", `there is an incoming webhook "${webhook.key}" already`);
  const next: ConnectorDraft = {
    ...draft,
    incomingWebhooks: replaced(incomingWebhooks, replaces, webhook),
    ...(draft.triggers && { triggers: draft.triggers.map((trigger) => using(trigger, replaces, webhook.key)) }),
  };
  const problem = webhookProblem(next, webhook, vouchedFor);
  if (problem) return refused(`webhook.${problem.field}`, problem.message);
  const broken = brokenTrigger(next, ({ source }) => source.kind === "webhook" && source.webhook === webhook.key);
  return broken ? refused("webhook", broken) : { outcome: "applied", draft: next };
}

/** Takes an incoming webhook that no trigger uses out of a draft. */
export function removeWebhook(draft: ConnectorDraft, key: string): Outcome {
  const webhook = draft.incomingWebhooks.find((candidate) => candidate.key === key);
  if (!webhook) return refused("webhook", `there is no incoming webhook "${key}"`);
  const trigger = draft.triggers?.find(({ source }) => source.kind === "webhook" && source.webhook === key);
  if (trigger)
    return refused("webhook", `the trigger "${trigger.name}" uses "${webhook.name}": change or delete the trigger first`);
  const incomingWebhooks = draft.incomingWebhooks.filter((candidate) => candidate.key !== key);
  return { outcome: "applied", draft: { ...draft, incomingWebhooks } };
}

/** Puts a trigger into a draft; RESThooks that fall back to it by an older key name it by the new one. */
export function putTrigger(draft: ConnectorDraft, { replaces, trigger }: Edit<"trigger">): Outcome {
  const { triggers = [] } = draft;
  if (replaces !== null && !triggers.some(({ key }) => key === replaces))
    return refused("replaces", `there is no trigger "${replaces}"`);
  if (replaces !== trigger.key && triggers.some(({ key }) => key === trigger.key))
    return refused("trigger.key", `there is a trigger "${trigger.key}" already`);
  const problem = triggerProblem(draft, trigger);
  if (problem) return refused(`trigger.${problem.field}`, problem.message);
  const falling = draft.incomingWebhooks.find(({ resthook }) => replaces !== null && resthook?.fallback === replaces);
  if (falling && trigger.source.kind !== "poll")
    return refused("trigger.source", `"${falling.name}" falls back to it, so it must poll`);
  const next: ConnectorDraft = {
    ...draft,
    triggers: replaced(triggers, replaces, trigger),
    incomingWebhooks: draft.incomingWebhooks.map((webhook) =>
      webhook.resthook && replaces !== null && webhook.resthook.fallback === replaces
        ? { ...webhook, resthook: { ...webhook.resthook, fallback: trigger.key } }
        : webhook,
    ),
  };
  return { outcome: "applied", draft: next };
}

/** Takes a trigger out of a draft, unless a RESThook falls back to it. */
export function removeTrigger(draft: ConnectorDraft, key: string): Outcome {
  const { triggers = [] } = draft;
  const trigger = triggers.find((candidate) => candidate.key === key);
  if (!trigger) return refused("trigger", `there is no trigger "${key}"`);
  const falling = draft.incomingWebhooks.find(({ resthook }) => resthook?.fallback === key);
  if (falling) return refused("trigger", `"${falling.name}" falls back to "${trigger.name}": change the incoming webhook first`);
  return { outcome: "applied", draft: { ...draft, triggers: triggers.filter((candidate) => candidate.key !== key) } };
}

const calls = ["subscribe", "unsubscribe", "renew", "list"] as const;

/** Webhooks and triggers that named an endpoint by its old key, naming it by the new one. */
export function withRenamedEndpoint(
  { incomingWebhooks, triggers }: ConnectorDraft,
  from: string,
  to: string,
): Pick<ConnectorDraft, "incomingWebhooks" | "triggers"> {
  return {
    incomingWebhooks: incomingWebhooks.map((webhook) =>
      webhook.resthook ? { ...webhook, resthook: renamedCalls(webhook.resthook, from, to) } : webhook,
    ),
    ...(triggers && { triggers: triggers.map((trigger) => renamedTrigger(trigger, from, to)) }),
  };
}

function renamedCalls(resthook: RestHook, from: string, to: string): RestHook {
  const { subscribe, unsubscribe, renew, list } = resthook;
  const named = <Call extends { endpoint: string }>(call: Call): Call =>
    call.endpoint === from ? { ...call, endpoint: to } : call;
  return {
    ...resthook,
    subscribe: named(subscribe),
    unsubscribe: named(unsubscribe),
    ...(renew && { renew: named(renew) }),
    ...(list && { list: named(list) }),
  };
}

function renamedTrigger(trigger: Trigger, from: string, to: string): Trigger {
  const { source, form } = trigger;
  return {
    ...trigger,
    ...(source.kind === "poll" && source.endpoint === from && { source: { ...source, endpoint: to } }),
    form: form.map((field) => (field.like?.endpoint === from ? { ...field, like: { ...field.like, endpoint: to } } : field)),
  };
}

/** Who calls an endpoint that is to be removed, in words; null when no webhook and no trigger does. */
export function endpointUser({ incomingWebhooks, triggers = [] }: ConnectorDraft, endpoint: string): string | null {
  const webhook = incomingWebhooks.find(({ resthook }) => calls.some((call) => resthook?.[call]?.endpoint === endpoint));
  if (webhook) return `the incoming webhook "${webhook.name}"`;
  const trigger = triggers.find((candidate) => needs(candidate, endpoint));
  return trigger ? `the trigger "${trigger.name}"` : null;
}

/** Why a changed endpoint breaks a webhook or trigger that calls it; null when it does not. */
export function endpointDependent(draft: ConnectorDraft, endpoint: string): string | null {
  for (const webhook of draft.incomingWebhooks) {
    if (!calls.some((call) => webhook.resthook?.[call]?.endpoint === endpoint)) continue;
    const problem = webhookProblem(draft, webhook, true);
    if (problem) return dependent(`incoming webhook "${webhook.name}"`, problem);
  }
  return brokenTrigger(draft, (trigger) => needs(trigger, endpoint));
}

function needs({ source, form }: Trigger, endpoint: string): boolean {
  return (source.kind === "poll" && source.endpoint === endpoint) || form.some(({ like }) => like?.endpoint === endpoint);
}

function brokenTrigger(draft: ConnectorDraft, concerns: (trigger: Trigger) => boolean): string | null {
  for (const trigger of draft.triggers ?? []) {
    const problem = concerns(trigger) ? triggerProblem(draft, trigger) : null;
    if (problem) return dependent(`trigger "${trigger.name}"`, problem);
  }
  return null;
}

function dependent(who: string, { message }: PartProblem): string {
  return `the ${who} depends on it: ${message}`;
}

function using(trigger: Trigger, from: string | null, to: string): Trigger {
  const { source } = trigger;
  return source.kind === "webhook" && source.webhook === from ? { ...trigger, source: { ...source, webhook: to } } : trigger;
}

function replaced<Part extends IncomingWebhook | Trigger>(parts: readonly Part[], replaces: string | null, part: Part): Part[] {
  return replaces === null ? [...parts, part] : parts.map((known) => (known.key === replaces ? part : known));
}

function refused(field: string, message: string): Outcome {
  return { outcome: "refused", field, message };
}
