import { unreachable } from "../../shared/app-error.ts";
import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";

/** The name of an auth scheme for people. */
export function describeAuth(auth: AuthScheme): string {
  switch (auth.kind) {
    case "none":
      return "None";
    case "api-key":
      return "API key";
    case "bearer":
      return "Bearer token";
    case "basic":
      return "Basic Auth";
    case "jwt":
      return "JWT Bearer";
    case "oauth2":
      return "OAuth 2.0";
    case "token-exchange":
      return "Token exchange";
    default:
      return unreachable(auth);
  }
}
