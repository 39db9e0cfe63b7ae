import type { Sql } from "../store/sql.ts";
import type { Vault } from "./vault.ts";

/** Who asks an OAuth provider for tokens. `origins`: `hostPattern`s that the secret was entered for. */
export type OAuthClient = { clientId: string; clientSecret: string | null; origins: string };

/** A connection as a call needs it: credentials decrypted, never to leave the outbound folder. */
export type LoadedConnection = {
  id: string;
  workspace: string;
  /** Key of the connector that it is for: its credentials go nowhere else. */
  connector: string | null;
  /** Who the API says that it is; null while that is not known. */
  account: string | null;
  target: "live" | "sandbox";
  /** Origins that the credentials were entered for, separated by spaces: they go to no other. Null for a sandbox. */
  origin: string | null;
  credentials: Record<string, string>;
  /** When credentials were entered or a person authorized it: tokens from before are not its own. */
  since: number;
  /** Values of the base URL's variables, by key. */
  variables: Record<string, string>;
  /** Its own, instead of the connector's. */
  baseUrl: string | null;
  /** The OAuth client of the connector, which serves all its connections. */
  client: OAuthClient | null;
};
export type LoadConnection = (workspace: string, id: string) => Promise<LoadedConnection | null>;

type Row = {
  connector: string | null;
  connectorId: string | null;
  account: string | null;
  target: "live" | "sandbox";
  origin: string | null;
  credentials: string;
  since: number;
  variables: string;
  baseUrl: string | null;
  client: string | null;
  clientId: string | null;
  clientOrigins: string | null;
};

const select = `SELECT k.key AS connector, k.id AS "connectorId", c.account, c.target, c.origin, c.credentials,
    c.credentials_set_at AS since, c.variables, c.base_url AS "baseUrl", k.oauth_client AS client, k.oauth_client_id AS "clientId",
    k.oauth_client_origins AS "clientOrigins"
  FROM connections c LEFT JOIN connectors k ON k.id = c.connector_id WHERE c.id = $1 AND c.workspace_id = $2`;

/** Reads the row each time, so that a changed connection counts at once, and decrypts only what has changed. */
export function createLoadConnection({ sql, vault }: { sql: Sql; vault: Vault }): LoadConnection {
  const opened = new Map<string, { row: Row; connection: LoadedConnection }>();
  return async (workspace, id) => {
    const [row] = await sql.read<Row>(select, [id, workspace]);
    if (!row) {
      opened.delete(id);
      return null;
    }
    const known = opened.get(id);
    if (known && sameRow(known.row, row)) return known.connection;
    const connection: LoadedConnection = {
      id,
      workspace,
      connector: row.connector,
      account: row.account,
      target: row.target,
      origin: row.origin,
      credentials: JSON.parse(await vault.open(credentialsPlace(workspace, id), row.credentials)) as Record<string, string>,
      since: Number(row.since),
      variables: JSON.parse(row.variables) as Record<string, string>,
      baseUrl: row.baseUrl,
      client: await openClient(vault, workspace, row),
    };
    opened.set(id, { row, connection });
    return connection;
  };
}

async function openClient(vault: Vault, workspace: string, row: Row): Promise<OAuthClient | null> {
  const { connectorId, clientId, client, clientOrigins } = row;
  if (connectorId === null || clientId === null) return null;
  const clientSecret = client === null ? null : await vault.open(clientPlace(workspace, connectorId), client);
  return { clientId, clientSecret, origins: clientOrigins ?? "" };
}

function sameRow(a: Row, b: Row): boolean {
  return (
    a.credentials === b.credentials &&
    a.account === b.account &&
    a.since === b.since &&
    a.variables === b.variables &&
    a.origin === b.origin &&
    a.baseUrl === b.baseUrl &&
    a.client === b.client &&
    a.clientId === b.clientId &&
    a.clientOrigins === b.clientOrigins
  );
}

/** Where a connection's credentials stand: bound into their ciphertext, so that they open nowhere else. */
export function credentialsPlace(workspace: string, id: string) {
  return { table: "connections", row: id, workspace, field: "credentials" };
}

/** Where the secret of a connector's OAuth client stands. */
export function clientPlace(workspace: string, connector: string) {
  return { table: "connectors", row: connector, workspace, field: "oauth_client" };
}
