import type { Dispatcher } from "undici";
import { describe, expect, test } from "vitest";
import { send, type WireRequest } from "./send.ts";

/** Holds a request as undici's queue does, until the test lets it begin. */
function createQueue() {
  const handlers: Dispatcher.DispatchHandler[] = [];
  const aborted: unknown[] = [];
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    abort: (reason) => aborted.push(reason),
    pause: () => {},
    resume: () => {},
  };
  // Only `dispatch` is used of a dispatcher.
  const dispatcher = { dispatch: (_: unknown, handler: Dispatcher.DispatchHandler) => handlers.push(handler) > 0 };
  return {
    dispatcher: dispatcher as unknown as Dispatcher,
    aborted,
    begin: () => handlers[0]?.onRequestStart?.(controller, null),
    fail: (error: Error) => handlers[0]?.onResponseError?.(controller, error),
  };
}

const abort = new AbortController();
const request: WireRequest = {
  origin: "https://api.example.com",
  path: "/",
  method: "POST",
  headers: [],
  body: "{}",
  maxBytes: 10,
  timeoutMs: 5,
  signal: abort.signal,
};

describe("a request that waits for a connection", () => {
  test("is not sent any more when its time is over", async () => {
    const { dispatcher, aborted, begin } = createQueue();
    expect(await send(dispatcher, request)).toEqual({ sent: "unsent", message: "no connection within 5 ms" });
    begin();
    expect(aborted).toHaveLength(1);
  });

  test("is not sent any more when it is canceled", async () => {
    const { dispatcher, aborted, begin } = createQueue();
    const sent = send(dispatcher, { ...request, timeoutMs: 10_000 });
    abort.abort();
    expect(await sent).toEqual({ sent: "canceled" });
    begin();
    expect(aborted).toHaveLength(1);
  });
});

test("a request is withheld that may not start any more when its connection is there", async () => {
  const { dispatcher, aborted, begin } = createQueue();
  let ours = true;
  const signal = new AbortController().signal;
  const sent = send(dispatcher, { ...request, timeoutMs: 10_000, signal, mayStart: () => ours });
  ours = false;
  begin();
  expect(await sent).toEqual({ sent: "withheld" });
  expect(aborted).toHaveLength(1);
});

test("a request that the client begins to send again is stopped: it may have been performed", async () => {
  const { dispatcher, aborted, begin } = createQueue();
  const sent = send(dispatcher, { ...request, signal: new AbortController().signal });
  begin();
  begin();
  expect(await sent).toEqual({ sent: "broken", message: "the connection was lost" });
  expect(aborted).toHaveLength(1);
});

test("says the cause when every address of a name failed", async () => {
  const { dispatcher, fail } = createQueue();
  const sent = send(dispatcher, { ...request, signal: new AbortController().signal });
  const cause = Object.assign(new TypeError(""), { code: "ECONNREFUSED" });
  fail(new AggregateError([cause]));
  expect(await sent).toEqual({ sent: "unsent", message: "the connection failed (ECONNREFUSED)" });
});
