import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../shared/app-error.ts";
import { createConnection } from "../connections/create-connection.ts";
import type { Vault } from "../connections/vault.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import type { Clock, Ids } from "../ids.ts";
import { createHook } from "../ingress/create-hook.ts";
import type { Sql } from "../store/sql.ts";
import { type Catalog, type FlowTemplate, loadCatalog } from "./catalog.ts";

export type InstallDeps = { sql: Sql; vault: Vault; clock: Clock; ids: Ids };

/**
 * At every start: the catalog's files are checked, and its connectors published where they changed. The first start also makes
 * the first workspace and puts the flow templates into it.
 */
export async function installCatalog(deps: InstallDeps): Promise<void> {
  const catalog = loadCatalog(dirname(fileURLToPath(import.meta.url)));
  const [known] = await deps.sql.read<{ id: string }>(`SELECT id FROM workspaces ORDER BY created_at, id LIMIT 1`);
  const workspace = known?.id ?? (await createWorkspace(deps, "My workspace"));
  const connectors = await publishConnectors(deps, workspace, catalog);
  if (known) return;
  for (const template of catalog.templates) await installTemplate(deps, { workspace, template, connectors });
}

async function createWorkspace({ sql, clock, ids }: InstallDeps, name: string): Promise<string> {
  const id = ids.next("wsp");
  const stored = await sql.commit([
    { text: `INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)`, params: [id, name, clock()] },
  ]);
  if (stored.outcome !== "committed") throw new AppError("internal", "the first workspace could not be stored");
  return id;
}

async function publishConnectors(deps: InstallDeps, workspace: string, catalog: Catalog): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const document of catalog.connectors) ids.set(document.key, (await publishConnector(deps, workspace, document)).connector);
  return ids;
}

type Installation = { workspace: string; template: FlowTemplate; connectors: Map<string, string> };

/** Makes a published flow of a template, with its connections and its hook; gives the ids of flow and hook. */
export async function installTemplate(
  deps: InstallDeps,
  { workspace, template, connectors }: Installation,
): Promise<{ flow: string; hook: string | null }> {
  const connections = new Map<string, string>();
  for (const { key, connector, ...connection } of template.connections) {
    const id = connectors.get(connector);
    if (!id) throw new AppError("catalog", `the connector "${connector}" is not installed`);
    connections.set(key, await createConnection(deps, { ...connection, workspace, connector: id }));
  }
  const nodes = template.flow.nodes.map((node) =>
    node.kind === "call" && node.connection !== null ? { ...node, connection: connections.get(node.connection) ?? null } : node,
  );
  const flow = await createFlow(deps, { workspace, name: template.name, description: template.description });
  await publishFlow(deps, { workspace, flow, document: { ...template.flow, nodes } });
  const { hook } = template;
  if (!hook) return { flow, hook: null };
  return {
    flow,
    hook: await createHook(deps, { workspace, flow, node: hook.trigger, recipe: hook.recipe, answer: hook.answer }),
  };
}
