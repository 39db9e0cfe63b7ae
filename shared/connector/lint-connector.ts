import type { Json } from "../json.ts";
import type { ConnectorDraft } from "./connector.ts";
import { type Endpoint, effectOf } from "./endpoint.ts";
import type { IncomingWebhook } from "./incoming-webhook.ts";
import type { Parameter } from "./parameter.ts";
import type { Trigger } from "./trigger.ts";

/** Something that a connector would be better without. `endpoint`: the key of the one it is in. */
export type Finding = { rule: LintRule; endpoint: string | null; message: string };
export type LintRule =
  | "description"
  | "untested"
  | "secret-in-default"
  | "list-without-pages"
  | "answer-unknown"
  | "effect-unsaid"
  | "parameter-unnamed"
  | "no-verification"
  | "no-logo"
  | "no-limits"
  | "many-endpoints"
  | "unknown-extension"
  | "webhook-unsigned"
  | "trigger-unknown";

/** What one finding of a rule costs of 100 points, and all of them together at most. */
const costs: Record<LintRule, { each: number; most: number }> = {
  "secret-in-default": { each: 30, most: 60 },
  untested: { each: 5, most: 30 },
  description: { each: 2, most: 15 },
  "list-without-pages": { each: 2, most: 10 },
  "answer-unknown": { each: 2, most: 10 },
  "effect-unsaid": { each: 2, most: 6 },
  "parameter-unnamed": { each: 1, most: 5 },
  "no-verification": { each: 5, most: 5 },
  "no-logo": { each: 3, most: 3 },
  "no-limits": { each: 2, most: 2 },
  "many-endpoints": { each: 2, most: 2 },
  "unknown-extension": { each: 1, most: 3 },
  "webhook-unsigned": { each: 10, most: 20 },
  "trigger-unknown": { each: 2, most: 6 },
};

type Tested = { endpoint: string; passed: boolean; stale: boolean };
/** A key of the file that the connector came from which nothing understood. */
type Extension = { key: string; count: number };

/** Looks for what makes a connector hard or dangerous to use; `score`: 100 when nothing was found, never below 0. */
export function lintConnector(
  draft: ConnectorDraft,
  tests: readonly Tested[],
  extensions: readonly Extension[] = [],
): { score: number; findings: Finding[] } {
  const passed = new Set(tests.flatMap((test) => (test.passed && !test.stale ? [test.endpoint] : [])));
  const findings = [
    ...wholeFindings(draft),
    ...extensions.map(extensionFinding),
    ...draft.endpoints.flatMap((endpoint) => endpointFindings(endpoint, passed)),
    ...draft.incomingWebhooks.flatMap(webhookFindings),
    ...(draft.triggers ?? []).flatMap(triggerFindings),
  ];
  const lost = Object.entries(costs).reduce((sum, [rule, { each, most }]) => {
    const count = findings.filter((finding) => finding.rule === rule).length;
    return sum + Math.min(most, count * each);
  }, 0);
  return { score: Math.max(0, 100 - lost), findings };
}

function wholeFindings({ description, auth, verification, logo, limits, endpoints }: ConnectorDraft): Finding[] {
  const found = (rule: LintRule, message: string): Finding => ({ rule, endpoint: null, message });
  return [
    ...(description.trim() === "" ? [found("description", "the connector has no description")] : []),
    ...(auth.kind !== "none" && !verification
      ? [found("no-verification", "no verification request: a wrong credential is noticed only when a flow runs")]
      : []),
    ...(logo ? [] : [found("no-logo", "no logo: people find it by its name alone")]),
    ...(limits?.length ? [] : [found("no-limits", "no rate limits: flows may send more than the API allows")]),
    ...(endpoints.length > 50 ? [found("many-endpoints", `${endpoints.length} endpoints: leave out what nobody needs`)] : []),
  ];
}

/** Misspelt keys pass every validator and do nothing: `x-ms-visibilty` is found in published connectors. */
function extensionFinding({ key, count }: Extension): Finding {
  const times = count === 1 ? "once" : `${count} times`;
  const likely = key.startsWith("x-ms-") ? ": is it misspelt?" : "";
  return {
    rule: "unknown-extension",
    endpoint: null,
    message: `the file says "${key}" ${times}, which nothing understands${likely}`,
  };
}

