import { type ApiKey, ApiKeyAuth, type AuthScheme, apiKeysOf } from "../../../shared/connector/auth-scheme.ts";
import { variablesIn } from "../../../shared/connector/base-url.ts";
import { authProblem } from "../../../shared/connector/check-auth.ts";
import { headerNameProblem } from "../../../shared/connector/header-name.ts";
import { OAuth2, oauthLimits } from "../../../shared/connector/oauth2.ts";
import type { Json } from "../../../shared/json.ts";
import { describeAuth } from "../describe-auth.ts";
import { type JsonObject, objectOf, textOf } from "./json-object.ts";
import { humanise } from "./names.ts";
import { OwnSchemeWords, ownWordsOf } from "./own-words.ts";

/** `note`: what a person should know of it though it can be used. */
export type FoundScheme = { auth: AuthScheme; words: string; note?: string } | { problem: string };
/** `scopes`: those that the file's own requirements name; `origin`: of the API, against which URLs may be relative. */
type Context = { scopes: string[]; allowedHttpHosts: string[]; origin: string | null };

/** A security scheme of the file as one of ours, or why it cannot be. */
export function schemeOf(scheme: JsonObject, context: Context): FoundScheme {
  const own = ownWordsOf(OwnSchemeWords, scheme)?.auth;
  if (own && usable(own, context) === null) return { auth: own, words: wordsOf(own) };
  switch (scheme.type) {
    case "http":
      return httpScheme(scheme);
    case "apiKey":
      return keyScheme(scheme);
    case "oauth2":
      return oauthScheme(scheme, context);
    case "openIdConnect":
      return {
        problem: `OpenID Connect at ${String(scheme.openIdConnectUrl).slice(0, 200)}: set up OAuth 2.0 by hand with the URLs that it names`,
      };
    case "mutualTLS":
      return { problem: "client certificates (mutual TLS) are not supported" };
    default:
      return { problem: `${String(scheme.type).slice(0, 40)} is not supported` };
  }
}

/** Several schemes that are needed at once as one of ours: API keys only. */
export function joined(schemes: { auth: AuthScheme; words: string }[]): { auth: AuthScheme; words: string } | null {
  const [first, ...others] = schemes;
  if (!first || others.length === 0) return first ?? null;
  const keys = schemes.flatMap(({ auth }) => (auth.kind === "api-key" ? [auth] : []));
  const [key, ...more] = keys;
  if (!key || keys.length < schemes.length) return null;
  const plain = ({ displayName, key, addTo, prefix }: ApiKey): ApiKey => {
    return { displayName, key, addTo, ...(prefix !== undefined && { prefix }) };
  };
  // Whoever connects has to tell them apart.
  const named = (each: ApiKeyAuth) => ({ ...plain(each), displayName: humanise(each.key) });
  const auth = ApiKeyAuth.safeParse({ kind: "api-key", ...named(key), others: more.map(named) });
  return auth.success ? { auth: auth.data, words: schemes.map(({ words }) => words).join(" and ") } : null;
}

function usable(auth: AuthScheme, { allowedHttpHosts }: Pick<Context, "allowedHttpHosts">) {
  const draft = { schemaVersion: 1 as const, key: "a", name: "a", description: "", baseUrl: "", endpoints: [] };
  // Which variables and limits there are is not known yet.
  const variables = urlsOf(auth).flatMap((url) => variablesIn(url).map((key) => ({ key, label: key })));
  return authProblem({ ...draft, variables, auth, incomingWebhooks: [] }, withoutLimit(auth), allowedHttpHosts);
}

function urlsOf(auth: AuthScheme): string[] {
  return auth.kind === "oauth2" ? [auth.authorizationUrl, auth.tokenUrl, auth.refreshUrl].flatMap((url) => url ?? []) : [];
}

function withoutLimit(auth: AuthScheme): AuthScheme {
  if (auth.kind !== "token-exchange") return auth;
  const { limitGroup: _, ...rest } = auth;
  return rest;
}

