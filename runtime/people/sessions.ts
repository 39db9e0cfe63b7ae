import type { Session } from "../../shared/api/people.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { hashToken, newToken } from "./token.ts";
import { type SessionRow, sessionColumns, toSession } from "./users.ts";

/** A session ends when it was not used for so long. */
export const sessionIdleMs = 30 * 86_400_000;
/** How exactly the last use is known: a write per request would cost more than the request. */
const lastUseStepMs = 3_600_000;

export type Sessions = {
  /** Statements that open a session, to be committed with whatever else is done, and its token for the cookie. */
  opening(session: Session): { token: string; statements: Statement[] };
  /** Who the token belongs to, as they are now; null when it is unknown, ended or its person has left the workspace. */
  find(token: string): Promise<{ session: Session; renewed: boolean } | null>;
  /** Would `find` give somebody? It counts as no use. */
  isOpen(token: string): Promise<boolean>;
  close(token: string): Promise<void>;
};

/** Sessions of the browser. `find` writes the last use at most once an hour and then says `renewed`: the cookie's age is due too. */
export function createSessions({ sql, clock }: { sql: Sql; clock: Clock }): Sessions {
  return {
    opening({ person, workspace }) {
      const { token, hash } = newToken();
      const now = clock();
      const statements = [
        // Here rather than on a timer: whoever opens sessions also clears those that ended.
        { text: "DELETE FROM sessions WHERE expires_at <= $1", params: [now] },
        {
          text: `INSERT INTO sessions (token_hash, user_id, workspace_id, created_at, last_used_at, expires_at)
                 VALUES ($1, $2, $3, $4, $4, $5)`,
          params: [hash, person.id, workspace.id, now, now + sessionIdleMs],
        },
      ];
      return { token, statements };
    },
    async find(token) {
      const hash = hashToken(token);
      const now = clock();
      const row = await openRow(sql, hash, now);
      if (row === null) return null;
      const due = now - row.lastUsedAt >= lastUseStepMs;
      return { session: toSession(row), renewed: due && (await touch(sql, hash, now)) };
    },
    isOpen: async (token) => (await openRow(sql, hashToken(token), clock())) !== null,
    async close(token) {
      await sql.commit([{ text: "DELETE FROM sessions WHERE token_hash = $1", params: [hashToken(token)] }]);
    },
  };
}

async function openRow(sql: Sql, hash: string, now: number) {
  const [row] = await sql.read<SessionRow & { lastUsedAt: number; expiresAt: number }>(
    `SELECT ${sessionColumns}, s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt"
     FROM sessions s JOIN users u ON u.id = s.user_id
     JOIN memberships m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id
     JOIN workspaces w ON w.id = s.workspace_id
     WHERE s.token_hash = $1`,
    [hash],
  );
  return row === undefined || row.expiresAt <= now ? null : row;
}

/** Gives false when it was not written: a full disk must not keep people from looking at what goes on. */
async function touch(sql: Sql, hash: string, now: number): Promise<boolean> {
  const text = "UPDATE sessions SET last_used_at = $1, expires_at = $2 WHERE token_hash = $3 AND last_used_at < $1";
  try {
    const written = await sql.commit([{ text, params: [now, now + sessionIdleMs, hash], expectRows: 1 }]);
    return written.outcome === "committed";
  } catch (fault) {
    if (fault instanceof AppError && fault.code === "unavailable") return false;
    throw fault;
  }
}
