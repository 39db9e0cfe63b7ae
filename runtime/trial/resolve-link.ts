import { createHash } from "node:crypto";
import { buildRequest } from "../../shared/connector/build-request.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../shared/connector/endpoint.ts";
import { cutSample } from "../../shared/connector/infer-schema.ts";
import type { Parameter } from "../../shared/connector/parameter.ts";
import type { DynamicLink, LinkOption, LinkOptions } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import { fingerprintOf } from "../connectors/endpoint-fingerprint.ts";
import { baseUrlOf, missingBaseUrl } from "../outbound/base-url.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import { readOptions } from "./read-options.ts";

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
};

type FailedCall = Exclude<CallOutcome, { outcome: "succeeded" }>;
/** As `LinkOptions`, with all options that there are and, of a list that could not be fetched, the call's own outcome. */
export type ResolvedLink = Exclude<LinkOptions, { outcome: "failed" }> | { outcome: "failed"; call: FailedCall };

/** The one resolver of parameter links: for the test console, the panel of a flow and runs. Never rejects for what an API does. */
export type ResolveLink = (question: LinkQuestion) => Promise<ResolvedLink>;

type Deps = { outbound: Outbound; clock: () => number; sandboxes: Record<string, string> };
type Kept = { at: number; answer: Promise<ResolvedLink> };

const keptMs = 5 * 60_000;
const keptLists = 100;
const timeoutMs = 20_000;

/** Lists are kept in memory for five minutes per endpoint, connection and arguments; those who ask at once share one call. */
export function createResolveLink({ outbound, clock, sandboxes }: Deps): ResolveLink {
  const kept = new Map<string, Kept>();

  function askOnce(key: string, refresh: boolean, ask: () => Promise<ResolvedLink>): Promise<ResolvedLink> {
    const known = kept.get(key);
    if (known && !refresh && clock() - known.at < keptMs) return known.answer;
    const entry: Kept = { at: clock(), answer: ask() };
    kept.delete(key);
    kept.set(key, entry);
    if (kept.size > keptLists) kept.delete(kept.keys().next().value ?? key);
    const forget = () => {
      if (kept.get(key) === entry) kept.delete(key);
    };
    // What failed is asked for again by the next one.
    entry.answer.then(({ outcome }) => outcome !== "listed" && forget(), forget);
    return entry.answer;
  }

  return async (question) => {
    const { connector, parameter, connection, inputs, refresh } = question;
    const { link } = parameter;
    if (!link) return unsent(`"${parameter.name}" has no list`);
    if (link.kind === "static") return { outcome: "listed", options: link.values, complete: true };
    if (connector.auth.kind !== "none" && !connection) return { outcome: "needs-connection" };
    const missing = missingParameters(question.endpoint, link, inputs);
    if (missing.length > 0) return { outcome: "needs-parameters", parameters: missing };
    const linked = connector.endpoints.find(({ key }) => key === link.endpoint);
    if (!linked) return unsent(`there is no endpoint "${link.endpoint}"`);
    if (effectOf(linked) !== "read") return unsent(`"${linked.name}" may change something, so it cannot give a list`);
    const baseUrl = baseUrlOf(connector, connection, sandboxes);
    if (baseUrl === null) return unsent(missingBaseUrl(connector, connection));
    const built = buildRequest(linked, baseUrl, argumentsOf(question, link));
    if ("problems" in built) return unsent(`"${linked.name}": ${built.problems.map(({ message }) => message).join("; ")}`);
    const { request } = built;
    const shape = [link.items, link.value, link.label ?? null];
    const owner = connection && [connection.id, connection.target, connection.since, connection.credentials];
    const key = hash([fingerprintOf(connector, linked), shape, owner, request]);
    return askOnce(key, refresh, async () => {
      const signal = new AbortController().signal;
      const { limitGroup } = linked;
      const outcome = await outbound.call({ request, connector, connection, idempotency: null, limitGroup, timeoutMs, signal });
      if (outcome.outcome !== "succeeded") return { outcome: "failed", call: outcome };
      const read = readOptions(outcome, link);
      if ("message" in read) return { outcome: "mismatch", message: read.message, answer: cutSample(outcome.body) };
      // Of a list that the API searches nobody knows how long it is.
      return { outcome: "listed", options: read.options, complete: read.complete && link.search === undefined };
    });
  };
}

/** The answer that people get: searched, at most 1,000 options. */
export function shownOptions(
  resolved: ResolvedLink,
  { parameter, search }: Pick<LinkQuestion, "parameter" | "search">,
): LinkOptions {
  if (resolved.outcome === "failed") {
    const { call } = resolved;
    const status = "status" in call ? call.status : null;
    const retryAfterMs = "retryAfterMs" in call ? (call.retryAfterMs ?? null) : null;
    return { outcome: "failed", status, message: call.message, retryAfterMs };
  }
  if (resolved.outcome !== "listed") return resolved;
  const { link } = parameter;
  const searchedByApi = link?.kind === "dynamic" && link.search !== undefined;
  const found = searchedByApi ? resolved.options : matching(resolved.options, search);
  const options = found.slice(0, mostShown);
  return { outcome: "listed", options, complete: resolved.complete && options.length === found.length };
}

const mostShown = 1_000;

function matching(options: LinkOption[], search: string): LinkOption[] {
  const wanted = search.trim().toLowerCase();
  return wanted === "" ? options : options.filter(({ label }) => label.toLowerCase().includes(wanted));
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

function argumentsOf({ endpoint, inputs, search }: LinkQuestion, link: DynamicLink): Record<string, Json | undefined> {
  const args = Object.entries(link.args).map(([key, argument]): [string, Json | undefined] => {
    if ("value" in argument) return [key, argument.value];
    const parameter = endpoint.parameters.find((candidate) => candidate.key === argument.from);
    return [key, inputOf(inputs, argument.from) ?? parameter?.default];
  });
  if (link.search !== undefined && search.trim() !== "") args.push([link.search, search.trim()]);
  return Object.fromEntries(args);
}

/** Own inputs only: a parameter may be called "constructor". */
function inputOf(inputs: LinkQuestion["inputs"], key: string): Json | undefined {
  return (Object.hasOwn(inputs, key) ? inputs[key] : undefined) ?? undefined;
}

function isFilled(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

function unsent(message: string): ResolvedLink {
  return { outcome: "failed", call: { outcome: "blocked", reason: "link", message, durationMs: 0 } };
}

function hash(parts: Json): string {
  // Credentials are among the parts, and the key stays in memory for a while.
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
