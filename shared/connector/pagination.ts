import { z } from "zod";

/** Path in an answer's body, e.g. `meta.next`; "" is the whole. */
const AnswerPath = z.string().max(300);
const parameter = z.string().min(1, "choose a parameter").max(120);
const items = AnswerPath;

/** How an endpoint gives a long list page by page. Parameters are named by key; `items` is where the list is in an answer. */
export const Pagination = z.discriminatedUnion("kind", [
  /** The answer names the next page; it is the last one when `next` is absent, null or "". */
  z.object({ kind: z.literal("cursor"), items, parameter, next: AnswerPath.min(1, "enter where the cursor is") }),
  /** The index of the first item, counted up by what came; the last page is an empty one, or one shorter than `size`. */
  z.object({
    kind: z.literal("offset"),
    items,
    parameter,
    /** Parameter for how many items a page has, and how many are asked for. */
    sizeParameter: parameter.optional(),
    size: z.int().min(1).max(10_000).optional(),
  }),
  /** The number of the page, counted up; ends as `offset` does. */
  z.object({
    kind: z.literal("page"),
    items,
    parameter,
    first: z.int().min(0).max(1).default(1),
    sizeParameter: parameter.optional(),
    size: z.int().min(1).max(10_000).optional(),
  }),
  /** The `Link` header (RFC 8288) has a `rel="next"`, within the same host. */
  z.object({ kind: z.literal("link"), items }),
]);
export type Pagination = z.infer<typeof Pagination>;
