import type { Person } from "../../shared/api/people.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Sql, Statement } from "../store/sql.ts";

type Member = { workspace: string; person: string };

/** Everybody in a workspace, by name. */
export function listMembers(sql: Sql, workspace: string): Promise<(Person & { joinedAt: number })[]> {
  return sql.list(
    `SELECT u.id, u.name, u.email, m.role, m.joined_at AS "joinedAt" FROM memberships m JOIN users u ON u.id = m.user_id
     WHERE m.workspace_id = $1 ORDER BY u.name, u.id`,
    [workspace],
  );
}

/**
 * Whoever is no administrator any more has their open invitations ended, lest they come back by one. Throws `not_found`, and
 * `conflict` when nobody would be left who is an administrator.
 */
export async function changeRole(sql: Sql, { workspace, person }: Member, role: Person["role"]): Promise<void> {
  const changed = await sql.commit([
    lockAdministrators(workspace),
    {
      text: `UPDATE memberships SET role = $3 WHERE workspace_id = $1 AND user_id = $2 AND ($3 = 'administrator' OR ${isSpared})`,
      params: [workspace, person, role],
      expectRows: 1,
    },
    ...(role === "administrator" ? [] : [endInvitations({ workspace, person })]),
  ]);
  if (changed.outcome !== "committed") throw await refusal(sql, { workspace, person });
}

/** Takes a person out of the workspace and ends their sessions and open invitations; who is in no other may be invited anew. Throws as `changeRole`. */
export async function removeMember(sql: Sql, { workspace, person }: Member): Promise<void> {
  const removed = await sql.commit([
    lockAdministrators(workspace),
    {
      text: `DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2 AND ${isSpared}`,
      params: [workspace, person],
      expectRows: 1,
    },
    endInvitations({ workspace, person }),
    { text: "DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2", params: [workspace, person] },
    {
      text: "DELETE FROM users WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = $1)",
      params: [person],
    },
  ]);
  if (removed.outcome !== "committed") throw await refusal(sql, { workspace, person });
}

/** The workspace `$1` can do without the person `$2`: they are no administrator, or another one is. */
const isSpared = `(memberships.role <> 'administrator' OR EXISTS
  (SELECT 1 FROM memberships o WHERE o.workspace_id = $1 AND o.user_id <> $2 AND o.role = 'administrator'))`;

/** Of two that take each other's role at once, the second waits here and then sees what the first has done. */
function lockAdministrators(workspace: string): Statement {
  return { text: "UPDATE memberships SET role = role WHERE workspace_id = $1 AND role = 'administrator'", params: [workspace] };
}

function endInvitations({ workspace, person }: Member): Statement {
  const text = "DELETE FROM invitations WHERE workspace_id = $1 AND invited_by = $2 AND used_at IS NULL";
  return { text, params: [workspace, person] };
}

async function refusal(sql: Sql, { workspace, person }: Member): Promise<AppError> {
  const rows = await sql.read("SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2", [workspace, person]);
  return rows.length === 0
    ? new AppError("not_found", `there is no person ${person}`)
    : new AppError("conflict", "this is the last administrator: make somebody else an administrator first");
}
