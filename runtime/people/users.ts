import type { Person, Session } from "../../shared/api/people.ts";
import type { Sql, Statement } from "../store/sql.ts";

/** A person with what proves them, and the workspace they sign in to. */
export type KnownUser = { passwordHash: string; session: Session };

/** Columns of a person in a workspace, for queries that name users `u`, memberships `m` and workspaces `w`. */
export const sessionColumns = `u.id AS "personId", u.name AS "personName", u.email, m.role, w.id AS "workspaceId", w.name AS "workspaceName"`;
export type SessionRow = {
  personId: string;
  personName: string;
  email: string;
  role: Person["role"];
  workspaceId: string;
  workspaceName: string;
};

export function toSession(row: SessionRow): Session {
  return {
    person: { id: row.personId, name: row.personName, email: row.email, role: row.role },
    workspace: { id: row.workspaceId, name: row.workspaceName },
  };
}

/** Addresses are stored and compared in lower case. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** Whoever has this address, with the first workspace they are a member of; null when nobody has. */
export async function findUser(sql: Sql, email: string): Promise<KnownUser | null> {
  const [row] = await sql.read<SessionRow & { passwordHash: string }>(
    `SELECT ${sessionColumns}, u.password_hash AS "passwordHash"
     FROM users u JOIN memberships m ON m.user_id = u.id JOIN workspaces w ON w.id = m.workspace_id
     WHERE u.email = $1 ORDER BY w.created_at, w.id LIMIT 1`,
    [normalEmail(email)],
  );
  return row === undefined ? null : { passwordHash: row.passwordHash, session: toSession(row) };
}

export async function hasAdministrator(sql: Sql): Promise<boolean> {
  const rows = await sql.read("SELECT 1 AS found FROM memberships WHERE role = 'administrator' LIMIT 1");
  return rows.length > 0;
}

/** Adds a person to a workspace, which exists by the time these statements run. */
export function addUser({ person, workspace }: Session, passwordHash: string, now: number): Statement[] {
  return [
    {
      text: "INSERT INTO users (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
      params: [person.id, normalEmail(person.email), person.name, passwordHash, now],
    },
    {
      text: "INSERT INTO memberships (workspace_id, user_id, role, joined_at) VALUES ($1, $2, $3, $4)",
      params: [workspace.id, person.id, person.role, now],
    },
  ];
}
