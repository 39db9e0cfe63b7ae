import type { acceptInvitation, Invitation, Person, Session } from "../../shared/api/people.ts";
import type { Body } from "../../shared/api/route.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { SignedIn } from "./sign-in.ts";
import { hashToken, newToken } from "./token.ts";
import { addUser, normalEmail } from "./users.ts";

type Deps = { sql: Sql; clock: Clock; ids: Ids; passwords: Passwords; sessions: Sessions };
/** `by`: the person who invites. */
type ToInvite = { workspace: string; by: string; role: Person["role"]; note: string };

export type Invitations = {
  /** Makes an invitation, good once; its token is known from this answer alone. */
  invite(to: ToInvite): Promise<{ invitation: Invitation; token: string }>;
  /** Those that are still good, newest first. */
  list(workspace: string): Promise<Invitation[]>;
  /** Throws `not_found`, also for one that was used. */
  revoke(workspace: string, invitation: string): Promise<void>;
  /** What a token invites to. Throws `forbidden` when it is not, or no longer, good. */
  preview(token: string): Promise<{ workspace: string; role: Person["role"] }>;
  /** Makes the account and signs in. Throws `forbidden` as `preview` does, `conflict` for an address that has an account. */
  accept(input: Body<typeof acceptInvitation>): Promise<SignedIn>;
};

export const invitationLifeMs = 7 * 86_400_000;

type Row = { id: string; role: Person["role"]; note: string; createdAt: number; expiresAt: number };
type Good = { role: Person["role"]; workspaceId: string; workspaceName: string };

/** Invitation links: 256 random bits, of which only the SHA-256 is stored. The role is fixed by whoever invites. */
export function createInvitations({ sql, clock, ids, passwords, sessions }: Deps): Invitations {
  async function good(token: string): Promise<Good> {
    const [row] = await sql.read<Good>(
      `SELECT i.role, w.id AS "workspaceId", w.name AS "workspaceName" FROM invitations i JOIN workspaces w ON w.id = i.workspace_id
       WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.expires_at > $2`,
      [hashToken(token), clock()],
    );
    if (!row) throw invalidLink();
    return row;
  }

  return {
    async invite({ workspace, by, role, note }) {
      const { token, hash } = newToken();
      const now = clock();
      const invitation = { id: ids.next("inv"), role, note, createdAt: now, expiresAt: now + invitationLifeMs };
      const stored = await sql.commit([
        // Who has just been demoted or removed leaves no invitation behind.
        {
          text: "UPDATE memberships SET role = role WHERE workspace_id = $1 AND user_id = $2 AND role = 'administrator'",
          params: [workspace, by],
          expectRows: 1,
        },
        // Here rather than on a timer: whoever invites also clears those that ended.
        { text: "DELETE FROM invitations WHERE expires_at <= $1", params: [now] },
        {
          text: `INSERT INTO invitations (id, workspace_id, invited_by, token_hash, role, note, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
          params: [invitation.id, workspace, by, hash, role, note, now, invitation.expiresAt],
        },
      ]);
      if (stored.outcome !== "committed") throw new AppError("forbidden", "only an administrator may invite");
      return { invitation, token };
    },
    list: (workspace) =>
      sql.list<Row>(
        `SELECT id, role, note, created_at AS "createdAt", expires_at AS "expiresAt" FROM invitations
         WHERE workspace_id = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY created_at DESC, id DESC`,
        [workspace, clock()],
      ),
    async revoke(workspace, invitation) {
      const text = "DELETE FROM invitations WHERE id = $1 AND workspace_id = $2 AND used_at IS NULL";
      const deleted = await sql.commit([{ text, params: [invitation, workspace], expectRows: 1 }]);
      if (deleted.outcome !== "committed") throw new AppError("not_found", `there is no open invitation ${invitation}`);
    },
    async preview(token) {
      const { workspaceName, role } = await good(token);
      return { workspace: workspaceName, role };
    },
    async accept({ token, name, email, password }) {
      // Before the password is hashed, which costs too much to do for anyone who asks.
      const { role, workspaceId, workspaceName } = await good(token);
      const passwordHash = await passwords.hash(password);
      const person = { id: ids.next("usr"), name, email: normalEmail(email), role };
      const session: Session = { person, workspace: { id: workspaceId, name: workspaceName } };
      const opening = sessions.opening(session);
      const now = clock();
      const done = await sql.commit([
        {
          text: "UPDATE invitations SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1",
          params: [now, hashToken(token)],
          expectRows: 1,
        },
        ...addUser(session, passwordHash, now),
        ...opening.statements,
      ]);
      if (done.outcome === "conflict") throw invalidLink();
      if (done.outcome === "refused")
        throw new AppError("conflict", "somebody has an account with this e-mail address already: use another one", {
          cause: done.reason,
        });
      return { session, token: opening.token };
    },
  };
}

function invalidLink(): AppError {
  return new AppError("forbidden", "this invitation is not valid, was used already, or has expired: ask for a new one");
}
