import type { BodyInput, Params, QueryInput, Response as ResponseOf, Route } from "../../shared/api/route.ts";
import { errorOf, unreachableServer } from "./api-error.ts";

/**
 * Where a route of the contract is. The compiler holds method and path to the contract's value (both are literal types there),
 * so the schemas, and with them zod, stay out of the first chunk.
 */
export type Place<R extends Route> = {
  method: R["method"];
  path: R["path"];
  /** Carries the type only; never there at run time. */
  route?: R;
};

export function at<R extends Route>(method: R["method"], path: R["path"]): Place<R> {
  return { method, path };
}

type Part<R extends Route, Key extends "params" | "query" | "body", Value> = undefined extends R[Key]
  ? { [K in Key]?: undefined }
  : { [K in Key]: Value };
export type Input<R extends Route> = Part<R, "params", Params<R>> &
  Part<R, "query", QueryInput<R>> &
  Part<R, "body", BodyInput<R>>;

const base = "/api/v1";

/** Calls a route and gives its answer; throws an `ApiError`, unless `signal` ended it. */
export async function call<R extends Route>(place: Place<R>, input: Input<R>, signal?: AbortSignal): Promise<ResponseOf<R>> {
  const url = base + fillPath(place.path, input.params) + queryText(input.query);
  return exchange(url, requestOf(place.method, input.body, signal));
}

/** Sends a file as it is to a route that takes one; throws an `ApiError`. */
export function upload<R extends Route & { upload: true }>(place: Place<R>, file: Blob): Promise<ResponseOf<R>> {
  return exchange(base + place.path, { ...requestOf(place.method, undefined, undefined), body: file });
}

async function exchange<Answer>(url: string, request: RequestInit): Promise<Answer> {
  const response = await send(url, request);
  if (!response.ok) {
    const refusal: unknown = await response.json().catch(() => null);
    throw errorOf(response.status, response.headers.get("x-request-id"), refusal);
  }
  const body: unknown = await response.json().catch((cause: unknown) => {
    if (request.signal?.aborted) throw cause;
    // The connection broke in the middle of the answer: that is no answer.
    throw unreachableServer(cause);
  });
  // The server is built from the same contract and checks it: the one place where an answer gets its type.
  return body as Answer;
}

/** The address of a live stream, with the entry after which it goes on. */
export function streamUrl(path: string, params: Record<string, string | number>, after?: number): string {
  return base + fillPath(path, params) + (after === undefined ? "" : `?after=${after}`);
}

function requestOf(method: string, body: unknown, signal: AbortSignal | undefined): RequestInit {
  const headers: Record<string, string> = { accept: "application/json" };
  // The server's CSRF check: a page of another origin cannot set a header without asking first.
  if (method !== "GET") headers["x-patchbay-request"] = "1";
  if (body !== undefined) headers["content-type"] = "application/json";
  const text = body === undefined ? null : JSON.stringify(body);
  return { method, headers, body: text, credentials: "same-origin", signal: signal ?? null };
}

async function send(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (cause) {
    if (request.signal?.aborted) throw cause;
    throw unreachableServer(cause);
  }
}

function fillPath(path: string, params: unknown): string {
  const values = new Map(Object.entries(params ?? {}));
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values.get(name) ?? "")));
}

function queryText(query: unknown): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (given.length === 0) return "";
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
