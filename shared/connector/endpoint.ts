import { z } from "zod";
import { Json } from "../json.ts";
import type { Effect } from "../run/call-outcome.ts";
import { Parameter } from "./parameter.ts";

export const HttpMethod = z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]);
export type HttpMethod = z.infer<typeof HttpMethod>;

/** One outbound operation: method and path (`/users/:id` or `/users/{id}`), with its declared parameters. */
export const Endpoint = z.object({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  name: z.string().min(1).max(120),
  description: z.string().max(2_000).optional(),
  method: HttpMethod,
  path: z.string().startsWith("/").max(2_000),
  /** Overrides what the method says: a POST search is a read. */
  effect: z.enum(["read", "idempotent", "unsafe"]).optional(),
  /** Request header that makes a repeated call harmless, when the API has one. */
  idempotencyHeader: z.string().optional(),
  parameters: z.array(Parameter).max(500),
  /** JSON Schema of a successful answer's body, when known. */
  responseSchema: Json.optional(),
});
export type Endpoint = z.infer<typeof Endpoint>;

/** RFC 9110, 9.2: GET is safe; PUT and DELETE are idempotent; POST and PATCH are neither. */
export function effectOf(endpoint: Endpoint): Effect {
  if (endpoint.effect) return endpoint.effect;
  if (endpoint.method === "GET") return "read";
  return endpoint.method === "PUT" || endpoint.method === "DELETE" ? "idempotent" : "unsafe";
}
