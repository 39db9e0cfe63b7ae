import type { completeSetup, Session } from "../../shared/api/people.ts";
import type { Body } from "../../shared/api/route.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { SignedIn } from "./sign-in.ts";
import { hashToken, newToken } from "./token.ts";
import { addUser, hasAdministrator, normalEmail } from "./users.ts";

export type SetupDeps = { sql: Sql; clock: Clock; ids: Ids; passwords: Passwords; sessions: Sessions };

export type Setup = {
  /** True while no administrator exists. */
  isNeeded(): Promise<boolean>;
  /** A token for the one-time link, null when set-up is done. Call it at start: the operator reads the link off the terminal. */
  issueToken(): Promise<string | null>;
  /** Creates the administrator and signs them in. Throws `forbidden` when the token is not, or no longer, valid. */
  complete(input: Body<typeof completeSetup>): Promise<SignedIn>;
};

/** Links of earlier starts stay good for a day: several API nodes print one each. */
const keepTokensMs = 86_400_000;

export function createSetup({ sql, clock, ids, passwords, sessions }: SetupDeps): Setup {
  return {
    isNeeded: async () => !(await hasAdministrator(sql)),
    async issueToken() {
      if (await hasAdministrator(sql)) return null;
      const { token, hash } = newToken();
      const now = clock();
      const stored = await sql.commit([
        { text: "DELETE FROM setup_tokens WHERE created_at <= $1", params: [now - keepTokensMs] },
        { text: "INSERT INTO setup_tokens (token_hash, created_at, used_at) VALUES ($1, $2, NULL)", params: [hash, now] },
      ]);
      if (stored.outcome !== "committed") throw new AppError("internal", "the set-up token could not be stored");
      return token;
    },
    async complete({ token, name, email, password }) {
      const hash = hashToken(token);
      const unused = "SELECT 1 AS found FROM setup_tokens WHERE token_hash = $1 AND used_at IS NULL";
      // Before the password is hashed, which costs too much to do for anyone who asks.
      if ((await sql.read(unused, [hash])).length === 0) throw invalidLink();
      const passwordHash = await passwords.hash(password);
      const now = clock();
      const workspace = await firstWorkspace(sql, ids, now);
      const person = { id: ids.next("usr"), name, email: normalEmail(email), role: "administrator" as const };
      const session: Session = { person, workspace: workspace.workspace };
      const opening = sessions.opening(session);
      const done = await sql.commit([
        ...consumeToken(hash, now),
        ...workspace.statements,
        ...addUser(session, passwordHash, now),
        ...opening.statements,
      ]);
      if (done.outcome === "conflict") throw invalidLink();
      if (done.outcome === "refused")
        throw new AppError("conflict", "this e-mail address cannot be used", { cause: done.reason });
      return { session, token: opening.token };
    },
  };
}

/**
 * The compare-and-swap that lets one of several racing requests through. It uses up all tokens, so that two with different ones
 * wait for each other's rows too: the loser finds its own used, or the database breaks the deadlock and rolls it back.
 */
function consumeToken(hash: string, now: number): Statement[] {
  return [
    {
      text: `UPDATE setup_tokens SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL
             AND NOT EXISTS (SELECT 1 FROM memberships WHERE role = 'administrator')`,
      params: [now, hash],
      expectRows: 1,
    },
    { text: "UPDATE setup_tokens SET used_at = $1 WHERE used_at IS NULL", params: [now] },
  ];
}

/** The workspace that the administrator gets: the oldest, or a new one when there is none yet. */
async function firstWorkspace(
  sql: Sql,
  ids: Ids,
  now: number,
): Promise<{ workspace: Session["workspace"]; statements: Statement[] }> {
  const [known] = await sql.read<Session["workspace"]>("SELECT id, name FROM workspaces ORDER BY created_at, id LIMIT 1");
  if (known) return { workspace: { id: known.id, name: known.name }, statements: [] };
  const workspace = { id: ids.next("wsp"), name: "Workspace" };
  const text = "INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)";
  return { workspace, statements: [{ text, params: [workspace.id, workspace.name, now] }] };
}

function invalidLink(): AppError {
  return new AppError("forbidden", "this set-up link is not valid, or was used already");
}
