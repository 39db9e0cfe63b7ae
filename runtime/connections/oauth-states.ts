import { createHash } from "node:crypto";
import type { Clock } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import type { Vault } from "./vault.ts";

/** How long a person may take at the provider. */
const lifeMs = 600_000;
const stateText = /^[\w-]{43}$/;

/** Whose browser an authorization was begun in: nobody else can finish it. `session`: hash of the session's token. */
export type Beginner = { workspace: string; user: string; session: string };
export type Begun = Beginner & { connection: string; verifier: string; returnTo: string };

/** Authorizations that were begun and not finished (RFC 6749, 10.12). */
export type OAuthStates = {
  /** Remembers one; gives its state, 256 random bits of which only the SHA-256 is stored. */
  begin(begun: Begun): Promise<string>;
  /** Ends the one of this state, so that it can be used no other time. Null when it is unknown, used, too old, or somebody else's. */
  end(state: string, by: Beginner): Promise<Begun | null>;
};

type Row = {
  workspace: string;
  connection: string;
  user: string;
  session: string;
  verifier: string;
  returnTo: string;
  createdAt: number;
};
type Deps = { sql: Sql; vault: Vault; clock: Clock; randomBytes: (size: number) => Buffer };

export function createOAuthStates({ sql, vault, clock, randomBytes }: Deps): OAuthStates {
  return {
    async begin({ workspace, user, session, connection, verifier, returnTo }) {
      const state = randomBytes(32).toString("base64url");
      const hash = hashOf(state);
      const sealed = await vault.seal(placeOf(workspace, hash), verifier);
      const now = clock();
      await sql.commit([
        // Here rather than on a timer: whoever begins one also clears those that nobody finished.
        { text: `DELETE FROM oauth_states WHERE created_at <= $1`, params: [now - lifeMs] },
        {
          text: `INSERT INTO oauth_states (state_hash, workspace_id, connection_id, user_id, session_hash, verifier, return_to, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
          params: [hash, workspace, connection, user, session, sealed, returnTo, now],
        },
      ]);
      return state;
    },
    async end(state, by) {
      if (!stateText.test(state)) return null;
      const hash = hashOf(state);
      const [row] = await sql.read<Row>(
        `SELECT workspace_id AS workspace, connection_id AS connection, user_id AS "user", session_hash AS session, verifier,
           return_to AS "returnTo", created_at AS "createdAt" FROM oauth_states WHERE state_hash = $1`,
        [hash],
      );
      if (!row) return null;
      // Of two that come with one state, only the one whose commit deletes it goes on.
      const used = await sql.commit([{ text: `DELETE FROM oauth_states WHERE state_hash = $1`, params: [hash], expectRows: 1 }]);
      if (used.outcome !== "committed" || clock() - Number(row.createdAt) >= lifeMs) return null;
      const { workspace, user, session, connection, returnTo } = row;
      if (workspace !== by.workspace || user !== by.user || session !== by.session) return null;
      const verifier = await vault.open(placeOf(workspace, hash), row.verifier);
      return { workspace, user, session, connection, verifier, returnTo };
    },
  };
}

function hashOf(state: string): string {
  return createHash("sha256").update(state).digest("hex");
}

function placeOf(workspace: string, row: string) {
  return { table: "oauth_states", row, workspace, field: "verifier" };
}
