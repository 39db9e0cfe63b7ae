import type { Dispatcher } from "undici";
import { AppError } from "../../shared/app-error.ts";
import { type Refusal, refusalIn } from "./guard.ts";

/** One request as it goes over the wire; `headers` has names and values in turn. */
export type WireRequest = {
  origin: string;
  path: string;
  method: string;
  headers: string[];
  body: string | Buffer | null;
  /** Cap of the answer as received, in bytes. */
  maxBytes: number;
  /** For everything from queueing to the last byte: a slow drip does not prolong it. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Asked in the turn in which the first byte leaves: when it says no, nothing does. */
  mayStart?: () => boolean;
};

/** `unsent`: no byte of the request left. `broken`, `timed-out`, `too-large`: it may have been performed. */
export type Sent =
  | { sent: "received"; status: number; headers: Record<string, string>; body: Buffer }
  | { sent: "unsent"; message: string }
  /** `mayStart` said no. */
  | { sent: "withheld" }
  | { sent: "blocked"; refusal: Refusal }
  | { sent: "broken"; message: string }
  | { sent: "timed-out"; message: string }
  | { sent: "too-large"; message: string }
  | { sent: "canceled" };

/** Sends one request and collects its answer, undecoded. Follows no redirect, repeats nothing, rejects never. */
export function send(dispatcher: Dispatcher, request: WireRequest): Promise<Sent> {
  if (request.signal.aborted) return Promise.resolve({ sent: "canceled" });
  return new Promise((resolve) => {
    const exchange = createExchange(request, (result) => {
      clearTimeout(timer);
      request.signal.removeEventListener("abort", cancel);
      resolve(result);
    });
    const cancel = () => exchange.stop({ sent: "canceled" });
    const timer = setTimeout(exchange.expire, request.timeoutMs);
    request.signal.addEventListener("abort", cancel, { once: true });
    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: request.headers,
        body: request.body,
        // One timer above is enough; undici's own would only restart with every byte.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      exchange.handler,
    );
  });
}

type Exchange = { handler: Dispatcher.DispatchHandler; stop(result: Sent): void; expire(): void };

function createExchange(request: WireRequest, finish: (result: Sent) => void): Exchange {
  let controller: Dispatcher.DispatchController | null = null;
  let done = false;
  let status = 0;
  let headers: Record<string, string> = {};
  const chunks: Buffer[] = [];
  let bytes = 0;

  function settle(result: Sent): void {
    if (done) return;
    done = true;
    finish(result);
  }
  function stop(result: Sent): void {
    settle(result);
    // Before the start there is nothing to abort: onRequestStart sees `done` and lets nothing out.
    controller?.abort(stopped);
  }
  function expire(): void {
    const waited = `within ${request.timeoutMs} ms`;
    if (!controller) stop({ sent: "unsent", message: `no connection ${waited}` });
    else stop({ sent: "timed-out", message: `${status === 0 ? "no answer" : "the answer was not complete"} ${waited}` });
  }
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // A second start would be a silent repetition by the client: retries are the engine's decision.
      if (controller) settle({ sent: "broken", message: "the connection was lost" });
      else if (request.mayStart?.() === false) settle({ sent: "withheld" });
      if (done) started.abort(stopped);
      else controller = started;
    },
    onResponseStart(_, code, received) {
      if (code < 200) return;
      status = code;
      headers = flatten(received);
      const length = Number(headers["content-length"] ?? 0);
      if (length > request.maxBytes) stop(tooLarge(request.maxBytes));
    },
    onResponseData(_, chunk) {
      bytes += chunk.length;
      if (bytes > request.maxBytes) stop(tooLarge(request.maxBytes));
      else chunks.push(chunk);
    },
    onResponseEnd() {
      const [first] = chunks;
      const body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      settle({ sent: "received", status, headers, body });
    },
    onResponseError(_, error) {
      settle(failure(error, controller !== null));
    },
  };
  return { handler, stop, expire };
}

const stopped = new AppError("unavailable", "the call was stopped");

function tooLarge(maxBytes: number): Sent {
  return { sent: "too-large", message: `the answer is larger than ${maxBytes} bytes` };
}

function failure(error: Error, started: boolean): Sent {
  const refusal = refusalIn(error);
  if (refusal) return { sent: "blocked", refusal };
  if (!started) return { sent: "unsent", message: describe(error) };
  return codeOf(error) === "UND_ERR_HEADERS_OVERFLOW"
    ? { sent: "too-large", message: "the answer's headers are too large" }
    : { sent: "broken", message: describe(error) };
}

/** A connection that tried several addresses fails with all their errors and no message of its own. */
function describe(error: Error): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const told = inner instanceof Error ? inner : error;
  const code = codeOf(told);
  return code && !told.message.includes(code) ? `${told.message || "the connection failed"} (${code})` : told.message;
}

function codeOf(error: Error): string | null {
  return "code" in error && typeof error.code === "string" ? error.code : null;
}

/** Repeated headers are joined as RFC 9110, 5.3 allows. */
function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}
