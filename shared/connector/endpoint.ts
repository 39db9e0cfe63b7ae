import { z } from "zod";
import { Json } from "../json.ts";
import type { Effect } from "../run/call-outcome.ts";
import { Parameter } from "./parameter.ts";
import { LimitGroup } from "./rate-limit.ts";

export const HttpMethod = z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]);
export type HttpMethod = z.infer<typeof HttpMethod>;

/** A readable slug by which flows and links name an endpoint. */
export const EndpointKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "must be a slug: lower-case letters, digits, hyphens; at most 63");

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
