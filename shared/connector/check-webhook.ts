import type { Json } from "../json.ts";
import { templateFault } from "./check-template.ts";
import type { ConnectorDraft } from "./connector.ts";
import { type Endpoint, effectOf } from "./endpoint.ts";
import type { IncomingWebhook } from "./incoming-webhook.ts";

/** `field`: a path within what is checked, e.g. `resthook.subscribe.endpoint`. */
export type PartProblem = { field: string; message: string };
type Draft = Pick<ConnectorDraft, "endpoints" | "triggers">;

/** The first thing that keeps an incoming webhook from working; `vouchedFor`: an administrator lets the connector have global URLs. */
export function webhookProblem(draft: Draft, webhook: IncomingWebhook, vouchedFor: boolean): PartProblem | null {
  if (webhook.kind === "global" && !vouchedFor)
    return {
      field: "kind",
      message: "a single global URL is only for connectors that an administrator has marked as built-in: choose another type",
    };
  return originProblem(webhook) ?? (webhook.resthook ? restHookProblem(draft, webhook) : null);
}

/** Who can make the secret depends on who registers the URL. */
function originProblem({ kind, secretOrigin, challenges, resthook }: IncomingWebhook): PartProblem | null {
  const problem = (message: string) => ({ field: "secretOrigin", message });
  if (kind === "global" && secretOrigin !== "definition")
    return problem("a single global URL has one secret for all subscriptions: set it on the definition");
  if (secretOrigin === "subscribe-answer") {
    if (kind !== "resthook") return problem("only a RESThook has an answer to subscribe that could bring the secret");
    if (resthook?.subscribe.secretPath === undefined)
      return { field: "resthook.subscribe.secretPath", message: "say where the answer to subscribe has the secret" };
  }
  if (secretOrigin === "challenge" && !challenges.some(({ store }) => store !== undefined))
    return problem("no challenge brings a secret: say in the challenge where it is");
  if (secretOrigin === "given" && kind === "resthook")
    return problem("nobody sets a RESThook up at the provider by hand, so nobody could give its secret");
  return null;
}

const hookNames = new Set(["url", "secret", "verifyToken", "expiresAt"]);

function restHookProblem(draft: Draft, webhook: IncomingWebhook): PartProblem | null {
  const { resthook } = webhook;
  if (!resthook) return null;
  const using = (draft.triggers ?? []).filter(({ source }) => source.kind === "webhook" && source.webhook === webhook.key);
  for (const call of ["subscribe", "unsubscribe", "renew", "list"] as const) {
    const made = resthook[call];
    if (!made) continue;
    const place = `resthook.${call}`;
    const endpoint = draft.endpoints.find(({ key }) => key === made.endpoint);
    if (!endpoint) return { field: `${place}.endpoint`, message: `there is no endpoint "${made.endpoint}"` };
    if (call === "list" && effectOf(endpoint) !== "read")
      return { field: `${place}.endpoint`, message: `"${endpoint.name}" may change something: choose one that only reads` };
    // Before there is a subscription nothing has an id; a list is of all of them.
    const subscription = new Set(call === "subscribe" || call === "list" ? [] : ["id"]);
    const roots = new Map<string, ReadonlySet<string> | null>([
      ["hook", hookNames],
      ["subscription", subscription],
      ["inputs", null],
    ]);
    const problem = callInputsProblem(endpoint, made.inputs, roots);
    if (problem) return { field: `${place}.${problem.field}`, message: problem.message };
    for (const trigger of using) {
      const known = new Map(roots).set("inputs", new Set(trigger.form.map(({ key }) => key)));
      const fault = templateFault(made.inputs, { roots: known, expressions: false }, `${place}.inputs`);
      if (fault) return { field: fault.field, message: `${fault.message}; the trigger "${trigger.name}" uses it` };
    }
  }
  const { fallback } = resthook;
  if (fallback === undefined) return null;
  const polling = draft.triggers?.find(({ key }) => key === fallback);
  if (!polling) return { field: "resthook.fallback", message: `there is no trigger "${fallback}"` };
  if (polling.source.kind === "poll") return null;
  return { field: "resthook.fallback", message: `"${polling.name}" does not poll: choose a trigger that asks an endpoint` };
}

/** What is wrong with the inputs of a call that a connector makes of its own accord. */
export function callInputsProblem(
  endpoint: Endpoint,
  inputs: Readonly<Record<string, Json>>,
  roots: ReadonlyMap<string, ReadonlySet<string> | null>,
): PartProblem | null {
  for (const key of Object.keys(inputs))
    if (!endpoint.parameters.some((parameter) => parameter.key === key))
      return { field: `inputs.${key}`, message: `"${endpoint.name}" has no parameter "${key}"` };
  const missing = endpoint.parameters.find(
    ({ key, required, default: preset }) => required && preset === undefined && !Object.hasOwn(inputs, key),
  );
  if (missing) return { field: `inputs.${missing.key}`, message: `"${missing.name}" is required by "${endpoint.name}"` };
  return templateFault(inputs, { roots, expressions: false }, "inputs");
}
