import type { ConnectionSummary } from "../../shared/api/connections.ts";
import { AppError } from "../../shared/app-error.ts";
import { credentialFields } from "../../shared/connector/auth-scheme.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { readFlowUses } from "../connectors/flow-uses.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { foreignCredentials, originsToReach } from "./credentials-origin.ts";

/** A connection without its credentials. */
export type ConnectionRow = {
  id: string;
  name: string;
  /** Key of its connector. */
  connector: string;
  target: "live" | "sandbox";
  state: "unverified" | "healthy" | "broken" | "needs-authorization";
  account: string | null;
  message: string | null;
  checkedAt: number | null;
  credentialsSetAt: number;
  open: Record<string, string>;
  /** Where its credentials may be sent, separated by spaces; null for a sandbox. */
  origin: string | null;
  variables: Record<string, string>;
  baseUrl: string | null;
  coolingUntil: number | null;
};

type Stored = Omit<ConnectionRow, "open" | "variables"> & { open: string; variables: string };

const select = `SELECT c.id, c.name, k.key AS connector, c.target, c.state, c.account, c.message, c.checked_at AS "checkedAt",
    c.credentials_set_at AS "credentialsSetAt", c.open_values AS open, c.origin, c.variables, c.base_url AS "baseUrl",
    c.cooling_until AS "coolingUntil"
  FROM connections c JOIN connectors k ON k.id = c.connector_id`;

/** The connections of a workspace by name; of one connector when its key is given. */
export async function listConnectionRows(sql: Sql, workspace: string, connector: string | null): Promise<ConnectionRow[]> {
  const rows = await sql.list<Stored>(`${select} WHERE c.workspace_id = $1 ORDER BY c.name, c.id`, [workspace]);
  return rows.map(opened).filter((row) => connector === null || row.connector === connector);
}

/** Throws `not_found`. */
export async function readConnection(sql: Sql, workspace: string, id: string): Promise<ConnectionRow> {
  const [row] = await sql.read<Stored>(`${select} WHERE c.id = $1 AND c.workspace_id = $2`, [id, workspace]);
  if (!row) throw new AppError("not_found", `there is no connection ${id}`);
  return opened(row);
}

/** What people see of a connection. `baseUrl`: where its calls go, "" while that is not known; `flows`: how many published ones use it. */
export function connectionSummary(
  row: ConnectionRow,
  connector: ConnectorDraft,
  { baseUrl, flows, now }: { baseUrl: string; flows: number; now: number },
): ConnectionSummary {
  const { origin, coolingUntil, baseUrl: own, ...shown } = row;
  return {
    ...shown,
    ...standing(row, connector, now),
    connector: { key: row.connector, name: connector.name },
    baseUrl,
    ownBaseUrl: own !== null,
    flows,
    fields: credentialFields(connector.auth),
  };
}

/** What keeps a connection from being used comes before what a check once said. */
function standing(row: ConnectionRow, connector: ConnectorDraft, now: number) {
  const { origin, target, coolingUntil, state, message } = row;
  const foreign = originsToReach(connector, row)
    .map((needed) => foreignCredentials(connector, { target, origin }, needed))
    .find((reason) => reason !== null);
  if (foreign !== undefined) return { state: "broken" as const, message: foreign, retryAt: null };
  if (state !== "needs-authorization" && coolingUntil !== null && coolingUntil > now)
    return { state: "cooling-down" as const, message, retryAt: coolingUntil };
  // The pause is over, and its reason with it.
  return { retryAt: null, ...(state === "healthy" && coolingUntil !== null && { message: null }) };
}

/** Throws `not_found`, `conflict` while published flows use it, naming them: that is looked at in the commit itself. */
export async function deleteConnection(sql: Sql, workspace: string, id: string): Promise<void> {
  const { name } = await readConnection(sql, workspace, id);
  const deleted = await sql.commit([
    {
      text: `DELETE FROM connections WHERE id = $1 AND workspace_id = $2 AND NOT EXISTS
        (SELECT 1 FROM flows f JOIN flow_versions v ON v.id = f.published_version_id
         WHERE f.workspace_id = $2 AND v.document LIKE $3)`,
      params: [id, workspace, `%"connection":"${id}"%`],
      expectRows: 1,
    },
  ]);
  if (deleted.outcome === "committed") return;
  const uses = await readFlowUses(sql, workspace);
  const flows = uses.flatMap((flow) => (flow.published?.connections.has(id) ? `"${flow.name}"` : []));
  throw new AppError("conflict", `"${name}" is used by ${flows.length === 1 ? "the flow" : "the flows"} ${flows.join(", ")}`);
}

/** To be committed with whatever needs the connection: refuses it when that was deleted meanwhile. */
export function requireConnection(workspace: string, id: string): Statement {
  return {
    text: `UPDATE connections SET name = name WHERE id = $1 AND workspace_id = $2`,
    params: [id, workspace],
    expectRows: 1,
  };
}

function opened({ open, variables, ...row }: Stored): ConnectionRow {
  return {
    ...row,
    open: JSON.parse(open) as Record<string, string>,
    variables: JSON.parse(variables) as Record<string, string>,
  };
}
