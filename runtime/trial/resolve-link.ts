import { createHash } from "node:crypto";
import { buildRequest, type RequestToSend } from "../../shared/connector/build-request.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../shared/connector/endpoint.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import {
  type DynamicLink,
  type LinkOption,
  type LinkOptions,
  sentSearch,
  usualLink,
} from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { fingerprintOf } from "../connectors/endpoint-fingerprint.ts";
import { baseUrlOf, missingBaseUrl } from "../outbound/base-url.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import { type FailedCall, type FetchOutcome, fetchList, firstRequest } from "./fetch-list.ts";
import { createKeptAnswers, type KeptAnswers } from "./kept-answers.ts";
import { readOption } from "./read-options.ts";

/** A parameter of an endpoint whose list is asked for. `inputs`: what is filled in so far, by parameter key. */
export type LinkQuestion = {
  connector: ConnectorDraft;
  endpoint: Endpoint;
  parameter: Parameter;
  connection: LoadedConnection | null;
  inputs: Record<string, Json | undefined>;
  /** What a person typed; passed to the API where the link says how. */
  search: string;
  /** Asks the API again instead of using the kept list. */
  refresh: boolean;
  /** How many pages there may be, for more than the link says. */
  pages?: number | undefined;
  /** Whose entry is wanted too, whether or not it is in the list. */
  value?: Json | undefined;
};

type Listed = Extract<LinkOptions, { outcome: "listed" }>;
/** The entry of a value, null when the API knows none. */
export type ResolvedOption = { option: LinkOption | null } | { failed: FailedCall };
/** As `LinkOptions`, with all options that there are and, of a list that could not be fetched, the call's own outcome. */
export type ResolvedLink =
  | Exclude<LinkOptions, { outcome: "failed" | "listed" }>
  | { outcome: "failed"; call: FailedCall }
  | (Omit<Listed, "chosen"> & { chosen?: ResolvedOption });

/** The one resolver of parameter links: for the test console, the panel of a flow and runs. Never rejects for what an API does. */
export type ResolveLink = (question: LinkQuestion) => Promise<ResolvedLink>;

type Deps = { outbound: Outbound; clock: () => number; sandboxes: Record<string, string> };
type Source = {
  question: LinkQuestion;
  link: DynamicLink;
  baseUrl: string;
  send(endpoint: Endpoint, request: RequestToSend): Promise<CallOutcome>;
};
type Kept = { lists: KeptAnswers<FetchOutcome>; options: KeptAnswers<ResolvedOption> };

const timeoutMs = 20_000;

/** Lists are kept per endpoint, connection and arguments, for as long as the link says. */
export function createResolveLink({ outbound, clock, sandboxes }: Deps): ResolveLink {
  const kept: Kept = { lists: createKeptAnswers(clock), options: createKeptAnswers(clock) };
  return async (question) => {
    const { connector, parameter, connection, inputs, value } = question;
    const { link } = parameter;
    if (!link) return unsent(`"${parameter.name}" has no list`);
    if (link.kind === "static") return { outcome: "listed", options: link.values, complete: true };
    if (connector.auth.kind !== "none" && !connection) return { outcome: "needs-connection" };
    const missing = missingParameters(question.endpoint, link, inputs);
    if (missing.length > 0) return { outcome: "needs-parameters", parameters: missing };
    const baseUrl = baseUrlOf(connector, connection, sandboxes);
    if (baseUrl === null) return unsent(missingBaseUrl(connector, connection));
    const send: Source["send"] = ({ limitGroup }, request) => {
      const signal = new AbortController().signal;
      return outbound.call({ request, connector, connection, idempotency: null, limitGroup, timeoutMs, signal });
    };
    const source = { question, link, baseUrl, send };
    const resolved = await resolveList(kept, source);
    if (resolved.outcome !== "listed" || value === undefined || value === null) return resolved;
    const chosen = await resolveOption(kept, source, { value, listed: resolved });
    return chosen ? { ...resolved, chosen } : resolved;
  };
}

async function resolveList(
  { lists }: Kept,
  source: Source,
): Promise<Exclude<ResolvedLink, { chosen?: unknown }> | Omit<Listed, "chosen">> {
  const { question, link } = source;
  const linked = readOf(question.connector, link.endpoint);
  if (typeof linked === "string") return unsent(`${linked}, so it cannot give a list`);
  const list = { linked, link, baseUrl: source.baseUrl, inputs: argumentsOf(question, link) };
  const request = firstRequest(list);
  if (typeof request === "string") return unsent(request);
  const maxPages = question.pages ?? link.maxPages ?? usualLink.maxPages;
  const { items, value, label = null, description = null, disabledWhen = null } = link;
  const shape = [items, value, label, description, disabledWhen, linked.pagination ?? null];
  const fetched = await lists.ask({
    key: keyOf(question, [fingerprintOf(question.connector, linked), shape, request]),
    keepMs: (link.keepSeconds ?? usualLink.keepSeconds) * 1_000,
    refresh: question.refresh,
    isGood: ({ outcome }) => outcome === "listed",
    isEnough: (answer) => answer.outcome !== "listed" || answer.pages >= maxPages || answer.next === null || answer.list.full,
    obtain(known) {
      const send = (page: RequestToSend) => source.send(linked, page);
      const before = known?.answer.outcome === "listed" ? { answer: known.answer, use: known.use } : null;
      return fetchList({ ...list, send }, request, { maxPages, kept: before });
    },
  });
  if (fetched.outcome !== "listed") return fetched;
  const { list: read, pages, next, announced } = fetched;
  return {
    outcome: "listed",
    options: read.options,
    // Of a list that the API searches nobody knows how long it is.
    complete: next === null && !read.full && !announced && link.search === undefined,
    ...(linked.pagination && { paging: { pages, more: next !== null && !read.full } }),
  };
}

