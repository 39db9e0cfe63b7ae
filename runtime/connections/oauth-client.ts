import { AppError } from "../../shared/app-error.ts";
import { variablesIn } from "../../shared/connector/base-url.ts";
import type { BaseVariable } from "../../shared/connector/base-variable.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { hostPattern } from "./credentials-origin.ts";
import { clientPlace } from "./load-connection.ts";
import type { Vault } from "./vault.ts";

type Row = { clientId: string | null; hasSecret: number; setAt: number; origins: string | null };

/** What may be seen of the OAuth client of a connector (its row's id); null when it has none. */
export async function readOAuthClient(
  sql: Sql,
  connector: string,
): Promise<{ clientId: string; hasSecret: boolean; setAt: number } | null> {
  const row = await readRow(sql, connector);
  if (!row || row.clientId === null) return null;
  return { clientId: row.clientId, hasSecret: Number(row.hasSecret) === 1, setAt: Number(row.setAt) };
}

async function readRow(sql: Sql, connector: string): Promise<Row | undefined> {
  const [row] = await sql.read<Row>(
    `SELECT oauth_client_id AS "clientId", CASE WHEN oauth_client IS NULL THEN 0 ELSE 1 END AS "hasSecret",
       oauth_client_set_at AS "setAt", oauth_client_origins AS origins FROM connectors WHERE id = $1`,
    [connector],
  );
  return row;
}

type Setting = { workspace: string; key: string; clientId: string; clientSecret?: string | undefined };

/**
 * Registers the OAuth client of a connector. What another client was granted is given up: it cannot be refreshed any more. Throws
 * `not_found`, `bad_request` when the secret could go to a host that nobody has named.
 */
export async function setOAuthClient(
  { sql, vault, clock }: { sql: Sql; vault: Vault; clock: Clock },
  { workspace, key, clientId, clientSecret }: Setting,
): Promise<void> {
  const { id, document } = await readConnector(sql, workspace, key);
  const origins = clientOrigins(document);
  const known = await readRow(sql, id);
  const sameClient = known?.clientId === clientId;
  if (clientSecret === undefined && known?.hasSecret === 1 && sameClient && known.origins !== origins)
    throw refused(
      "clientSecret",
      "enter the client secret again: tokens are asked for at another address than it was entered for",
    );
  const sealed = clientSecret ? await vault.seal(clientPlace(workspace, id), clientSecret) : null;
  const keeps = clientSecret === undefined && sameClient;
  const statements: Statement[] = [
    {
      text: `UPDATE connectors SET oauth_client_id = $1, oauth_client = ${keeps ? "coalesce($2, oauth_client)" : "$2"},
        oauth_client_origins = $3, oauth_client_set_at = $4 WHERE id = $5`,
      params: [clientId, sealed, origins, clock(), id],
      expectRows: 1,
    },
  ];
  if (!sameClient && known?.clientId) statements.push(giveUpGrants(id));
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", `"${document.name}" has just been deleted`);
}

function giveUpGrants(connector: string): Statement {
  return {
    text: `UPDATE connections SET token = NULL, token_expires_at = NULL, token_version = token_version + 1, oauth_grant = NULL,
        state = 'needs-authorization', message = NULL, cooling_until = NULL, credentials_set_at = credentials_set_at + 1
      WHERE connector_id = $1 AND token IS NOT NULL`,
    params: [connector],
  };
}

/** Where the secret may go. A value of a connection must not lead it to just any host. */
function clientOrigins({ auth, variables = [] }: ConnectorDraft): string {
  if (auth.kind !== "oauth2" || auth.client !== "connector")
    throw refused("clientId", "the connector's authentication method has no OAuth client of its own");
  const urls = [auth.tokenUrl, ...(auth.refreshUrl ? [auth.refreshUrl] : [])];
  const open = urls.flatMap(variablesIn).find((key) => urls.some((url) => leadsAnywhere(url, key, variables)));
  if (open !== undefined)
    throw refused("clientSecret", `{${open}} may name any host: name the suffixes that it must end with, or its values, first`);
  const patterns = urls.map((url) => hostPattern(url, variables));
  return [...new Set(patterns)].join(" ");
}

/** A host must end with a domain that the URL shows, e.g. `{shop}.example.com`; a whole host with one that the variable declares. */
function leadsAnywhere(url: string, key: string, variables: readonly BaseVariable[]): boolean {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? "";
  if (!authority.includes(`{${key}}`)) return false;
  const { hostSuffixes = [], values = [] } = variables.find((variable) => variable.key === key) ?? {};
  if (hostSuffixes.length > 0 && authority === `{${key}}`) return false;
  return values.length === 0 && !/\}(?:[a-z0-9-]*)(?:\.[a-z0-9-]+){2,}(?::\d+)?$/i.test(authority);
}

function refused(field: string, message: string): AppError {
  return new AppError("bad_request", `${field}: ${message}`, { details: { issues: [{ field, message }] } });
}
