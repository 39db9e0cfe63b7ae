import type { Sql } from "../store/sql.ts";
import type { Vault } from "./vault.ts";

/** A token as it is stored; `expiresAt` in milliseconds. `version` is what a later save must name. */
export type StoredToken = { token: string; expiresAt: number; version: number };

/** A connection whose token was given up, e.g. with its old credentials: whoever exchanges for the next must name its version. */
export type NoToken = { token: null; version: number };

/** Where tokens live between processes and restarts (sealed by the implementation). A connection whose credentials change must lose its token. */
export type TokenStore = {
  read(connection: string): Promise<StoredToken | NoToken | null>;
  /** Compare and swap: false, and nothing written, unless the stored version is `expectedVersion` (0 when there never was one). */
  save(connection: string, token: { token: string; expiresAt: number }, expectedVersion: number): Promise<boolean>;
};

type Row = { workspace: string; token: string | null; expiresAt: number | null; version: number };

export function createTokenStore({ sql, vault }: { sql: Sql; vault: Vault }): TokenStore {
  async function readRow(connection: string): Promise<Row | undefined> {
    const rows = await sql.read<Row>(
      `SELECT workspace_id AS workspace, token, token_expires_at AS "expiresAt", token_version AS version FROM connections WHERE id = $1`,
      [connection],
    );
    return rows[0];
  }
  const place = (workspace: string, row: string) => ({ table: "connections", row, workspace, field: "token" });

  return {
    async read(connection) {
      const row = await readRow(connection);
      if (!row) return null;
      if (row.token === null || row.expiresAt === null) return { token: null, version: row.version };
      return {
        token: await vault.open(place(row.workspace, connection), row.token),
        expiresAt: row.expiresAt,
        version: row.version,
      };
    },
    async save(connection, { token, expiresAt }, expectedVersion) {
      const row = await readRow(connection);
      if (!row) return false;
      const sealed = await vault.seal(place(row.workspace, connection), token);
      const written = await sql.commit([
        {
          text: `UPDATE connections SET token = $1, token_expires_at = $2, token_version = token_version + 1 WHERE id = $3 AND token_version = $4`,
          params: [sealed, expiresAt, connection, expectedVersion],
          expectRows: 1,
        },
      ]);
      return written.outcome === "committed";
    },
  };
}
