import type { AuthScheme } from "../../../shared/connector/auth-scheme.ts";

/** The kinds of authentication as they are called on the page. */
export const authWords: Record<AuthScheme["kind"], string> = {
  none: "No authentication",
  "api-key": "API Key",
  bearer: "Bearer Token",
  basic: "Basic Auth",
  jwt: "JWT Bearer",
  oauth2: "OAuth 2.0",
  "token-exchange": "Token exchange",
};
