import type { AuthScheme } from "./auth-scheme.ts";
import { apiKeysOf } from "./auth-scheme.ts";
import { baseTemplateProblem } from "./base-url.ts";
import { limitGroupProblem } from "./check-limits.ts";
import type { ConnectorDraft } from "./connector.ts";
import { headerNameProblem } from "./header-name.ts";
import type { OAuth2 } from "./oauth2.ts";

/** `field`: a path within the auth scheme, e.g. `key`. */
export type AuthProblem = { field: string; message: string };

/** The first thing that keeps an auth scheme from working, whatever its connections hold; null when nothing does. */
export function authProblem(draft: ConnectorDraft, auth: AuthScheme, allowedHttpHosts: string[]): AuthProblem | null {
  switch (auth.kind) {
    case "none":
    case "bearer":
    case "basic":
      return null;
    case "api-key":
      return firstOf(
        apiKeysOf(auth).map(({ key, addTo }, index) =>
          addTo === "header" ? headerProblem(index === 0 ? "key" : `others.${index - 1}.key`, key) : null,
        ),
      );
    case "jwt":
      return auth.addTo === "header" ? headerProblem("name", auth.name) : null;
    case "oauth2":
      return oauthProblem(draft, auth, allowedHttpHosts);
    case "token-exchange": {
      if (auth.fields.length === 0 && !auth.request.signed)
        return { field: "fields", message: "name at least one value that people who connect are asked for" };
      const group = limitGroupProblem(draft, auth.limitGroup);
      return (
        headerProblem("placement.header", auth.placement.header) ??
        (auth.request.signed ? headerProblem("request.signed.placement.header", auth.request.signed.placement.header) : null) ??
        (group === null ? null : { field: "limitGroup", message: group })
      );
    }
  }
}

function oauthProblem(draft: ConnectorDraft, auth: OAuth2, allowedHttpHosts: string[]): AuthProblem | null {
  const { grant, authorizationUrl, tokenUrl, refreshUrl, placement } = auth;
  if (grant === "authorization-code" && !authorizationUrl)
    return { field: "authorizationUrl", message: "enter where users are sent to authenticate" };
  const urls = { authorizationUrl, tokenUrl, refreshUrl };
  for (const [field, url] of Object.entries(urls)) {
    const problem = url ? urlProblem(draft, url, allowedHttpHosts) : null;
    if (problem !== null) return { field, message: problem };
  }
  return headerProblem("placement.header", placement.header);
}

/** These may have a query of their own, unlike a base URL. */
function urlProblem({ variables = [] }: ConnectorDraft, url: string, allowedHttpHosts: string[]): string | null {
  return url.includes("#") ? "must have no fragment" : baseTemplateProblem(url.replace(/\?.*$/, ""), variables, allowedHttpHosts);
}

function headerProblem(field: string, name: string): AuthProblem | null {
  const message = headerNameProblem(name);
  return message === null ? null : { field, message };
}

function firstOf(problems: (AuthProblem | null)[]): AuthProblem | null {
  return problems.find((problem) => problem !== null) ?? null;
}
