import { AppError } from "../../shared/app-error.ts";
import { type AuthScheme, credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { checkCredentials, openValues } from "./check-credentials.ts";
import { credentialsPlace } from "./load-connection.ts";
import type { Vault } from "./vault.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock };
type Changes = {
  workspace: string;
  id: string;
  auth: AuthScheme;
  name?: string | undefined;
  /** Fields left out keep their value. */
  credentials?: Record<string, string> | undefined;
};

/** Renames a connection, or replaces credentials, whose token goes with them. Throws `bad_request`, `conflict`, `not_found`. */
export async function updateConnection(deps: Deps, { workspace, id, auth, name, credentials }: Changes): Promise<void> {
  const { sql } = deps;
  const [row] = await sql.read<{ sealed: string }>(
    `SELECT credentials AS sealed FROM connections WHERE id = $1 AND workspace_id = $2`,
    [id, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no connection ${id}`);
  const statements: Statement[] = [];
  if (name !== undefined)
    statements.push({ text: `UPDATE connections SET name = $1 WHERE id = $2`, params: [name, id], expectRows: 1 });
  if (credentials !== undefined)
    statements.push(await replacing(deps, { workspace, id, auth, given: credentials, sealed: row.sealed }));
  if (statements.length > 0 && (await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", "the connection was changed at the same time: try again");
}

async function replacing(
  { vault, clock }: Deps,
  {
    workspace,
    id,
    auth,
    given,
    sealed,
  }: { workspace: string; id: string; auth: AuthScheme; given: Record<string, string>; sealed: string },
): Promise<Statement> {
  const place = credentialsPlace(workspace, id);
  const known = JSON.parse(await vault.open(place, sealed)) as Record<string, string>;
  checkCredentials(auth, given, known);
  // What an earlier auth scheme of the connector asked for is not kept.
  const fields = new Set(credentialFields(auth).map(({ key }) => key));
  const credentials = Object.fromEntries(Object.entries({ ...known, ...given }).filter(([key]) => fields.has(key)));
  // The version moves on, so that an exchange of the old credentials that is under way cannot store its token.
  return {
    text: `UPDATE connections SET credentials = $1, open_values = $2, credentials_set_at = $3, state = 'unverified', account = NULL,
        message = NULL, checked_at = NULL, token = NULL, token_expires_at = NULL, token_version = token_version + 1
      WHERE id = $4 AND credentials = $5`,
    params: [
      await vault.seal(place, JSON.stringify(credentials)),
      JSON.stringify(openValues(auth, credentials)),
      clock(),
      id,
      sealed,
    ],
    expectRows: 1,
  };
}
