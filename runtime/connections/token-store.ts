import type { Sql } from "../store/sql.ts";
import type { Vault } from "./vault.ts";

/** What an OAuth provider granted besides the token. `lifeMs`: of that token when it was issued; null when the provider did not say. */
export type OAuthGrant = { refreshToken: string | null; lifeMs: number | null };
type Beside = {
  /** What a later save must name. */
  version: number;
  grant?: OAuthGrant | null;
  /** The token endpoint is not asked before. */
  coolingUntil?: number | null;
};

/** A token as it is stored; `expiresAt` in milliseconds. */
export type StoredToken = Beside & { token: string; expiresAt: number };

/** A connection whose token was given up, e.g. with its old credentials: whoever exchanges for the next must name its version. */
export type NoToken = Beside & { token: null };

/** `place`: what the token response said about where the API is. `authorizedAt`: a person has just signed in. */
export type NewToken = {
  token: string;
  expiresAt: number;
  grant?: OAuthGrant;
  place?: { variables: Record<string, string>; origin: string | null };
  authorizedAt?: number;
};

/** Where tokens live between processes and restarts (sealed by the implementation). A connection whose credentials change must lose its token. */
export type TokenStore = {
  read(connection: string): Promise<StoredToken | NoToken | null>;
  /** Compare and swap: false, and nothing written, unless the stored version is `expectedVersion` (0 when there never was one). */
  save(connection: string, token: NewToken, expectedVersion: number): Promise<boolean>;
  /** Compare and swap: the provider refuses to go on, so a person has to sign in again. `message` says why. */
  giveUp(connection: string, message: string, expectedVersion: number): Promise<boolean>;
  /** Nothing is asked of the token endpoint until then; null: it may be asked at once. */
  cool(connection: string, until: number | null, message: string | null): Promise<void>;
};

type Row = {
  workspace: string;
  token: string | null;
  expiresAt: number | null;
  version: number;
  grant: string | null;
  coolingUntil: number | null;
};

export function createTokenStore({ sql, vault }: { sql: Sql; vault: Vault }): TokenStore {
  async function readRow(connection: string): Promise<Row | undefined> {
    const rows = await sql.read<Row>(
      `SELECT workspace_id AS workspace, token, token_expires_at AS "expiresAt", token_version AS version, oauth_grant AS "grant",
         cooling_until AS "coolingUntil"
       FROM connections WHERE id = $1`,
      [connection],
    );
    return rows[0];
  }
  const place = (workspace: string, row: string, field: string) => ({ table: "connections", row, workspace, field });
  const committed = async (text: string, params: (string | number | null)[]) =>
    (await sql.commit([{ text, params, expectRows: 1 }])).outcome === "committed";

  return {
    async read(connection) {
      const row = await readRow(connection);
      if (!row) return null;
      const { workspace, version, coolingUntil } = row;
      const sealed = (field: string, text: string) => vault.open(place(workspace, connection, field), text);
      const grant = row.grant === null ? null : (JSON.parse(await sealed("oauth_grant", row.grant)) as OAuthGrant);
      const beside = { version, grant, coolingUntil };
      if (row.token === null || row.expiresAt === null) return { ...beside, token: null };
      return { ...beside, token: await sealed("token", row.token), expiresAt: row.expiresAt };
    },
    async save(connection, { token, expiresAt, grant, place: named, authorizedAt }, expectedVersion) {
      const row = await readRow(connection);
      if (!row) return false;
      const seal = (field: string, text: string) => vault.seal(place(row.workspace, connection, field), text);
      const sealed = await seal("token", token);
      const granted = grant ? await seal("oauth_grant", JSON.stringify(grant)) : null;
      const authorized = authorizedAt === undefined ? "" : newlyAuthorized;
      return committed(
        `UPDATE connections SET token = $1, token_expires_at = $2, token_version = token_version + 1, oauth_grant = $3,
           variables = coalesce($4, variables), origin = coalesce($5, origin), ${authorized || stillAuthorized}
         WHERE id = $6 AND token_version = $7`,
        [
          sealed,
          expiresAt,
          granted,
          named ? JSON.stringify(named.variables) : null,
          named?.origin ?? null,
          connection,
          expectedVersion,
          ...(authorizedAt === undefined ? [] : [authorizedAt]),
        ],
      );
    },
    giveUp: (connection, message, expectedVersion) =>
      committed(
        `UPDATE connections SET token = NULL, token_expires_at = NULL, token_version = token_version + 1, oauth_grant = NULL,
           cooling_until = NULL, state = 'needs-authorization', message = $1 WHERE id = $2 AND token_version = $3`,
        [message, connection, expectedVersion],
      ),
    async cool(connection, until, message) {
      await committed(`UPDATE connections SET cooling_until = $1, message = coalesce($2, message) WHERE id = $3`, [
        until,
        message,
        connection,
      ]);
    },
  };
}

/** What was found out about the account before may be another one's. Never the same moment twice, since tokens go by it. */
const newlyAuthorized = `state = 'unverified', account = NULL, message = NULL, checked_at = NULL, cooling_until = NULL,
  credentials_set_at = CASE WHEN credentials_set_at >= $8 THEN credentials_set_at + 1 ELSE $8 END`;
/** A reason of the token endpoint goes with the pause that it gave. */
const stillAuthorized = `state = CASE WHEN state = 'needs-authorization' THEN 'unverified' ELSE state END,
  message = CASE WHEN cooling_until IS NULL THEN message ELSE NULL END, cooling_until = NULL`;
