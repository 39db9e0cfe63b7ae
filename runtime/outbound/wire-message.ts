import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { Json } from "../../shared/json.ts";
import type { Credential } from "./authorize.ts";
import { encodeBody, withField } from "./encode-body.ts";
import { wireHeaders } from "./wire-headers.ts";

/** `body` is what people may see of it, `bytes` what is sent. */
export type WireMessage = { method: string; path: string; headers: string[]; body: Json; bytes: string | Buffer | null };

type Outgoing = {
  request: RequestToSend;
  idempotency: { header: string; key: string } | null;
  own?: Record<string, string> | null;
};

/** Everything that is sent, the credential in its place. `path`: path and query of the request; `own`: headers of ours, which win. */
export function wireMessage(
  { request, idempotency, own = null }: Outgoing,
  path: string,
  credential: Credential | null,
): WireMessage | { problem: string } {
  const extra: Record<string, string> = {};
  if (idempotency) extra[idempotency.header] = idempotency.key;
  let filled = request;
  let at = path;
  for (const { in: place, name, prefix, value } of credential?.parts ?? []) {
    if (place === "header") extra[name] = prefix + value;
    else if (place === "query") at = withQuery(at, name, value);
    else {
      const next = withField(filled, { name, value });
      if ("problem" in next) return next;
      filled = { ...filled, body: next.body };
    }
  }
  for (const name in own) extra[name] = own[name] ?? "";
  const encoded = encodeBody(filled);
  const headers = wireHeaders(request, encoded?.contentType ?? null, extra);
  if ("problem" in headers) return headers;
  return { method: request.method, path: at, headers: headers.headers, body: filled.body, bytes: encoded?.bytes ?? null };
}

/** A lone surrogate has no UTF-8 form; encodeURIComponent would throw on it. */
function withQuery(path: string, name: string, value: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`;
}
