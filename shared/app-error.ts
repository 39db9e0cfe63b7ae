/** Stable codes of faults. Normal outcomes are unions with an `outcome`; only what should not happen is thrown. */
export type ErrorCode =
  | "bad_request"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "invalid_document"
  | "unavailable"
  | "config"
  | "catalog"
  | "vault"
  | "internal";

/** A fault with a stable code; `details` may go to the caller, `cause` only to the operator's log. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; details?: Record<string, unknown> }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options?.details;
  }
}

/** For the end of a switch over a union: the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new AppError("internal", `unexpected variant ${JSON.stringify(value)}`);
}

/** The database or another part of the product does not answer just now: the same again may succeed. */
export function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && error.code === "unavailable";
}
