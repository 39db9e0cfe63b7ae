import { buildRequest, type RequestToSend } from "../../shared/connector/build-request.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import { cutSample } from "../../shared/connector/infer-schema.ts";
import { firstPageInputs, itemsOf, nextPage } from "../../shared/connector/next-page.ts";
import type { DynamicLink } from "../../shared/connector/parameter-link.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import { announcesMore, noOptions, type OptionList, readOptions } from "./read-options.ts";

export type FailedCall = Exclude<CallOutcome, { outcome: "succeeded" }>;

/** Pages of a list. `next`: what to ask for the one after them, null after the last one. */
export type FetchedList = {
  outcome: "listed";
  list: OptionList;
  pages: number;
  /** Items that came, as the linked endpoint's pagination counts them. */
  items: number;
  next: { request: RequestToSend; cursor: Json | undefined } | null;
  /** The last answer announced more than its pagination gives. */
  announced: boolean;
  /** By which the API can say that a list of one page is still the same. */
  etag: string | null;
};
export type FetchOutcome =
  | FetchedList
  | { outcome: "failed"; call: FailedCall }
  | { outcome: "mismatch"; message: string; answer: Json };

export type ListSource = {
  linked: Endpoint;
  link: DynamicLink;
  baseUrl: string;
  /** Of the first page, by the linked endpoint's parameters. */
  inputs: Record<string, Json>;
  send(request: RequestToSend): Promise<CallOutcome>;
};

/** The request for the first page, or why there can be none. */
export function firstRequest({ linked, baseUrl, inputs }: Omit<ListSource, "send">): RequestToSend | string {
  const first = linked.pagination ? firstPageInputs(linked.pagination, inputs) : inputs;
  const built = buildRequest(linked, baseUrl, first);
  return "request" in built ? built.request : `"${linked.name}": ${built.problems.map(({ message }) => message).join("; ")}`;
}

/**
 * Fetches pages until there are `maxPages`, or none is left, or the list is full. `kept`: pages to go on from, or a list to be
 * renewed, which costs no more than a 304 (RFC 9110, 15.4.5) where it was one page and had an ETag.
 */
export async function fetchList(
  source: ListSource,
  first: RequestToSend,
  { maxPages, kept }: { maxPages: number; kept: { answer: FetchedList; use: "continue" | "renew" } | null },
): Promise<FetchOutcome> {
  const renewed = kept?.use === "renew" && kept.answer.pages === 1 && kept.answer.etag !== null ? kept.answer : null;
  let soFar: FetchedList = kept?.use === "continue" ? kept.answer : startOf(first);
  while (soFar.next !== null && soFar.pages < maxPages && !soFar.list.full) {
    const { request, cursor } = soFar.next;
    const outcome = await source.send(renewed ? conditional(request, renewed.etag) : request);
    if (renewed && "status" in outcome && outcome.status === 304) return renewed;
    if (outcome.outcome !== "succeeded") return { outcome: "failed", call: outcome };
    const list = readOptions(soFar.list, outcome, source.link);
    if ("message" in list) return { outcome: "mismatch", message: list.message, answer: cutSample(outcome.body) };
    const items = soFar.items + countOf(source.linked, outcome.body);
    const pages = soFar.pages + 1;
    const next = following(source, { items, pages, cursor, request, answer: outcome });
    if (typeof next === "string") return { outcome: "mismatch", message: next, answer: cutSample(outcome.body) };
    const { headers } = outcome;
    const announced = announcesMore(outcome);
    soFar = { ...soFar, list, items, pages, next, announced, etag: next === null ? (headers.etag ?? null) : null };
  }
  return soFar;
}

function startOf(request: RequestToSend): FetchedList {
  return {
    outcome: "listed",
    list: noOptions,
    pages: 0,
    items: 0,
    next: { request, cursor: undefined },
    announced: false,
    etag: null,
  };
}

function conditional(request: RequestToSend, etag: string | null): RequestToSend {
  return etag === null ? request : { ...request, headers: { ...request.headers, "if-none-match": etag } };
}

function countOf({ pagination }: Endpoint, body: Json): number {
  return pagination ? (itemsOf(pagination, body)?.length ?? 0) : 0;
}

type Page = {
  items: number;
  pages: number;
  cursor: Json | undefined;
  request: RequestToSend;
  answer: { headers: Record<string, string>; body: Json };
};

/** Null after the last page; words where the next one is nowhere. */
function following(source: ListSource, { items, pages, cursor, request, answer }: Page): FetchedList["next"] | string {
  const { pagination } = source.linked;
  if (!pagination) return null;
  const inputs = firstPageInputs(pagination, source.inputs);
  const next = nextPage(pagination, { inputs, pages, items, last: answer, cursor });
  switch (next.page) {
    case "none":
      return null;
    case "link":
      return URL.canParse(next.target, request.url)
        ? { request: { ...request, url: new URL(next.target, request.url).href }, cursor: undefined }
        : `the next page is at "${next.target.slice(0, 200)}", which is no URL`;
    case "inputs": {
      const built = firstRequest({ ...source, inputs: next.inputs });
      const asked = pagination.kind === "cursor" ? next.inputs[pagination.parameter] : undefined;
      return typeof built === "string" ? built : { request: built, cursor: asked };
    }
  }
}
