import { buildRequest, type RequestToSend } from "../../shared/connector/build-request.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../shared/connector/endpoint.ts";
import { firstPageInputs, itemsOf, nextPage } from "../../shared/connector/next-page.ts";
import { type PolledItems, readItems } from "../../shared/connector/read-items.ts";
import type { PollSource, Trigger } from "../../shared/connector/trigger.ts";
import { triggerInputs } from "../../shared/connector/trigger-inputs.ts";
import { readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadConnection, LoadedConnection } from "../connections/load-connection.ts";
import { compileValue } from "../expressions/resolve-template.ts";
import { baseUrlOf, missingBaseUrl } from "../outbound/base-url.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";

export type FetchItemsDeps = {
  outbound: Outbound;
  loadConnection: LoadConnection;
  sandboxes: Record<string, string>;
  clock: () => number;
};
/** One look of a polling trigger. `isOurs`: asked before anything is sent. */
export type Look = {
  workspace: string;
  connector: Connector;
  trigger: Trigger;
  source: PollSource;
  connection: string | null;
  /** Values of the trigger's form. */
  inputs: Record<string, Json>;
  cursor: Json | undefined;
  isOurs?: () => boolean;
};
/** `more`: there were more pages than one look fetches. */
export type Looked =
  | ({ outcome: "items"; more: boolean } & PolledItems)
  /** `retryAfterMs`: how long the API, or its limits, want us to wait. `refused`: asking again alone will not help. */
  | { outcome: "failed"; message: string; retryAfterMs: number; refused: boolean };

/** How many pages of the endpoint's list one look fetches at the most. */
const mostPages = 10;
const timeoutMs = 20_000;

/** Calls a polling trigger's endpoint and reads the items of its list, oldest first. Stores nothing. */
export async function fetchItems(deps: FetchItemsDeps, look: Look): Promise<Looked> {
  const { connector, source } = look;
  const endpoint = connector.endpoints.find(({ key }) => key === source.endpoint);
  if (!endpoint) return refused(`the connector has no endpoint "${source.endpoint}"`);
  if (effectOf(endpoint) !== "read") return refused(`"${endpoint.name}" may change something, so it is not polled`);
  const connection = look.connection === null ? null : await deps.loadConnection(look.workspace, look.connection);
  // One of another connector is as good as none: its secrets belong to another host.
  if (look.connection !== null && connection?.connector !== connector.key)
    return refused("its connection does not exist any more: choose another and publish the flow again");
  const baseUrl = baseUrlOf(connector, connection, deps.sandboxes);
  if (baseUrl === null) return refused(missingBaseUrl(connector, connection));
  const fetched = await fetchPages(deps, { look, endpoint, connection, baseUrl });
  if ("outcome" in fetched) return fetched;
  const read = readItems(source, fetched.answers, look.cursor);
  if (!read) {
    const place = source.itemsPath === "" ? "is no list" : `has no list at "${source.itemsPath}"`;
    return refused(`the answer of "${endpoint.name}" ${place}`);
  }
  return { outcome: "items", more: fetched.more, ...read };
}

type Target = { look: Look; endpoint: Endpoint; connection: LoadedConnection | null; baseUrl: string };
type Failed = Extract<Looked, { outcome: "failed" }>;

async function fetchPages(deps: FetchItemsDeps, target: Target): Promise<{ answers: Json[]; more: boolean } | Failed> {
  const { look, endpoint, baseUrl } = target;
  const { pagination } = endpoint;
  const given = inputsOf(look, deps.clock());
  const inputs = pagination ? firstPageInputs(pagination, given) : given;
  const answers: Json[] = [];
  let items = 0;
  let cursor: Json | undefined;
  let request = requestOf(endpoint, baseUrl, inputs);
  for (;;) {
    if ("outcome" in request) return request;
    const outcome = await send(deps, target, request);
    if (outcome.outcome !== "succeeded") return failureOf(endpoint, outcome);
    answers.push(outcome.body);
    if (!pagination) return { answers, more: false };
    items += itemsOf(pagination, outcome.body)?.length ?? 0;
    const next = nextPage(pagination, { inputs, pages: answers.length, items, last: outcome, cursor });
    if (next.page === "none") return { answers, more: false };
    if (answers.length >= mostPages) return { answers, more: true };
    if (next.page === "inputs") {
      cursor = pagination.kind === "cursor" ? next.inputs[pagination.parameter] : undefined;
      request = requestOf(endpoint, baseUrl, next.inputs);
    } else if (URL.canParse(next.target, request.url)) request = { ...request, url: new URL(next.target, request.url).href };
    else return refused(`the next page of "${endpoint.name}" is at "${next.target.slice(0, 200)}", which is no URL`);
  }
}

function inputsOf({ source, trigger, inputs, cursor }: Look, now: number): Record<string, Json> {
  const roots = {
    inputs: triggerInputs(trigger, inputs),
    ...(cursor !== undefined && { cursor }),
    now: new Date(now).toISOString(),
  };
  const resolved = compileValue(source.inputs).resolve(
    (path) => readPath(roots, path) as Json | undefined,
    () => undefined,
  );
  return (resolved ?? {}) as Record<string, Json>;
}

function requestOf(endpoint: Endpoint, baseUrl: string, inputs: Record<string, Json>): RequestToSend | Failed {
  const built = buildRequest(endpoint, baseUrl, inputs);
  return "request" in built
    ? built.request
    : refused(`"${endpoint.name}": ${built.problems.map(({ message }) => message).join("; ")}`);
}

function send(deps: FetchItemsDeps, { look, endpoint, connection }: Target, request: RequestToSend): Promise<CallOutcome> {
  return deps.outbound.call({
    request,
    connector: look.connector,
    connection,
    idempotency: null,
    limitGroup: endpoint.limitGroup,
    ...(look.isOurs && { isOurs: look.isOurs }),
    timeoutMs,
    signal: new AbortController().signal,
  });
}

const refusing: ReadonlySet<CallOutcome["outcome"]> = new Set(["rejected", "unauthorized", "forbidden", "blocked"]);

function failureOf({ name }: Endpoint, outcome: Exclude<CallOutcome, { outcome: "succeeded" }>): Failed {
  const retryAfterMs = "retryAfterMs" in outcome ? (outcome.retryAfterMs ?? 0) : 0;
  const isRefused = refusing.has(outcome.outcome);
  return { outcome: "failed", message: `"${name}": ${outcome.message}`, retryAfterMs, refused: isRefused };
}

function refused(message: string): Failed {
  return { outcome: "failed", message, retryAfterMs: 0, refused: true };
}
