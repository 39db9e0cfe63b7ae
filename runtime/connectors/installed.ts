import type { InstalledConnector } from "../../shared/api/connector-versions.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { labelOf } from "./connector-rows.ts";
import { readFlowUses } from "./flow-uses.ts";

/** A frozen version of a connector as it is stored. */
export type StoredVersion = { id: string; connector: string; key: string; number: number; document: string };

const select = `SELECT v.id, v.connector_id AS connector, c.key, v.number, v.document
  FROM connector_versions v JOIN connectors c ON c.id = v.connector_id`;

/** The version of each connector that flows of a workspace use, by key. */
export async function readInstalled(sql: Sql, workspace: string): Promise<Map<string, StoredVersion>> {
  const rows = await sql.list<StoredVersion>(
    `${select} JOIN installations i ON i.version_id = v.id WHERE i.workspace_id = $1 ORDER BY c.key`,
    [workspace],
  );
  return new Map(rows.map((row) => [row.key, { ...row, number: Number(row.number) }]));
}

/** A version by its number, or (`number` null) the installed one; null when there is none. */
export async function findVersion(
  sql: Sql,
  workspace: string,
  { key, number }: { key: string; number: number | null },
): Promise<StoredVersion | null> {
  const [row] =
    number === null
      ? await sql.read<StoredVersion>(
          `${select} JOIN installations i ON i.version_id = v.id AND i.workspace_id = c.workspace_id
           WHERE c.workspace_id = $1 AND c.key = $2`,
          [workspace, key],
        )
      : await sql.read<StoredVersion>(`${select} WHERE c.workspace_id = $1 AND c.key = $2 AND v.number = $3`, [
          workspace,
          key,
          number,
        ]);
  return row ? { ...row, number: Number(row.number) } : null;
}

/** Throws `not_found`. */
export async function readVersionDocument(
  sql: Sql,
  workspace: string,
  { key, number }: { key: string; number: number },
): Promise<Connector> {
  const version = await findVersion(sql, workspace, { key, number });
  if (!version) throw new AppError("not_found", `the connector "${key}" has no version ${number}`);
  // Parsed by its schema when it was frozen.
  return JSON.parse(version.document) as Connector;
}

type Installing = {
  workspace: string;
  connector: string;
  version: string;
  source: "local" | "marketplace";
  by: string | null;
  at: number;
};

/** To be committed: flows of the workspace use this version from now on. */
export function installing({ workspace, connector, version, source, by, at }: Installing): Statement {
  return {
    text: `INSERT INTO installations (workspace_id, connector_id, version_id, source, installed_by, installed_at)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (workspace_id, connector_id) DO UPDATE SET version_id = excluded.version_id, source = excluded.source,
        installed_by = excluded.installed_by, installed_at = excluded.installed_at`,
    params: [workspace, connector, version, source, by, at],
  };
}

/** Takes a connector out of the palette. Throws `conflict` while a flow uses it, naming them, `not_found`. */
export async function uninstall(sql: Sql, workspace: string, key: string): Promise<void> {
  const version = await findVersion(sql, workspace, { key, number: null });
  if (!version) throw new AppError("not_found", `"${key}" is not installed`);
  const users = (await readFlowUses(sql, workspace)).filter(
    ({ published, draft }) => published?.connectors.has(key) || draft?.connectors.has(key),
  );
  if (users.length > 0)
    throw new AppError("conflict", `it is used by ${users.map(({ name }) => `the flow "${name}"`).join(", ")}`);
  const removed = await sql.commit([
    {
      // What was looked at above may have changed since.
      text: `DELETE FROM installations WHERE workspace_id = $1 AND connector_id = $2 AND NOT EXISTS
        (SELECT 1 FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id
         WHERE f.workspace_id = $1 AND (v.document LIKE $3 OR f.draft LIKE $3 OR v.document LIKE $4 OR f.draft LIKE $4))`,
      params: [
        workspace,
        version.connector,
        `%"kind":"call","connector":"${key}",%`,
        `%"kind":"app-trigger","connector":"${key}",%`,
      ],
      expectRows: 1,
    },
  ]);
  if (removed.outcome !== "committed") throw new AppError("conflict", "a flow uses it since a moment ago: look at it again");
}

/** What the palette of the canvas offers. */
export function installedConnector({ key, number, document }: StoredVersion): InstalledConnector {
  // Parsed by its schema when it was frozen.
  const { name, logo, endpoints, triggers = [], actions = [] } = JSON.parse(document) as Connector;
  return {
    key,
    name,
    ...(logo && { logo }),
    version: number,
    endpoints: endpoints.map(labelOf),
    triggers: triggers
      .filter(({ places }) => places.includes("flows"))
      .map(({ key: trigger, name: called, description }) => ({ key: trigger, name: called, description })),
    actions: actions.map(({ key: action, name: called, description, category, endpoint }) => ({
      key: action,
      name: called,
      description,
      category,
      endpoint,
    })),
  };
}
