import { parseTemplate } from "../flow/expression.ts";
import { templateFault } from "./check-template.ts";
import { callInputsProblem, type PartProblem } from "./check-webhook.ts";
import type { ConnectorDraft } from "./connector.ts";
import { effectOf } from "./endpoint.ts";
import type { EventFilter, PollSource, Trigger } from "./trigger.ts";

type Draft = Pick<ConnectorDraft, "endpoints" | "incomingWebhooks">;

/** The first thing that keeps a trigger from working; `field` is a path within it, e.g. `source.endpoint`. */
export function triggerProblem(draft: Draft, trigger: Trigger): PartProblem | null {
  const { source, form, transformation } = trigger;
  const inputs = new Set<string>();
  for (const [index, { key }] of form.entries()) {
    if (inputs.has(key)) return { field: `form.${index}.key`, message: `another field has the key "${key}"` };
    inputs.add(key);
  }
  return (
    formProblem(draft, trigger) ??
    (source.kind === "poll" ? pollProblem(draft, source, inputs) : pushProblem(draft, source, inputs)) ??
    (transformation === undefined
      ? null
      : templateFault(
          transformation,
          {
            roots: new Map([
              ["event", null],
              ["inputs", inputs],
            ]),
            expressions: true,
          },
          "transformation",
        ))
  );
}

/** A field that is filled in like a parameter needs it. */
function formProblem({ endpoints }: Draft, { form }: Trigger): PartProblem | null {
  for (const [index, { like }] of form.entries()) {
    if (!like) continue;
    const endpoint = endpoints.find(({ key }) => key === like.endpoint);
    if (!endpoint) return { field: `form.${index}.like.endpoint`, message: `there is no endpoint "${like.endpoint}"` };
    if (!endpoint.parameters.some(({ key }) => key === like.parameter))
      return { field: `form.${index}.like.parameter`, message: `"${endpoint.name}" has no parameter "${like.parameter}"` };
  }
  return null;
}

function pushProblem(
  { incomingWebhooks, endpoints }: Draft,
  { webhook: key, filters }: Extract<Trigger["source"], { kind: "webhook" }>,
  inputs: ReadonlySet<string>,
): PartProblem | null {
  const webhook = incomingWebhooks.find((candidate) => candidate.key === key);
  if (!webhook) return { field: "source.webhook", message: `there is no incoming webhook "${key}"` };
  const { routing, resthook } = webhook;
  if (webhook.kind === "global" && routing && !inputs.has(routing.input))
    return {
      field: "form",
      message: `events of "${webhook.name}" are routed by the field "${routing.input}": the form needs a field with that key`,
    };
  for (const call of [resthook?.subscribe, resthook?.unsubscribe, resthook?.renew, resthook?.list]) {
    // An endpoint that is missing is the webhook's own matter.
    if (!call || !endpoints.some((endpoint) => endpoint.key === call.endpoint)) continue;
    const roots = new Map([
      ["hook", null],
      ["subscription", null],
      ["inputs", inputs],
    ]);
    const fault = templateFault(call.inputs, { roots, expressions: false });
    if (fault) return { field: "form", message: `"${webhook.name}" needs a field that the form lacks: ${fault.message}` };
  }
  for (const [index, filter] of filters.entries()) {
    const problem = filterProblem(filter, inputs);
    if (problem !== null) return { field: `source.filters.${index}.value`, message: problem };
  }
  return null;
}

function filterProblem({ operator, value }: EventFilter, inputs: ReadonlySet<string>): string | null {
  if (operator === "exists") return value === undefined ? null : "whether something exists is compared with no value";
  if (value === undefined) return "enter the value to compare with";
  const parsed = typeof value === "string" ? parseTemplate(value) : null;
  const open =
    parsed !== null && ("problem" in parsed || parsed.parts.some((part) => "path" in part) || parsed.jsonata !== undefined);
  if (open && !("whole" in parsed && parsed.whole !== null))
    return "a template has to be the whole value: write {{inputs.<key>}} and nothing else";
  if (operator === "one-of" && !Array.isArray(value) && !open) return "enter a list of values";
  if (typeof value === "object" && JSON.stringify(value).includes("{{")) return "a list or object holds fixed values only";
  return templateFault(value, { roots: new Map([["inputs", inputs]]), expressions: false })?.message ?? null;
}

function pollProblem({ endpoints }: Draft, source: PollSource, inputs: ReadonlySet<string>): PartProblem | null {
  const endpoint = endpoints.find(({ key }) => key === source.endpoint);
  if (!endpoint) return { field: "source.endpoint", message: `there is no endpoint "${source.endpoint}"` };
  if (effectOf(endpoint) !== "read")
    return { field: "source.endpoint", message: `"${endpoint.name}" may change something: choose one that only reads` };
  if (source.quietMs !== undefined && source.quietMs < source.intervalMs)
    return { field: "source.quietMs", message: "while nothing comes it is asked less often, so it cannot be below the interval" };
  // `{{cursor}}` and `{{now}}` are values themselves.
  const roots = new Map<string, ReadonlySet<string> | null>([
    ["inputs", inputs],
    ["cursor", null],
    ["now", null],
  ]);
  const problem = callInputsProblem(endpoint, source.inputs, roots);
  return problem && { field: `source.${problem.field}`, message: problem.message };
}
