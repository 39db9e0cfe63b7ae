import type { RequestToSend } from "../../../shared/connector/build-request.ts";
import { itemsOf, joinPages, type NextPage, nextPage } from "../../../shared/connector/next-page.ts";
import type { Pagination } from "../../../shared/connector/pagination.ts";
import { parsePath, readPath } from "../../../shared/flow/expression.ts";
import type { CallNode } from "../../../shared/flow/node.ts";
import type { Json } from "../../../shared/json.ts";
import type { CallOutcome } from "../../../shared/run/call-outcome.ts";
import { failed, type StepContext, type StepOutcome } from "../step.ts";
import { inputsOf, requestOf, type Target } from "./call-target.ts";

/** All pages of a step together, in characters of JSON: they are held at once. */
const mostCharacters = 10 * 1024 * 1024;

type Answer = Extract<CallOutcome, { outcome: "succeeded" }>;
export type Paged = { node: CallNode; target: Target; pagination: Pagination; maxPages: number };

/** The recipe by which a step fetches all pages; null for a step that makes one call. */
export function pagedOf(node: CallNode, target: Target): Paged | null {
  const { pagination } = target.endpoint;
  return node.allPages && pagination ? { node, target, pagination, maxPages: node.allPages.maxPages } : null;
}

/** What came with the pages before. */
function bodiesSoFar({ journal, key }: StepContext): Json[] {
  const pages = journal.view.steps[key]?.pages ?? [];
  return pages.map((entry) => journal.values(entry).output ?? null);
}

/**
 * What an answer means for a list: that it is whole (`output`, the pages joined; `more`: the cap was met before its end), that
 * another page is to be asked for, or that it cannot be one.
 */
export async function judgePage(
  { node, target, pagination, maxPages }: Paged,
  answer: Answer,
  context: StepContext,
): Promise<{ whole: Json; pages: number; more: boolean } | { next: true } | StepOutcome> {
  const resolved = await inputsOf(node, target, context);
  if ("outcome" in resolved) return resolved;
  const before = bodiesSoFar(context);
  const bodies = [...before, answer.body];
  if (itemsOf(pagination, answer.body) === null) {
    const place = pagination.items === "" ? "its body" : `"${pagination.items}"`;
    return failed("no_list", `page ${bodies.length} has no list: ${place} is none`, { output: answer.body });
  }
  if (bodies.reduce((sum: number, body) => sum + sizeOf(body), 0) > mostCharacters)
    return failed("too_large", `the first ${bodies.length} pages are larger than 10 MB together: fetch fewer`);
  const next = following(pagination, { bodies, headers: answer.headers, inputs: resolved.inputs });
  if (next.page === "none") return { whole: joinPages(pagination, bodies), pages: bodies.length, more: false };
  return bodies.length < maxPages ? { next: true } : { whole: joinPages(pagination, bodies), pages: bodies.length, more: true };
}

/** The request for the page after those in the journal. */
export async function nextPageRequest(
  { node, target, pagination }: Paged,
  last: { request: RequestToSend; headers: Record<string, string> },
  context: StepContext,
): Promise<{ request: RequestToSend } | StepOutcome> {
  const resolved = await inputsOf(node, target, context);
  if ("outcome" in resolved) return resolved;
  const next = following(pagination, { bodies: bodiesSoFar(context), headers: last.headers, inputs: resolved.inputs });
  switch (next.page) {
    case "inputs":
      return requestOf(target, next.inputs, context);
    case "link":
      // Where it may go is judged like that of any other call.
      return URL.canParse(next.target, last.request.url)
        ? { request: { ...last.request, url: new URL(next.target, last.request.url).href } }
        : failed("no_list", `the next page is at "${next.target.slice(0, 200)}", which is no URL`);
    case "none":
      return failed("journal_incomplete", "there is no page after the last one");
  }
}

/** A page's characters are counted once, however many pages come after it. */
const sizes = new WeakMap<object, number>();

function sizeOf(body: Json): number {
  if (typeof body !== "object" || body === null) return JSON.stringify(body).length;
  const known = sizes.get(body);
  if (known !== undefined) return known;
  const size = JSON.stringify(body).length;
  sizes.set(body, size);
  return size;
}

type Following = { bodies: Json[]; headers: Record<string, string>; inputs: Record<string, Json> };

function following(pagination: Pagination, { bodies, headers, inputs }: Following): NextPage {
  const items = bodies.reduce((sum: number, body) => sum + (itemsOf(pagination, body)?.length ?? 0), 0);
  const before = bodies.at(-2);
  const cursor = pagination.kind === "cursor" && before !== undefined ? cursorIn(before, pagination.next) : undefined;
  return nextPage(pagination, { inputs, pages: bodies.length, items, last: { headers, body: bodies.at(-1) ?? null }, cursor });
}

function cursorIn(body: Json, path: string): Json | undefined {
  const parsed = parsePath(path);
  return parsed ? (readPath(body, parsed) as Json | undefined) : undefined;
}