function wordsOf(auth: AuthScheme): string {
  switch (auth.kind) {
    case "api-key":
      return apiKeysOf(auth)
        .map(({ addTo, key }) => `API key in the ${addTo === "query" ? "query parameter" : addTo} ${key}`)
        .join(" and ");
    case "oauth2":
      return `${describeAuth(auth)} (${auth.grant.replace("-", " ")})`;
    default:
      return describeAuth(auth);
  }
}

function httpScheme({ scheme }: JsonObject): FoundScheme {
  // RFC 9110, 11.1: names of schemes are the same in either case.
  const kind = String(scheme).toLowerCase();
  if (kind === "bearer") return { auth: { kind }, words: "Bearer token" };
  if (kind === "basic") return { auth: { kind }, words: "Basic Auth" };
  return { problem: `HTTP ${String(scheme).slice(0, 40)} is not supported` };
}

function keyScheme({ in: place, name }: JsonObject): FoundScheme {
  const key = String(name);
  const shown = key.slice(0, 100);
  const cookie = place === "cookie";
  const given = cookie ? { key: "Cookie", addTo: "header", prefix: `${key}=`, displayName: key } : { key, addTo: place };
  const parsed = ApiKeyAuth.safeParse({ kind: "api-key", ...given });
  const sendable = !cookie || /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,38}$/.test(key);
  if (!parsed.success || !sendable || (place === "header" && headerNameProblem(key) !== null))
    return { problem: `its key "${shown}" cannot be sent` };
  if (cookie)
    return { auth: parsed.data, words: `API key in the cookie ${shown}`, note: "the cookie is sent in the header Cookie" };
  const where = place === "query" ? "query parameter" : "header";
  return { auth: parsed.data, words: `API key in the ${where} ${parsed.data.key}` };
}

const grants = [
  ["authorizationCode", "authorization-code", "OAuth 2.0 (authorization code)"],
  ["clientCredentials", "client-credentials", "OAuth 2.0 (client credentials)"],
  ["password", "password", "OAuth 2.0 (password)"],
] as const;

function oauthScheme(scheme: JsonObject, { scopes, allowedHttpHosts, origin }: Context): FoundScheme {
  const absolute = (value: Json | undefined) => {
    const url = textOf(value);
    return url?.startsWith("/") && !url.startsWith("//") && origin !== null ? origin + url : url;
  };
  const flows = objectOf(scheme.flows);
  const problems: string[] = [];
  for (const [name, grant, words] of grants) {
    if (flows[name] === undefined) continue;
    const flow = objectOf(flows[name]);
    const { asked, note } = scopesOf(objectOf(flow.scopes), scopes);
    const parsed = OAuth2.safeParse({
      kind: "oauth2",
      grant,
      ...(grant === "authorization-code" && { authorizationUrl: absolute(flow.authorizationUrl) }),
      tokenUrl: absolute(flow.tokenUrl),
      refreshUrl: absolute(flow.refreshUrl),
      scopes: asked,
    });
    const problem = parsed.success
      ? usable(parsed.data, { allowedHttpHosts })
      : { field: String(parsed.error.issues[0]?.path[0] ?? ""), message: parsed.error.issues[0]?.message ?? "" };
    if (!problem && parsed.success) return { auth: parsed.data, words, ...(note !== undefined && { note }) };
    problems.push(`its ${problem?.field} ${problem?.message}`);
  }
  if (problems.length > 0) return { problem: `OAuth 2.0: ${problems.join("; ")}: set it up by hand` };
  return { problem: "the OAuth 2.0 flow is an implicit one, which is no longer used: set up another one by hand" };
}

/** All that the flow knows, as long as they fit; else those that operations ask for. */
function scopesOf(known: JsonObject, asked: string[]): { asked: string; note?: string } {
  const all = Object.keys(known).filter((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope));
  const fits = (scopes: string[]) => scopes.join(" ").length <= oauthLimits.scopes;
  if (all.length > 0 && asked.length > 0 && fits(asked)) return { asked: asked.join(" ") };
  if (fits(all)) return { asked: all.join(" ") };
  return { asked: "", note: `its ${all.length} scopes are too long to be asked for all at once: enter those that are needed` };
}
