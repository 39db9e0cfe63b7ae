import type { ErrorBody } from "../../shared/api/errors.ts";

/** What kept a call from its answer: our server's coded error, or the lack of one. `status` 0: no answer came at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly details: Record<string, unknown> | undefined;

  constructor(fault: {
    status: number;
    code: string;
    message: string;
    requestId?: string | null;
    details?: Record<string, unknown> | undefined;
    cause?: unknown;
  }) {
    super(fault.message, fault.cause === undefined ? undefined : { cause: fault.cause });
    this.name = "ApiError";
    this.status = fault.status;
    this.code = fault.code;
    this.requestId = fault.requestId ?? null;
    this.details = fault.details;
  }
}

/** No answer: the server is down, or the network between is. */
export function unreachableServer(cause: unknown): ApiError {
  return new ApiError({ status: 0, code: "no_answer", message: "the server did not answer", cause });
}

/** Reads an error answer. A body that is not ours (a proxy's page) still gives the status and the request id. */
export function errorOf(status: number, requestId: string | null, body: unknown): ApiError {
  if (isErrorBody(body)) {
    const { code, message, details } = body.error;
    return new ApiError({ status, code, message, details, requestId: body.error.requestId ?? requestId });
  }
  return new ApiError({ status, code: "unreadable_answer", message: `the server answered ${status}`, requestId });
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const { error } = body;
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}
