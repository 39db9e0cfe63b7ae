import { AppError } from "../../shared/app-error.ts";
import { credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { checkCredentials, openValues } from "./check-credentials.ts";
import { checkPlace } from "./check-place.ts";
import { stateBefore } from "./create-connection.ts";
import { type ConnectionPlace, credentialsOrigins, holdsOrigin } from "./credentials-origin.ts";
import { credentialsPlace } from "./load-connection.ts";
import type { Vault } from "./vault.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock; allowedHttpHosts: string[] };
type Row = {
  sealed: string;
  open: string;
  target: "live" | "sandbox";
  origin: string | null;
  variables: string;
  baseUrl: string | null;
};
type Changes = {
  workspace: string;
  id: string;
  connector: ConnectorDraft;
  name?: string | undefined;
  /** Fields left out keep their value, unless the calls go to another host by now. */
  credentials?: Record<string, string> | undefined;
  /** All of them, as they are to be. */
  variables?: Record<string, string> | undefined;
  /** "" is the connector's. */
  baseUrl?: string | undefined;
};

/**
 * Renames a connection, or replaces credentials or what fills its URLs, with which its token goes; gives whether it has to be checked
 * anew. Throws `bad_request`, `conflict`, `not_found`.
 */
export async function updateConnection(deps: Deps, changes: Changes): Promise<boolean> {
  const { sql } = deps;
  const { workspace, id, name, credentials } = changes;
  const [row] = await sql.read<Row>(
    `SELECT credentials AS sealed, open_values AS open, target, origin, variables, base_url AS "baseUrl"
     FROM connections WHERE id = $1 AND workspace_id = $2`,
    [id, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no connection ${id}`);
  const statements: Statement[] = [];
  if (name !== undefined)
    statements.push({ text: `UPDATE connections SET name = $1 WHERE id = $2`, params: [name, id], expectRows: 1 });
  const place = placeAfter(changes, row);
  const moves = place.baseUrl !== row.baseUrl || !sameVariables(place.variables, variablesOf(row));
  const replaces = credentials !== undefined || moves;
  if (replaces) statements.push(await replacing(deps, { changes, place, row }));
  if (statements.length > 0 && (await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", "the connection was changed at the same time: try again");
  return replaces;
}

function placeAfter({ connector, variables: given, baseUrl }: Changes, row: Row): ConnectionPlace {
  const known = variablesOf(row);
  const metadata = connector.auth.kind === "oauth2" ? connector.auth.metadata : {};
  // What the provider has named nobody enters, so it is not left out by whoever changes the rest.
  const named = Object.entries(known).filter(([key]) => Object.hasOwn(metadata, key));
  return {
    target: row.target,
    variables: given === undefined ? known : { ...Object.fromEntries(named), ...given },
    baseUrl: baseUrl === undefined ? row.baseUrl : baseUrl || null,
  };
}

function variablesOf({ variables }: Row): Record<string, string> {
  return JSON.parse(variables) as Record<string, string>;
}

function sameVariables(a: Record<string, string>, b: Record<string, string>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

type Replacing = { changes: Changes; place: ConnectionPlace; row: Row };

async function replacing({ vault, clock, allowedHttpHosts }: Deps, { changes, place, row }: Replacing): Promise<Statement> {
  const { workspace, id, connector, credentials: given = {} } = changes;
  const { auth } = connector;
  checkPlace(connector, place, allowedHttpHosts);
  const sealedPlace = credentialsPlace(workspace, id);
  const origin = credentialsOrigins(connector, place);
  // What was entered for one host is not taken along to another.
  const stays = origin === null || origin.split(" ").every((each) => holdsOrigin(row.origin, each));
  const known = stays ? (JSON.parse(await vault.open(sealedPlace, row.sealed)) as Record<string, string>) : {};
  const shown = stays ? (JSON.parse(row.open) as Record<string, string>) : {};
  checkCredentials(auth, given, known);
  // What an earlier auth scheme of the connector asked for is not kept.
  const fields = new Set(credentialFields(auth).map(({ key }) => key));
  const credentials = Object.fromEntries(Object.entries({ ...known, ...given }).filter(([key]) => fields.has(key)));
  // The version moves on, so that an exchange of the old credentials that is under way cannot store its token.
  return {
    text: `UPDATE connections SET credentials = $1, open_values = $2, origin = $4, state = $5, variables = $6, base_url = $7,
        credentials_set_at = CASE WHEN credentials_set_at >= $3 THEN credentials_set_at + 1 ELSE $3 END,
        account = NULL, message = NULL, checked_at = NULL, token = NULL, token_expires_at = NULL, oauth_grant = NULL,
        cooling_until = NULL, token_version = token_version + 1
      WHERE id = $8 AND credentials = $9`,
    params: [
      await vault.seal(sealedPlace, JSON.stringify(credentials)),
      JSON.stringify(openValues(auth, { ...shown, ...given })),
      clock(),
      origin,
      stateBefore(auth),
      JSON.stringify(place.variables),
      place.baseUrl,
      id,
      row.sealed,
    ],
    expectRows: 1,
  };
}
