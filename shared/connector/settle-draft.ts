import type { Action } from "./action.ts";
import { actionProblem } from "./check-action.ts";
import { endpointLinkProblem } from "./check-links.ts";
import { triggerProblem } from "./check-trigger.ts";
import { webhookProblem } from "./check-webhook.ts";
import type { ConnectorDraft } from "./connector.ts";
import { type Endpoint, effectOf } from "./endpoint.ts";

/**
 * A draft whose endpoints were exchanged, with what depended on those that are gone put right or dropped; `consequences` says what, in
 * sentences.
 */
export function settle(draft: ConnectorDraft): { draft: ConnectorDraft; consequences: string[] } {
  const consequences: string[] = [];
  const linked = withoutBrokenLinks(draft, consequences);
  const { verification, actions } = linked;
  const verifying = verification && linked.endpoints.find(({ key }) => key === verification.endpoint);
  const verified = verification === undefined || (verifying !== undefined && effectOf(verifying) === "read");
  if (!verified)
    consequences.push("The request that verifies connections is gone: choose another one in Base URL & authentication.");
  const settled: ConnectorDraft = {
    ...linked,
    ...(actions && { actions: actions.flatMap((action) => settledAction(linked, action, consequences)) }),
  };
  if (!verified) delete settled.verification;
  consequences.push(...unsettled(draft, settled));
  return { draft: settled, consequences };
}

/** Endpoint by endpoint, since a file may have tens of thousands of links, and each that goes has the rest looked at again. */
function withoutBrokenLinks(draft: ConnectorDraft, consequences: string[]): ConnectorDraft {
  const byKey = new Map(draft.endpoints.map((endpoint) => [endpoint.key, endpoint]));
  return { ...draft, endpoints: draft.endpoints.map((endpoint) => withoutOwnBrokenLinks(endpoint, byKey, consequences)) };
}

function withoutOwnBrokenLinks(endpoint: Endpoint, byKey: Map<string, Endpoint>, consequences: string[]): Endpoint {
  let current = endpoint;
  for (let problem = endpointLinkProblem(current, byKey); problem; problem = endpointLinkProblem(current, byKey)) {
    const index = Number(/^parameters\.(\d+)\./.exec(problem.field)?.[1]);
    // A problem that names no link could not be put right here.
    if (Number.isNaN(index)) return current;
    const parameters = current.parameters.map((parameter, at) => {
      if (at !== index) return parameter;
      const { link: _, ...unlinked } = parameter;
      return unlinked;
    });
    consequences.push(`"${current.name}" loses the list of "${current.parameters[index]?.name}".`);
    current = { ...current, parameters };
  }
  return current;
}

/** Webhooks and triggers are no file's: they stay, and what they miss now keeps the connector from being published. */
function unsettled(before: ConnectorDraft, draft: ConnectorDraft): string[] {
  const webhooks = before.incomingWebhooks.flatMap((webhook) => {
    const problem = webhookProblem(draft, webhook, true);
    return problem ? [`The incoming webhook "${webhook.name}" needs a change: ${problem.message}.`] : [];
  });
  const triggers = (before.triggers ?? []).flatMap((trigger) => {
    const problem = triggerProblem(draft, trigger);
    return problem ? [`The trigger "${trigger.name}" needs a change: ${problem.message}.`] : [];
  });
  return [...webhooks, ...triggers];
}

function settledAction(draft: ConnectorDraft, action: Action, consequences: string[]): Action[] {
  if (!actionProblem(draft, action)) return [action];
  const endpoint = draft.endpoints.find(({ key }) => key === action.endpoint);
  const parameters = new Set(endpoint?.parameters.map(({ key }) => key));
  const fixed = Object.fromEntries(Object.entries(action.fixed).filter(([key]) => parameters.has(key)));
  const kept = { ...action, fixed, inputs: action.inputs.filter(({ parameter }) => parameters.has(parameter)) };
  // What has come to be required is asked for.
  const asked = new Set(kept.inputs.map(({ parameter }) => parameter));
  for (const { key, required, default: preset } of endpoint?.parameters ?? [])
    if (required && preset === undefined && !asked.has(key) && !Object.hasOwn(fixed, key)) kept.inputs.push({ parameter: key });
  if (actionProblem(draft, kept)) {
    consequences.push(`The action "${action.name}" is removed: its endpoint is gone.`);
    return [];
  }
  consequences.push(`The inputs of the action "${action.name}" change with its endpoint.`);
  return [kept];
}
