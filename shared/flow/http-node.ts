import { z } from "zod";
import { Json } from "../json.ts";
import { RetryPolicy } from "../run/retry.ts";
import { stepBase } from "./node-base.ts";
import { UnknownOutcomePolicy } from "./unknown-outcome.ts";

/** One request to a URL that no connector describes; with a connection, to its connector's host and with its credentials. */
export const HttpNode = z.object({
  ...stepBase,
  kind: z.literal("http"),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  /** May hold templates. */
  url: z.string().max(8_000),
  query: z.record(z.string().max(200), Json).default({}),
  headers: z.record(z.string().max(200), z.string().max(8_000)).default({}),
  /** `json`: any value; `form`: an object of fields; `text`: a text. */
  bodyType: z.enum(["none", "json", "form", "text"]).default("none"),
  body: Json.default(null),
  connector: z.string().max(63).nullable().default(null),
  connection: z.string().nullable().default(null),
  /** Left out: told by the method (RFC 9110, 9.2). */
  effect: z.enum(["read", "idempotent", "unsafe"]).optional(),
  /** The header in which the API takes an idempotency key. */
  idempotencyHeader: z.string().max(120).optional(),
  retry: RetryPolicy.optional(),
  onUnknownOutcome: UnknownOutcomePolicy.optional(),
  timeoutMs: z.int().min(100).max(300_000).optional(),
});
export type HttpNode = z.infer<typeof HttpNode>;
