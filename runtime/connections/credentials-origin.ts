import { AppError } from "../../shared/app-error.ts";
import { fillUrl, variablesIn } from "../../shared/connector/base-url.ts";
import type { BaseVariable } from "../../shared/connector/base-variable.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { OAuth2 } from "../../shared/connector/oauth2.ts";
import type { Sql } from "../store/sql.ts";

type Target = "live" | "sandbox";
/** Where a connection points: `variables` fill the connector's URLs, `baseUrl` takes the place of the connector's. */
export type ConnectionPlace = { target: Target; variables: Record<string, string>; baseUrl: string | null };

/**
 * The origins that credentials entered now are for, separated by spaces: those of the base URL and of the URLs of the auth scheme.
 * Null for a sandbox, whose address is the server's own. A host that only the token response will name stands there as
 * `hostPattern`. Throws `bad_request` while there is no base URL to enter them for.
 */
export function credentialsOrigins(connector: ConnectorDraft, place: ConnectionPlace): string | null {
  if (place.target === "sandbox") return null;
  const { name, auth } = connector;
  if (originsOf(place.baseUrl ?? connector.baseUrl, connector, place.variables).length > 0)
    return originsToReach(connector, place).join(" ");
  if (auth.kind === "none") return null;
  const message = `"${name}" has no base URL yet: define it before credentials are entered for it`;
  throw new AppError("bad_request", `connector: ${message}`, { details: { issues: [{ field: "connector", message }] } });
}

/** The origins to which a connection sends what proves who it is, as far as they are known. */
export function originsToReach(connector: ConnectorDraft, { target, variables, baseUrl }: ConnectionPlace): string[] {
  if (target === "sandbox") return [];
  const urls = [baseUrl ?? connector.baseUrl, ...authUrls(connector.auth)];
  return [...new Set(urls.flatMap((url) => originsOf(url, connector, variables)))];
}

/** The URLs to which credentials or tokens go besides the base URL; people are sent to the authorization URL without any. */
function authUrls(auth: ConnectorDraft["auth"]): string[] {
  if (auth.kind !== "oauth2") return [];
  const { tokenUrl, refreshUrl, identity } = auth;
  return [tokenUrl, refreshUrl ?? "", identity?.url ?? ""].filter((url) => /^https?:/i.test(url));
}

function originsOf(url: string, { variables = [], auth }: ConnectorDraft, values: Record<string, string>): string[] {
  const metadata = auth.kind === "oauth2" ? auth.metadata : {};
  const filled = fillUrl(url, variables, values);
  const origin = "url" in filled && URL.canParse(filled.url) ? [new URL(filled.url).origin] : [];
  const named = variablesIn(authorityOf(url)).some((key) => Object.hasOwn(metadata, key));
  return named ? [...origin, hostPattern(url, variables, metadata)] : origin;
}

/** Scheme and host of a URL with what its variables may be instead of them: equal for two URLs whose values go to the same hosts. */
export function hostPattern(url: string, variables: readonly BaseVariable[], metadata: Record<string, string> = {}): string {
  return authorityOf(url)
    .replace(/\{([^{}]*)\}/g, (_, key: string) => {
      const { hostSuffixes = [], values = [] } = variables.find((variable) => variable.key === key) ?? {};
      return `{${[key, hostSuffixes.join(","), values.join(","), metadata[key] ?? ""].join("~")}}`;
    })
    .replace(/\s/g, "");
}

function authorityOf(url: string): string {
  return /^https?:\/\/[^/?#]*/i.exec(url)?.[0] ?? "";
}

/**
 * Credentials go only where a person entered them for, so that whoever changes a base URL does not get those of others: why they
 * may not go to `origin`, or null.
 */
export function foreignCredentials(
  { auth }: Pick<ConnectorDraft, "auth">,
  connection: { target: Target; origin: string | null },
  origin: string,
): string | null {
  if (auth.kind === "none" || connection.target === "sandbox" || connection.origin === origin) return null;
  if (holdsOrigin(connection.origin, origin)) return null;
  const entered = connection.origin?.split(" ").find((known) => !known.includes("{")) ?? "another address";
  return `the credentials of this connection were entered for ${entered}: enter them again to use them at ${origin.replace(/~[^}]*/g, "")}`;
}

/** Is it one of these, which are separated by spaces? */
export function holdsOrigin(origins: string | null, origin: string): boolean {
  return origins !== null && ` ${origins} `.includes(` ${origin} `);
}

/**
 * The origins of a connection after its token response has named variables: a host is added only where credentials were entered for
 * whatever host the response names there.
 */
export function withNamedHost(
  origins: string | null,
  { baseUrl, variables = [], auth }: { baseUrl: string; variables?: BaseVariable[] | undefined; auth: OAuth2 },
  values: Record<string, string>,
): string | null {
  if (origins === null || !holdsOrigin(origins, hostPattern(baseUrl, variables, auth.metadata))) return origins;
  const filled = fillUrl(baseUrl, variables, values);
  if (!("url" in filled) || !URL.canParse(filled.url)) return origins;
  const { origin } = new URL(filled.url);
  return holdsOrigin(origins, origin) ? origins : `${origins} ${origin}`;
}

/** Gives connections from before origins were kept that of their connector's newest version, which is where they have been sent. */
export async function rememberOrigins(sql: Sql): Promise<void> {
  const rows = await sql.read<{ id: string; document: string }>(
    `SELECT c.id, v.document FROM connections c JOIN connector_versions v ON v.connector_id = c.connector_id
     WHERE c.origin IS NULL AND c.target = 'live'
       AND v.number = (SELECT max(number) FROM connector_versions WHERE connector_id = c.connector_id)`,
  );
  if (rows.length === 0) return;
  const place = { target: "live", variables: {}, baseUrl: null } as const;
  const statements = rows.map(({ id, document }) => ({
    text: `UPDATE connections SET origin = $1 WHERE id = $2 AND origin IS NULL`,
    params: [credentialsOrigins(JSON.parse(document) as ConnectorDraft, place), id],
  }));
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("internal", "the origins of the connections could not be stored");
}
