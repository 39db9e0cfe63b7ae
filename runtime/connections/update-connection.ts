import { AppError } from "../../shared/app-error.ts";
import { credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { checkCredentials, openValues } from "./check-credentials.ts";
import { credentialsOrigin } from "./credentials-origin.ts";
import { credentialsPlace } from "./load-connection.ts";
import type { Vault } from "./vault.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock };
type Row = { sealed: string; open: string; target: "live" | "sandbox"; origin: string | null };
type Changes = {
  workspace: string;
  id: string;
  connector: ConnectorDraft;
  name?: string | undefined;
  /** Fields left out keep their value, unless the connector's base URL is on another host by now. */
  credentials?: Record<string, string> | undefined;
};

/** Renames a connection, or replaces credentials, whose token goes with them. Throws `bad_request`, `conflict`, `not_found`. */
export async function updateConnection(deps: Deps, { workspace, id, connector, name, credentials }: Changes): Promise<void> {
  const { sql } = deps;
  const [row] = await sql.read<Row>(
    `SELECT credentials AS sealed, open_values AS open, target, origin FROM connections WHERE id = $1 AND workspace_id = $2`,
    [id, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no connection ${id}`);
  const statements: Statement[] = [];
  if (name !== undefined)
    statements.push({ text: `UPDATE connections SET name = $1 WHERE id = $2`, params: [name, id], expectRows: 1 });
  if (credentials !== undefined) statements.push(await replacing(deps, { workspace, id, connector, given: credentials, row }));
  if (statements.length > 0 && (await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", "the connection was changed at the same time: try again");
}

type Replacing = { workspace: string; id: string; connector: ConnectorDraft; given: Record<string, string>; row: Row };

async function replacing({ vault, clock }: Deps, { workspace, id, connector, given, row }: Replacing): Promise<Statement> {
  const { auth } = connector;
  const place = credentialsPlace(workspace, id);
  const origin = credentialsOrigin(connector, row.target);
  // What was entered for one host is not taken along to another.
  const stays = origin === row.origin;
  const known = stays ? (JSON.parse(await vault.open(place, row.sealed)) as Record<string, string>) : {};
  const shown = stays ? (JSON.parse(row.open) as Record<string, string>) : {};
  checkCredentials(auth, given, known);
  // What an earlier auth scheme of the connector asked for is not kept.
  const fields = new Set(credentialFields(auth).map(({ key }) => key));
  const credentials = Object.fromEntries(Object.entries({ ...known, ...given }).filter(([key]) => fields.has(key)));
  // The version moves on, so that an exchange of the old credentials that is under way cannot store its token.
  return {
    text: `UPDATE connections SET credentials = $1, open_values = $2, credentials_set_at = $3, origin = $4, state = 'unverified',
        account = NULL, message = NULL, checked_at = NULL, token = NULL, token_expires_at = NULL, token_version = token_version + 1
      WHERE id = $5 AND credentials = $6`,
    params: [
      await vault.seal(place, JSON.stringify(credentials)),
      JSON.stringify(openValues(auth, { ...shown, ...given })),
      clock(),
      origin,
      id,
      row.sealed,
    ],
    expectRows: 1,
  };
}
