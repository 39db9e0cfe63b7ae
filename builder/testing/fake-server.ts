import { vi } from "vitest";

export type Call = { method: string; path: string; query: Record<string, string>; body: unknown; headers: Headers };
type Answer = unknown | ((call: Call) => unknown);

/** An answer other than 200. */
export class Refused {
  readonly status: number;
  readonly body: unknown;
  constructor(status: number, code: string, message: string, details?: Record<string, unknown>) {
    this.status = status;
    this.body = { error: { code, message, requestId: "req_test", ...(details ? { details } : {}) } };
  }
}

/**
 * Stands where the network is: answers `METHOD /path` below /api/v1 with what it is given, anything else with 404. Answers may be
 * replaced while a test goes on; `calls` is what was asked, in order.
 */
export function fakeServer(answers: Record<string, Answer>) {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const url = new URL(input, "http://patchbay.test");
    const call: Call = {
      method: init.method ?? "GET",
      path: url.pathname.replace(/^\/api\/v1/, ""),
      query: Object.fromEntries(url.searchParams),
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
      headers: new Headers(init.headers),
    };
    calls.push(call);
    const key = `${call.method} ${call.path}`;
    const known = Object.hasOwn(answers, key) ? answers[key] : new Refused(404, "not_found", `there is no ${key}`);
    const answer = typeof known === "function" ? known(call) : known;
    if (answer instanceof Refused) return json(answer.status, answer.body);
    return json(200, await answer);
  });
  return { answers, calls, callsTo: (key: string) => calls.filter((call) => `${call.method} ${call.path}` === key) };
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", "x-request-id": "req_test" },
  });
}