/** What proves too little: whoever learns the URL, or sees one delivery, can post in the provider's name. */
function webhookFindings({ name, recipe }: IncomingWebhook): Finding[] {
  const found = (what: string): Finding => ({ rule: "webhook-unsigned", endpoint: null, message: `"${name}" ${what}` });
  if (recipe.kind === "url-secret") return [found("proves its sender by its URL alone: use a signature if the provider has one")];
  const covers = !("partial" in recipe && recipe.partial);
  return covers ? [] : [found("has a signature that does not cover the body, so that its events can be altered")];
}

function triggerFindings({ name, sample, outputSchema }: Trigger): Finding[] {
  if (sample !== undefined || outputSchema !== undefined) return [];
  const message = `the trigger "${name}" says nothing of what it gives: test it and pull its output`;
  return [{ rule: "trigger-unknown", endpoint: null, message }];
}

function endpointFindings(endpoint: Endpoint, passed: ReadonlySet<string>): Finding[] {
  const { key, name, description, pagination, responseSchema, parameters, effect, method } = endpoint;
  const found = (rule: LintRule, message: string): Finding => ({ rule, endpoint: key, message: `"${name}" ${message}` });
  return [
    ...(description?.trim() ? [] : [found("description", "has no description")]),
    ...(passed.has(key) ? [] : [found("untested", "has no test that passed since its last change")]),
    ...(effectOf(endpoint) === "read" && !pagination && givesList(responseSchema)
      ? [found("list-without-pages", "gives a list and says nothing of pages: only the first may come")]
      : []),
    ...(responseSchema === undefined && method !== "DELETE"
      ? [found("answer-unknown", "has no response parameters: pull them from a test")]
      : []),
    ...(method === "POST" && effect === undefined && /\b(search|query|list|find|lookup|enrich|get)\b/i.test(name)
      ? [found("effect-unsaid", "reads, by its name, but counts as one that changes something: set its effect")]
      : []),
    ...parameters.flatMap((parameter) => parameterFindings(parameter, found)),
  ];
}

function parameterFindings(parameter: Parameter, found: (rule: LintRule, message: string) => Finding): Finding[] {
  const { key, name, description, required, default: preset } = parameter;
  return [
    ...(preset !== undefined && looksSecret(key, preset)
      ? [found("secret-in-default", `has what looks like a secret as the default of "${name}": it belongs to a connection`)]
      : []),
    ...(required && !description?.trim() && name === key
      ? [found("parameter-unnamed", `says nothing of its parameter "${key}"`)]
      : []),
  ];
}

const secretNames =
  /(^|[_.-])(api[_-]?key|secret|password|passwd|token|authorization|access[_-]?key|private[_-]?key|client[_-]?secret)$/i;
/** Keys of well-known providers, JWTs and PEM. */
const secretValues =
  /^(sk|pk|rk)_(live|test)_\w{8,}|^gh[pousr]_\w{20,}|^xox[abprs]-|^AKIA[0-9A-Z]{16}|^eyJ[\w-]+\.[\w-]+\.|-----BEGIN|^Bearer\s+\S{12,}/;

function looksSecret(key: string, value: Json): boolean {
  if (typeof value !== "string" || value.includes("{{")) return false;
  return secretValues.test(value) || (secretNames.test(key) && value.length >= 8);
}

/** The answer is a list, or has one beside at most a few other fields. */
function givesList(schema: Json | undefined): boolean {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return false;
  if (schema.type === "array") return true;
  const { properties } = schema;
  if (typeof properties !== "object" || properties === null || Array.isArray(properties)) return false;
  const names = Object.entries(properties);
  const lists = names.filter(
    ([, inner]) => typeof inner === "object" && inner !== null && !Array.isArray(inner) && inner.type === "array",
  );
  return (
    lists.length === 1 &&
    names.length <= 6 &&
    /^(data|items|results?|records?|values|entries|list|rows)$/i.test(lists[0]?.[0] ?? "")
  );
}
