import { type ApiKeyAuth, type AuthScheme, apiKeysOf, type JwtAuth } from "../../shared/connector/auth-scheme.ts";
import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { TokenPlacement } from "../../shared/connector/credential-field.ts";
import { type HttpMethod, takesBody } from "../../shared/connector/endpoint.ts";

/** A header (`prefix` before the value), a query parameter or a field of the body. */
export type CredentialPart = { in: "header" | "query" | "field"; name: string; prefix: string; value: string };

/**
 * What goes along with one call to prove who we are. `secret`: what must not be seen besides the credentials themselves.
 */
export type Credential = { parts: CredentialPart[]; secret: string | null };

/** The credential as it may be shown. */
export function masked({ parts }: Credential): Credential {
  return { parts: parts.map((part) => ({ ...part, value: "***" })), secret: null };
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
      return { parts: [header("authorization", "Bearer ", token)], secret: null };
    }
    case "basic": {
      const { username = "", password = "" } = credentials;
      // RFC 7617, 2: the first colon ends the user name.
      if (username.includes(":")) return { problem: "a user name with a colon cannot be sent with Basic Auth" };
      const encoded = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
      return { parts: [header("authorization", "Basic ", encoded)], secret: encoded };
    }
    case "api-key":
      return apiKeys(auth, credentials, request);
  }
}

/** A token in the header that its scheme names. */
export function tokenCredential(placement: TokenPlacement, token: string): Credential {
  return { parts: [header(placement.header, placement.prefix, token)], secret: token };
}

/** A signed JWT where its scheme puts it. */
export function jwtCredential({ addTo, name, prefix }: JwtAuth, token: string): Credential {
  const part = addTo === "header" ? header(name, prefix, token) : { in: addTo, name, prefix: "", value: token };
  return { parts: [part], secret: token };
}

function apiKeys(
  auth: ApiKeyAuth,
  credentials: Record<string, string>,
  { method }: RequestToSend,
): Credential | { problem: string } {
  const parts: CredentialPart[] = [];
  // Most have one, and every call comes by here.
  const keys = auth.others?.length ? apiKeysOf(auth) : [{ ...auth, credential: "apiKey" }];
  for (const { key, addTo, prefix = "", credential } of keys) {
    const value = credentials[credential];
    if (!value) return { problem: parts.length === 0 ? "the connection has no API key" : `the connection has no "${key}"` };
    if (addTo === "body" && !takesBody(method as HttpMethod))
      return { problem: `the API key goes into the body, and ${method} has none` };
    if (addTo === "header") parts.push(header(key, prefix, value));
    else parts.push({ in: addTo === "body" ? "field" : "query", name: key, prefix: "", value });
  }
  return { parts, secret: null };
}

function header(name: string, prefix: string, value: string): CredentialPart {
  return { in: "header", name, prefix, value };
}
