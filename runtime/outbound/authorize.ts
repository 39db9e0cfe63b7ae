import type { ApiKeyAuth, AuthScheme } from "../../shared/connector/auth-scheme.ts";
import type { RequestToSend } from "../../shared/connector/build-request.ts";
import { type HttpMethod, takesBody } from "../../shared/connector/endpoint.ts";

/**
 * What goes along with one call to prove who we are: a header (`prefix` before the value), a query parameter or a field of the
 * JSON body. `secret`: what must not be seen besides the credentials themselves.
 */
export type Credential = {
  header?: { name: string; prefix: string; value: string };
  query?: { name: string; value: string };
  field?: { name: string; value: string };
  secret: string | null;
};

/** The credential as it may be shown. */
export function masked({ header, query, field }: Credential): Credential {
  const value = "***";
  return {
    ...(header && { header: { ...header, value } }),
    ...(query && { query: { ...query, value } }),
    ...(field && { field: { ...field, value } }),
    secret: null,
  };
}

type StaticAuth = Extract<AuthScheme, { kind: "api-key" | "bearer" | "basic" }>;

/** The credential of a scheme that needs no exchange. A missing value is a problem, in words that hold no secret. */
export function authorize(
  auth: StaticAuth,
  credentials: Record<string, string>,
  request: RequestToSend,
): Credential | { problem: string } {
  switch (auth.kind) {
    case "bearer": {
      const { token } = credentials;
      if (!token) return { problem: "the connection has no bearer token" };
      return { header: { name: "authorization", prefix: "Bearer ", value: token }, secret: null };
    }
    case "basic": {
      const { username = "", password = "" } = credentials;
      // RFC 7617, 2: the first colon ends the user name.
      if (username.includes(":")) return { problem: "a user name with a colon cannot be sent with Basic Auth" };
      const encoded = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
      return { header: { name: "authorization", prefix: "Basic ", value: encoded }, secret: encoded };
    }
    case "api-key":
      return apiKey(auth, credentials.apiKey, request);
  }
}

function apiKey({ key, addTo }: ApiKeyAuth, value: string | undefined, request: RequestToSend): Credential | { problem: string } {
  if (!value) return { problem: "the connection has no API key" };
  if (addTo === "header") return { header: { name: key, prefix: "", value }, secret: null };
  if (addTo === "query") return { query: { name: key, value }, secret: null };
  if (!takesBody(request.method as HttpMethod))
    return { problem: `the API key goes into the body, and ${request.method} has none` };
  return { field: { name: key, value }, secret: null };
}
