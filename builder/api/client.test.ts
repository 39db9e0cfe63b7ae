import { afterEach, expect, test, vi } from "vitest";
import { fakeServer, Refused } from "../testing/fake-server.ts";
import { ApiError } from "./api-error.ts";
import { call, streamUrl } from "./client.ts";
import * as routes from "./routes.ts";

afterEach(() => vi.unstubAllGlobals());

async function faultOf(answer: Promise<unknown>): Promise<ApiError> {
  const fault = await answer.catch((error: unknown) => error);
  if (!(fault instanceof ApiError)) return expect.unreachable("it was answered");
  return fault;
}

test("fills in the path, leaves empty query values out, and sends no body with GET", async () => {
  const server = fakeServer({ "GET /runs": { runs: [], next: null }, "GET /flows/a%2Fb": {} });
  await call(routes.listRuns, { query: { status: "failed", flow: undefined, limit: 10 } });
  await call(routes.getFlow, { params: { flow: "a/b" } });
  expect(server.calls.map(({ path, query, body }) => [path, query, body])).toEqual([
    ["/runs", { status: "failed", limit: "10" }, undefined],
    ["/flows/a%2Fb", {}, undefined],
  ]);
});

test("marks every request that changes something, and no other", async () => {
  const server = fakeServer({
    "GET /flows": { flows: [] },
    "DELETE /session": {},
    "POST /flows/f/runs": { run: "r", event: "e" },
  });
  await call(routes.listFlows, {});
  await call(routes.signOut, {});
  await call(routes.runFlow, { params: { flow: "f" }, body: { body: { a: 1 } } });
  expect(server.calls.map((each) => each.headers.get("x-patchbay-request"))).toEqual([null, "1", "1"]);
  expect(server.calls.at(-1)?.body).toEqual({ body: { a: 1 } });
});

test("turns an error body into a fault with its code, details and request id", async () => {
  fakeServer({ "GET /flows": new Refused(409, "conflict", "somebody saved first", { revision: 4 }) });
  const fault = await faultOf(call(routes.listFlows, {}));
  expect({ ...fault, message: fault.message }).toMatchObject({
    status: 409,
    code: "conflict",
    message: "somebody saved first",
    requestId: "req_test",
    details: { revision: 4 },
  });
});

test("keeps status and request id of an answer that is not ours", async () => {
  vi.stubGlobal("fetch", async () => new Response("<html>", { status: 502, headers: { "x-request-id": "proxy-1" } }));
  const fault = await faultOf(call(routes.listFlows, {}));
  expect([fault.status, fault.code, fault.requestId]).toEqual([502, "unreadable_answer", "proxy-1"]);
});

test("tells an absent server from one that says no", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const fault = await faultOf(call(routes.listFlows, {}));
  expect([fault.status, fault.code]).toEqual([0, "no_answer"]);
  expect(fault.cause).toBeInstanceOf(TypeError);
});

test("takes an answer that broke off in its middle for no answer, whatever its status says", async () => {
  const body = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"runs": ['));
        controller.error(new TypeError("network error"));
      },
    });
  vi.stubGlobal("fetch", async () => new Response(body(), { status: 200 }));
  const fault = await faultOf(call(routes.listFlows, {}));
  expect([fault.status, fault.code]).toEqual([0, "no_answer"]);
});

test("passes an abort on as what it is", async () => {
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => Promise.reject(signal?.reason));
  const abort = new AbortController();
  abort.abort();
  await expect(call(routes.listFlows, {}, abort.signal)).rejects.toHaveProperty("name", "AbortError");
});

test("asks a stream to go on after an entry", () => {
  expect(streamUrl(routes.runStream, { run: "run_1" }, 12)).toBe("/api/v1/live/runs/run_1?after=12");
  expect(streamUrl(routes.workspaceStream, {})).toBe("/api/v1/live/workspace");
});
