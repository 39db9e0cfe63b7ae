import { AppError } from "../../shared/app-error.ts";
import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";
import { fillUrl, ownBaseUrlProblem } from "../../shared/connector/base-url.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { ConnectionPlace } from "./credentials-origin.ts";

/** Throws `bad_request` that names the variable, or the base URL, which does not fit the connector's URLs. A sandbox ignores them. */
export function checkPlace(connector: ConnectorDraft, place: ConnectionPlace, allowedHttpHosts: string[]): void {
  if (place.target === "sandbox") return;
  const { variables = [], auth } = connector;
  for (const key of Object.keys(place.variables))
    if (!variables.some((variable) => variable.key === key))
      throw refused(`variables.${key}`, "the connector has no such variable");
  if (place.baseUrl !== null) {
    const problem = ownBaseUrlProblem(place.baseUrl, connector, allowedHttpHosts);
    if (problem !== null) throw refused("baseUrl", problem);
  }
  // Of a base URL of its own the connector's variables are no part any more.
  const urls = [...(place.baseUrl === null ? [connector.baseUrl] : []), ...urlsOf(auth)];
  const later = auth.kind === "oauth2" ? auth.metadata : {};
  for (const url of urls) {
    const filled = fillUrl(url, variables, place.variables);
    if ("url" in filled) continue;
    const named = Object.hasOwn(later, filled.variable) && !place.variables[filled.variable];
    if (!named) throw refused(`variables.${filled.variable}`, filled.message);
  }
}

function urlsOf(auth: AuthScheme): string[] {
  if (auth.kind !== "oauth2") return [];
  return [auth.authorizationUrl, auth.tokenUrl, auth.refreshUrl, auth.identity?.url].filter((url) => url !== undefined);
}

function refused(field: string, message: string): AppError {
  return new AppError("bad_request", `${field}: ${message}`, { details: { issues: [{ field, message }] } });
}