/** Null where only the list could tell, and it does not. */
async function resolveOption(
  { options }: Kept,
  { question, link, baseUrl, send }: Source,
  { value, listed }: { value: Json; listed: Omit<Listed, "chosen"> },
): Promise<ResolvedOption | null> {
  const known = listed.options.find((option) => option.value === value);
  if (known) return { option: known };
  if (listed.complete) return { option: null };
  if (!link.resolve) return null;
  const endpoint = readOf(question.connector, link.resolve.endpoint);
  if (typeof endpoint === "string") return { failed: blocked(`${endpoint}, so it cannot look up a value`) };
  // It may need what the list needs, e.g. the account that both are of.
  const shared = Object.entries(argumentsOf({ ...question, search: "" }, link)).filter(([key]) =>
    endpoint.parameters.some((parameter) => parameter.key === key),
  );
  const { argument } = link.resolve;
  const built = buildRequest(endpoint, baseUrl, { ...Object.fromEntries(shared), [argument]: inType(endpoint, argument, value) });
  if ("problems" in built)
    return { failed: blocked(`"${endpoint.name}": ${built.problems.map(({ message }) => message).join("; ")}`) };
  const { request } = built;
  const { label = null, description = null, disabledWhen = null } = link;
  const shape = ["one", link.resolve.item, label, description, disabledWhen, value];
  return options.ask({
    key: keyOf(question, [fingerprintOf(question.connector, endpoint), shape, request]),
    keepMs: (link.keepSeconds ?? usualLink.keepSeconds) * 1_000,
    refresh: question.refresh,
    isGood: (answer) => "option" in answer,
    isEnough: () => true,
    async obtain() {
      const outcome = await send(endpoint, request);
      if (outcome.outcome === "succeeded") return { option: readOption(outcome, link, value) };
      const isGone = outcome.outcome === "rejected" && (outcome.status === 404 || outcome.status === 410);
      return isGone ? { option: null } : { failed: outcome };
    },
  });
}

/** A value of a list is a number or a text as the API writes it, and the parameter that looks it up may want the other. */
function inType({ parameters }: Endpoint, key: string, value: Json): Json {
  const type = parameters.find((parameter) => parameter.key === key)?.type;
  if (type === "string" && typeof value === "number") return String(value);
  const isNumber = type === "integer" || type === "number";
  return isNumber && typeof value === "string" && value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** An endpoint of the connector that only reads, or why it is none. */
function readOf({ endpoints }: ConnectorDraft, wanted: string): Endpoint | string {
  const endpoint = endpoints.find(({ key }) => key === wanted);
  if (!endpoint) return `there is no endpoint "${wanted}"`;
  return effectOf(endpoint) === "read" ? endpoint : `"${endpoint.name}" may change something`;
}

function missingParameters(
  { parameters }: Endpoint,
  link: DynamicLink,
  inputs: LinkQuestion["inputs"],
): { key: string; name: string }[] {
  const wanted = new Set(Object.values(link.args).flatMap((argument) => ("from" in argument ? argument.from : [])));
  return [...wanted].flatMap((key) => {
    const parameter = parameters.find((candidate) => candidate.key === key);
    return isFilled(inputOf(inputs, key) ?? parameter?.default) ? [] : [{ key, name: parameter?.name ?? key }];
  });
}

function argumentsOf({ endpoint, inputs, search }: LinkQuestion, link: DynamicLink): Record<string, Json> {
  const args = Object.entries(link.args).flatMap(([key, argument]): [string, Json][] => {
    if ("value" in argument) return [[key, argument.value]];
    const parameter = endpoint.parameters.find((candidate) => candidate.key === argument.from);
    const value = inputOf(inputs, argument.from) ?? parameter?.default;
    return value === undefined ? [] : [[key, value]];
  });
  const wanted = sentSearch(link, search);
  if (link.search !== undefined && wanted !== "") args.push([link.search, wanted]);
  return Object.fromEntries(args);
}

/** Own inputs only: a parameter may be called "constructor". */
function inputOf(inputs: LinkQuestion["inputs"], key: string): Json | undefined {
  return (Object.hasOwn(inputs, key) ? inputs[key] : undefined) ?? undefined;
}

function isFilled(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

function blocked(message: string): FailedCall {
  return { outcome: "blocked", reason: "link", message, durationMs: 0 };
}

function unsent(message: string): { outcome: "failed"; call: FailedCall } {
  return { outcome: "failed", call: blocked(message) };
}

/** Credentials are among the parts, and the key stays in memory for a while, so it is a hash. */
function keyOf({ connection }: LinkQuestion, parts: Json): string {
  const owner = connection && [connection.id, connection.target, connection.since, connection.credentials];
  return createHash("sha256")
    .update(JSON.stringify([owner, parts]))
    .digest("hex");
}
