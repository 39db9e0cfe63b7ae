import { apiKeysOf } from "./auth-scheme.ts";
import { triggerProblem } from "./check-trigger.ts";
import { webhookProblem } from "./check-webhook.ts";
import type { ConnectorDraft } from "./connector.ts";

/** `optional`: a connector can be published without it. */
export type SectionStatus = { state: "done" | "missing" | "optional"; missing: string[] };
export type StatusSection =
  | "basics"
  | "specification"
  | "base"
  | "endpoints"
  | "connections"
  | "webhooks"
  | "triggers"
  | "mcp"
  | "actions"
  | "versions";

type Facts = {
  draft: ConnectorDraft;
  /** The last test of each endpoint that has one. */
  tests: readonly { endpoint: string; passed: boolean; stale: boolean }[];
  connections: readonly { state: "unverified" | "healthy" | "broken" | "needs-authorization" | "cooling-down" }[];
  /** There is a client for all its connections. */
  hasOAuthClient: boolean;
};

/** For each section of a connector, what is still missing before it can be published, in words. */
export function sectionStatuses(facts: Facts): Record<StatusSection, SectionStatus> {
  const { draft } = facts;
  return {
    basics: needed(basicsMissing(draft)),
    specification: { state: "optional", missing: [] },
    base: needed(baseMissing(facts)),
    endpoints: needed(endpointsMissing(facts)),
    connections: needed(connectionsMissing(facts)),
    webhooks: withParts(draft.incomingWebhooks.length, webhooksMissing(draft)),
    triggers: withParts(draft.triggers?.length ?? 0, triggersMissing(draft)),
    mcp: extra(0),
    actions: extra(draft.actions?.length ?? 0),
    versions: extra(0),
  };
}

/** All that is missing, in the order of the sections. */
export function missingToPublish(statuses: Record<StatusSection, SectionStatus>): string[] {
  return Object.values(statuses).flatMap(({ missing }) => missing);
}

function needed(missing: string[]): SectionStatus {
  return { state: missing.length === 0 ? "done" : "missing", missing };
}

function extra(count: number): SectionStatus {
  return { state: count > 0 ? "done" : "optional", missing: [] };
}

function withParts(count: number, missing: string[]): SectionStatus {
  return missing.length > 0 ? { state: "missing", missing } : extra(count);
}

/** What incoming webhooks lack, in words: an import may have taken endpoints away. */
export function webhooksMissing(draft: ConnectorDraft): string[] {
  return draft.incomingWebhooks.flatMap((webhook) => {
    // Whether it may have a global URL is not the document's matter.
    const problem = webhookProblem(draft, webhook, true);
    const call = /^resthook\.(subscribe|unsubscribe|renew|list)\.endpoint$/.exec(problem?.field ?? "")?.[1];
    if (call !== undefined) return [`an endpoint that "${webhook.name}" can ${callVerbs[call] ?? call} with`];
    return problem ? [`a change of the incoming webhook "${webhook.name}": ${problem.message}`] : [];
  });
}

const callVerbs: Record<string, string> = { list: "list its subscriptions" };

/** What triggers lack, in words. */
export function triggersMissing(draft: ConnectorDraft): string[] {
  return (draft.triggers ?? []).flatMap((trigger) => {
    const problem = triggerProblem(draft, trigger);
    return problem ? [`a change of the trigger "${trigger.name}": ${problem.message}`] : [];
  });
}

function basicsMissing({ name, description, category }: ConnectorDraft): string[] {
  return [
    ...(name.trim() === "" ? ["a name"] : []),
    ...(description.trim() === "" ? ["a description"] : []),
    ...(category === undefined || category.trim() === "" ? ["a category"] : []),
  ];
}

function baseMissing({ draft: { baseUrl, auth, endpoints }, hasOAuthClient }: Facts): string[] {
  const missing: string[] = [];
  if (baseUrl === "") missing.push("a base URL");
  if (auth.kind === "oauth2" && auth.client === "connector" && !hasOAuthClient) missing.push("the OAuth client's ID");
  // RFC 9110, 9.3.1 and 9.3.5: content of a GET or DELETE means nothing, so a key in it would not arrive.
  const bodyless = endpoints.filter(({ method }) => method === "GET" || method === "DELETE").length;
  if (auth.kind === "api-key" && apiKeysOf(auth).some(({ addTo }) => addTo === "body") && bodyless > 0)
    missing.push(`another place for the API key: ${count(bodyless, "endpoint has", "endpoints have")} no body`);
  return missing;
}

function endpointsMissing({ draft: { endpoints }, tests }: Facts): string[] {
  if (endpoints.length === 0) return ["an endpoint"];
  const found = new Map(tests.map((test) => [test.endpoint, test]));
  const failed = endpoints.filter(({ key }) => found.get(key)?.passed === false).length;
  const stale = endpoints.filter(({ key }) => found.get(key)?.passed && found.get(key)?.stale).length;
  const untested = endpoints.filter(({ key }) => !found.has(key)).length;
  return [
    ...(untested > 0 ? [`a test of ${count(untested, "endpoint", "endpoints")}`] : []),
    ...(failed > 0 ? [`a passed test of ${count(failed, "endpoint", "endpoints")} whose last one failed`] : []),
    ...(stale > 0 ? [`a new test of ${count(stale, "endpoint", "endpoints")} changed since`] : []),
  ];
}

function connectionsMissing({ draft: { auth }, connections }: Facts): string[] {
  if (connections.some(({ state }) => state === "healthy" || state === "unverified" || state === "cooling-down")) return [];
  if (connections.length > 0) return ["a connection that works"];
  return auth.kind === "none" ? [] : ["a connection"];
}

function count(number: number, one: string, more: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : more}`;
}
