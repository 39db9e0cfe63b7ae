/** Seconds after which a sender should try again while nothing can be stored. */
export const retryAfter = "2";

/** The body of a refusal is constant per code: a sender learns nothing from it. */
export function refuse(status: number, code: string, requestId: string, headers: Record<string, string> = {}): Response {
  return json(status, { error: { code } }, { "X-Request-Id": requestId, ...headers });
}

export function unavailable(requestId: string): Response {
  return refuse(503, "unavailable", requestId, { "Retry-After": retryAfter });
}

export function json(status: number, body: object, headers: Record<string, string>): Response {
  return send(status, JSON.stringify(body), { "Content-Type": "application/json", ...headers });
}

export function send(status: number, body: string | null, headers: Record<string, string> | Headers): Response {
  // RFC 9110, 6.4.1: 204 and 304 have no content.
  return new Response(status === 204 || status === 304 ? null : body, { status, headers });
}

/** The last value of a name counts, however it is spelled (RFC 9110, 5.1). */
export function inOrder(...parts: Record<string, string>[]): Headers {
  const headers = new Headers();
  for (const part of parts) for (const [name, value] of Object.entries(part)) headers.set(name, value);
  return headers;
}
