import { AppError } from "../../shared/app-error.ts";
import { applyConnectorEdit } from "../../shared/connector/apply-connector-edit.ts";
import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";
import type { BaseVariable } from "../../shared/connector/base-variable.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Logo } from "../../shared/connector/logo.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { chooseEndpoints } from "./choose-endpoints.ts";
import { freeKey, slugOf } from "./import/names.ts";
import { readImport } from "./imports.ts";
import { unknownLogoProblem } from "./logos.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock; allowedHttpHosts: string[] };
type NewConnector = {
  workspace: string;
  name: string;
  description: string;
  category?: string | undefined;
  logo?: Logo | undefined;
  baseUrl?: string | undefined;
  variables?: BaseVariable[] | undefined;
  auth?: AuthScheme | undefined;
  from?: { import: string; endpoints: string[] } | undefined;
};

/**
 * Makes a connector's draft, empty or from the chosen endpoints of an import; what is given takes the place of what the file says.
 * Gives its key. Throws `not_found`, `bad_request`, `invalid_document` with the field.
 */
export async function createConnector(deps: Deps, given: NewConnector): Promise<string> {
  const { workspace, name, from } = given;
  const source = from ? await readImport(deps, { workspace, id: from.import }) : null;
  const chosen =
    source && from
      ? chooseEndpoints(source.connector, from.endpoints)
      : { baseUrl: "", auth: { kind: "none" as const }, endpoints: [] };
  const unknown = given.logo ? await unknownLogoProblem(deps.sql, workspace, given.logo) : null;
  if (unknown !== null) throw invalid("logo", unknown);
  // Whoever makes one of the same name in the same moment takes the key, so the next one is tried.
  for (let attempt = 0; attempt < 5; attempt++) {
    const key = await keyFor(deps.sql, workspace, name);
    const draft = withGiven({ schemaVersion: 1, key, name, description: "", ...chosen, incomingWebhooks: [] }, given, deps);
    const now = deps.clock();
    const stored = await deps.sql.commit([
      {
        text: `INSERT INTO connectors (id, workspace_id, key, created_at, origin, draft, draft_revision, imported, updated_at)
          VALUES ($1, $2, $3, $4, 'custom', $5, 1, $6, $7)`,
        params: [deps.ids.next("cnr"), workspace, key, now, JSON.stringify(draft), source?.text ?? null, now],
      },
    ]);
    if (stored.outcome === "committed") return key;
  }
  throw new AppError("conflict", `connectors named "${name}" are being made at the same time: try again`);
}

/** Base URL and authentication are held to the rules of a save; what an import says is kept as it is, to be put right later. */
function withGiven(draft: ConnectorDraft, given: NewConnector, deps: Deps): ConnectorDraft {
  const { description, category, logo, baseUrl, auth } = given;
  const named = { ...draft, description, ...(category && { category }), ...(logo && { logo }) };
  if (baseUrl === undefined && auth === undefined) return named;
  const { variables = draft.variables } = given;
  const edited = applyConnectorEdit(
    named,
    { edit: "base", baseUrl: baseUrl ?? draft.baseUrl, variables, auth: auth ?? draft.auth, verification: draft.verification },
    deps,
  );
  if (edited.outcome === "refused") throw invalid(edited.field, edited.message);
  return edited.draft;
}

function invalid(field: string, message: string): AppError {
  return new AppError("invalid_document", `${field}: ${message}`, { details: { issues: [{ field, message }] } });
}

async function keyFor(sql: Sql, workspace: string, name: string): Promise<string> {
  const rows = await sql.read<{ key: string }>(`SELECT key FROM connectors WHERE workspace_id = $1`, [workspace]);
  return freeKey(slugOf(name, "connector"), new Set(rows.map(({ key }) => key)));
}
