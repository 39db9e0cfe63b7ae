import { z } from "zod";
import type { ErrorCode } from "../app-error.ts";

/** Every error body of our API. `requestId` equals the `X-Request-Id` header. */
export const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** The one mapping of faults to HTTP. */
export const statusOf: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  invalid_document: 422,
  unavailable: 503,
  config: 500,
  catalog: 500,
  vault: 500,
  internal: 500,
};
