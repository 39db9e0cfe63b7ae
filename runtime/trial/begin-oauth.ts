import { AppError } from "../../shared/app-error.ts";
import { fillUrl } from "../../shared/connector/base-url.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { OAuth2 } from "../../shared/connector/oauth2.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import type { Beginner, OAuthStates } from "../connections/oauth-states.ts";
import { challengeOf, scopeOf } from "../outbound/oauth-token.ts";

type Deps = { states: OAuthStates; randomBytes: (size: number) => Buffer; redirectUri: string };
type Beginning = { by: Beginner; connector: ConnectorDraft; connection: LoadedConnection; returnTo: string };

/**
 * Begins an authorization (RFC 6749, 4.1.1; RFC 7636): the URL of the provider to send the person's browser to. Throws `bad_request`
 * when the scheme needs no person, has no client yet, or `returnTo` is no path of ours.
 */
export async function beginOAuth(
  { states, randomBytes, redirectUri }: Deps,
  { by, connector, connection, returnTo }: Beginning,
): Promise<string> {
  if (!isOwnPath(returnTo)) throw refused("returnTo", "must be a path of this server");
  const { auth, name } = connector;
  if (auth.kind !== "oauth2" || auth.grant !== "authorization-code")
    throw refused("connection", `"${name}" needs nobody to sign in at a provider`);
  const clientId = auth.client === "connector" ? connection.client?.clientId : connection.credentials.clientId;
  if (!clientId) throw refused("connection", `"${name}" has no OAuth client yet: an administrator enters its client ID first`);
  const filled = fillUrl(auth.authorizationUrl ?? "", connector.variables ?? [], connection.variables);
  if ("message" in filled) throw refused("connection", filled.message);
  if (!URL.canParse(filled.url) || !/^https?:$/.test(new URL(filled.url).protocol))
    throw refused("connection", `"${name}" has no usable authorization URL`);
  const verifier = auth.pkce ? randomBytes(32).toString("base64url") : "";
  const state = await states.begin({ ...by, connection: connection.id, verifier, returnTo });
  return authorizationUrl(new URL(filled.url), auth, { clientId, redirectUri, state, verifier });
}

type Question = { clientId: string; redirectUri: string; state: string; verifier: string };

/** The scheme's own parameters may change the usual ones, but not what binds the answer to us. */
function authorizationUrl(url: URL, auth: OAuth2, { clientId, redirectUri, state, verifier }: Question): string {
  const parameters: Record<string, string> = {
    response_type: "code",
    ...scopeOf(auth),
    ...auth.authorizeParameters,
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    ...(verifier !== "" && { code_challenge: challengeOf(verifier), code_challenge_method: "S256" }),
  };
  for (const name of Object.keys(parameters)) url.searchParams.delete(name);
  const kept = url.searchParams.toString();
  // Some providers read a plus as a plus, so a space is %20.
  const own = Object.entries(parameters).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed())}`,
  );
  url.search = [...(kept === "" ? [] : [kept]), ...own].join("&");
  url.hash = "";
  return url.href;
}

/** Is it a path of this server, whatever a browser makes of it? */
export function isOwnPath(path: string): boolean {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes("\\")) return false;
  const here = "http://own.invalid";
  if (!URL.canParse(path, here)) return false;
  const { origin, pathname } = new URL(path, here);
  // "/.//example.com" is a path, and what is left of it once it is resolved names a host.
  return origin === here && !pathname.startsWith("//");
}

function refused(field: string, message: string): AppError {
  return new AppError("bad_request", `${field}: ${message}`, { details: { issues: [{ field, message }] } });
}
