import { z } from "zod";
import { Json } from "../json.ts";

/** Path of a value in an answer, e.g. `data.projects`; "" is the whole. */
const AnswerPath = z.string().max(300);

/** Limits a parameter to listed values ("Create an enumerate value"). Values keep their JSON type. */
export const StaticLink = z.object({
  kind: z.literal("static"),
  values: z
    .array(z.object({ value: z.union([z.string(), z.number(), z.boolean()]), label: z.string().max(200) }))
    .min(1, "enter at least one value")
    .max(500, "at most 500 values"),
  /** Values outside the list are sent too. */
  allowCustom: z.boolean().default(false),
});
export type StaticLink = z.infer<typeof StaticLink>;

/** Where an argument of the linked endpoint comes from: another parameter of the same endpoint, by key, or a fixed value. */
export const LinkArgument = z.union([z.strictObject({ from: z.string().max(120) }), z.strictObject({ value: Json })]);
export type LinkArgument = z.infer<typeof LinkArgument>;

/** Limits a parameter to a list that another endpoint of the connector gives ("Create a parameter link"). */
export const DynamicLink = z.object({
  kind: z.literal("dynamic"),
  /** Linked endpoint, by key: a read. */
  endpoint: z.string(),
  /** The array in its answer; "" when the answer is the array. */
  items: AnswerPath,
  /** Linked parameter: the value to send, within an item; "" when the item is the value. */
  value: AnswerPath,
  /** Display parameter: what people see, a path within an item or a text with paths in braces, `{name} ({key})`; left out, the value. */
  label: AnswerPath.optional(),
  /** A second line for each item, written as `label` is. */
  description: AnswerPath.optional(),
  /** Where an item says (by anything but false, null, 0 and "") that it cannot be chosen. */
  disabledWhen: AnswerPath.optional(),
  /** By key of the linked endpoint's parameter. */
  args: z.record(z.string(), LinkArgument).default({}),
  /** Parameter of the linked endpoint that takes what a person types; left out, the fetched list is searched. */
  search: z.string().optional(),
  /** Fewer characters are not sent to the API. */
  searchMinimum: z.int().min(0).max(10).optional(),
  /** How many pages of the linked endpoint's pagination are fetched for one list; `usualLink.maxPages` when left out. */
  maxPages: z.int().min(1).max(100).optional(),
  /** Finds one item by its value, for a value that is not among the fetched ones. `argument`: parameter of that endpoint. */
  resolve: z.object({ endpoint: z.string(), argument: z.string(), item: AnswerPath.default("") }).optional(),
  /** How long a list is kept, in seconds; `usualLink.keepSeconds` when left out. */
  keepSeconds: z.int().min(0).max(86_400).optional(),
  /** What becomes of a value outside the list when a call is made: it is refused (what left out means), or sent. */
  validateAtRun: z.enum(["error", "off"]).optional(),
  allowCustom: z.boolean().default(false),
});
export type DynamicLink = z.infer<typeof DynamicLink>;

export const ParameterLink = z.discriminatedUnion("kind", [StaticLink, DynamicLink]);
export type ParameterLink = z.infer<typeof ParameterLink>;

/** What a dynamic link does where it says nothing. */
export const usualLink = { maxPages: 5, keepSeconds: 300 };

/** What of a search goes to the API; "" when nothing does, and then the fetched list is searched. */
export function sentSearch({ search, searchMinimum = 1 }: Pick<DynamicLink, "search" | "searchMinimum">, typed: string): string {
  const wanted = typed.trim();
  return search !== undefined && wanted.length >= Math.max(searchMinimum, 1) ? wanted : "";
}

/** One entry of a list. */
export const LinkOption = z.object({
  value: Json,
  label: z.string(),
  description: z.string().optional(),
  disabled: z.boolean().optional(),
});
export type LinkOption = z.infer<typeof LinkOption>;

/** What asking for a list came to; every state has its own words in the interface. */
export const LinkOptions = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("listed"),
    options: z.array(LinkOption),
    /** False: the API may know more values than these. */
    complete: z.boolean(),
    /** How many pages these are; `more`: the next one can be asked for. Left out for lists that are not fetched page by page. */
    paging: z.object({ pages: z.int(), more: z.boolean() }).optional(),
    /** The entry of the `value` that was asked about, null when the API knows none; left out when nobody knows. */
    chosen: LinkOption.nullable().optional(),
  }),
  z.object({ outcome: z.literal("needs-connection") }),
  /** Names of the parameters that must be filled in first. */
  z.object({ outcome: z.literal("needs-parameters"), parameters: z.array(z.object({ key: z.string(), name: z.string() })) }),
  /** The linked endpoint did not give a list: its own answer. */
  z.object({
    outcome: z.literal("failed"),
    status: z.int().nullable(),
    message: z.string(),
    retryAfterMs: z.int().nullable(),
    /** Left out: any other. */
    reason: z.enum(["unauthorized", "rate-limited"]).optional(),
    /** By which the API's own support finds the call. */
    requestId: z.string().optional(),
  }),
  /** It answered, but the array or the value is not where the link says; `answer` shows what was there, cut. */
  z.object({ outcome: z.literal("mismatch"), message: z.string(), answer: Json }),
]);
export type LinkOptions = z.infer<typeof LinkOptions>;
