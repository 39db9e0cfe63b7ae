import { z } from "zod";
import { Json } from "../json.ts";
import type { Effect } from "../run/call-outcome.ts";
import { Pagination } from "./pagination.ts";
import { Parameter } from "./parameter.ts";
import { LimitGroup } from "./rate-limit.ts";

export const HttpMethod = z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]);
export type HttpMethod = z.infer<typeof HttpMethod>;

/** A readable slug by which flows and links name an endpoint. */
export const EndpointKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a slug: lower-case letters, digits, hyphens; at most 63");

/**
 * How the body parameters are written: as fields of a JSON object (what is left out means this), of a form, or as parts of a multipart
 * body; `value`: the one body parameter is the whole JSON body, e.g. an array; `raw`: it is the text that is sent.
 */
export const EndpointBody = z.object({
  as: z.enum(["json", "form", "multipart", "value", "raw"]),
  /** Instead of the usual one, e.g. `application/merge-patch+json`; for `raw` it is `text/plain` when left out. */
  contentType: z
    .string()
    .max(120)
    .regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(; ?[\w-]+=[\w.-]+)*$/, "must be a media type, e.g. text/csv")
    .optional(),
});
export type EndpointBody = z.infer<typeof EndpointBody>;

/** What an answer must be for a test to pass, beside its status being below 300. */
export const Assertion = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("status"), equals: z.int().min(100).max(599) }),
  /** A value in the answer's body: it is there, or it is this. */
  z.object({ kind: z.literal("value"), path: z.string().min(1, "enter a path").max(300), equals: Json.optional() }),
  /** The body fits the endpoint's response schema. */
  z.object({ kind: z.literal("schema") }),
]);
export type Assertion = z.infer<typeof Assertion>;

/** How an endpoint is tested: sample inputs, which may take a value from an earlier test by `{{tests.<endpoint>.body.id}}`. */
export const TestPlan = z.object({
  inputs: z.record(z.string(), Json).default({}),
  assertions: z.array(Assertion).max(50).default([]),
});
export type TestPlan = z.infer<typeof TestPlan>;

/** One outbound operation: method and path (`/users/:id` or `/users/{id}`), with its declared parameters. */
export const Endpoint = z.object({
  key: EndpointKey,
  name: z.string().min(1, "enter a display name").max(120),
  description: z.string().max(2_000).optional(),
  method: HttpMethod,
  path: z.string().startsWith("/", "must start with /").max(2_000),
  /** Overrides what the method says: a POST search is a read. */
  effect: z.enum(["read", "idempotent", "unsafe"]).optional(),
  /** A call of it costs money or credits. */
  billed: z.boolean().optional(),
  /** Request header that makes a repeated call harmless, when the API has one. */
  idempotencyHeader: z.string().optional(),
  /** Which of the connector's limits its calls count in. */
  limitGroup: LimitGroup.optional(),
  parameters: z.array(Parameter).max(500),
  body: EndpointBody.optional(),
  pagination: Pagination.optional(),
  test: TestPlan.optional(),
  /** Its key in the file that it was imported from, by which a later import of that file finds it again. */
  imported: z.string().max(300).optional(),
  /** JSON Schema of a successful answer's body, when known; holds no `$ref`. */
  responseSchema: Json.optional(),
  /** `pulled`: it was inferred from a test's answer, so it may know less than the API gives. */
  responseOrigin: z.enum(["declared", "pulled"]).optional(),
  /** An answer as it once came, cut to `sampleLimits`: what data trees show. */
  responseSample: Json.optional(),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** RFC 9110, 9.2: GET is safe; PUT and DELETE are idempotent; POST and PATCH are neither. */
export function effectOf(endpoint: Pick<Endpoint, "effect" | "method">): Effect {
  if (endpoint.effect) return endpoint.effect;
  if (endpoint.method === "GET") return "read";
  return endpoint.method === "PUT" || endpoint.method === "DELETE" ? "idempotent" : "unsafe";
}

/** RFC 9110, 9.3.1 and 9.3.5: content of a GET or DELETE has no meaning. */
export function takesBody(method: HttpMethod): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
