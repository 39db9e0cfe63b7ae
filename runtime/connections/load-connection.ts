import type { Sql } from "../store/sql.ts";
import type { Vault } from "./vault.ts";

/** A connection as a call needs it: credentials decrypted, never to leave the outbound folder. */
export type LoadedConnection = {
  id: string;
  workspace: string;
  /** Key of the connector that it is for: its credentials go nowhere else. */
  connector: string | null;
  /** Who the API says that it is; null while that is not known. */
  account: string | null;
  target: "live" | "sandbox";
  /** Origin that the credentials were entered for: they go to no other. Null for a sandbox. */
  origin: string | null;
  credentials: Record<string, string>;
};
export type LoadConnection = (workspace: string, id: string) => Promise<LoadedConnection | null>;

type Row = {
  connector: string | null;
  account: string | null;
  target: "live" | "sandbox";
  origin: string | null;
  credentials: string;
};

/** Reads the row each time, so that a changed connection counts at once, and decrypts only what has changed. */
export function createLoadConnection({ sql, vault }: { sql: Sql; vault: Vault }): LoadConnection {
  const opened = new Map<string, { sealed: string; connection: LoadedConnection }>();
  return async (workspace, id) => {
    const [row] = await sql.read<Row>(
      `SELECT k.key AS connector, c.account, c.target, c.origin, c.credentials FROM connections c LEFT JOIN connectors k ON k.id = c.connector_id
       WHERE c.id = $1 AND c.workspace_id = $2`,
      [id, workspace],
    );
    if (!row) {
      opened.delete(id);
      return null;
    }
    const known = opened.get(id);
    // Whatever changes target or origin seals the credentials anew; the account is found out later.
    if (known?.sealed === row.credentials && known.connection.account === row.account) return known.connection;
    const credentials = JSON.parse(await vault.open(credentialsPlace(workspace, id), row.credentials)) as Record<string, string>;
    const { connector, account, target, origin } = row;
    const connection: LoadedConnection = { id, workspace, connector, account, target, origin, credentials };
    opened.set(id, { sealed: row.credentials, connection });
    return connection;
  };
}

/** Where a connection's credentials stand: bound into their ciphertext, so that they open nowhere else. */
export function credentialsPlace(workspace: string, id: string) {
  return { table: "connections", row: id, workspace, field: "credentials" };
}
