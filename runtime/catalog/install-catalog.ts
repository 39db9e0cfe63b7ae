import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../../shared/app-error.ts";
import type { AuthScheme } from "../../shared/connector/auth-scheme.ts";
import { usesConnector } from "../../shared/flow/node.ts";
import { newConnection } from "../connections/create-connection.ts";
import type { Vault } from "../connections/vault.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { newFlow, newVersion } from "../flows/publish-flow.ts";
import type { Clock, Ids } from "../ids.ts";
import { newHook } from "../ingress/create-hook.ts";
import { generateSecret } from "../ingress/set-hook.ts";
import { sealSecret } from "../ingress/set-hook-secret.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { type Catalog, type FlowTemplate, loadCatalog, type TemplateHook } from "./catalog.ts";

export type InstallDeps = { sql: Sql; vault: Vault; clock: Clock; ids: Ids };

/**
 * At every start: the catalog's files are checked, and its connectors published where they changed. The first start also makes
 * the first workspace and puts each flow template into it, once. Each step is one commit and says itself that it was done, so a
 * start goes on where one that was cut short has stopped.
 */
export async function installCatalog(deps: InstallDeps): Promise<void> {
  const catalog = loadCatalog(dirname(fileURLToPath(import.meta.url)));
  const [known] = await deps.sql.read<{ id: string }>(`SELECT id FROM workspaces ORDER BY created_at, id LIMIT 1`);
  const workspace = known?.id ?? (await createWorkspace(deps, "My workspace"));
  const connectors = await publishConnectors(deps, workspace, catalog);
  const rows = await deps.sql.read<{ template: string }>(`SELECT template FROM installed_templates WHERE workspace_id = $1`, [
    workspace,
  ]);
  const installed = new Set(rows.map(({ template }) => template));
  for (const template of catalog.templates)
    if (!installed.has(template.key) && connectorsOf(template).every((key) => connectors.has(key)))
      await installTemplate(deps, { workspace, template, connectors });
}

function connectorsOf({ connections, flow }: FlowTemplate): string[] {
  return [
    ...connections.map(({ connector }) => connector),
    ...flow.nodes.flatMap((node) => (usesConnector(node) ? node.connector : [])),
  ];
}

async function createWorkspace({ sql, clock, ids }: InstallDeps, name: string): Promise<string> {
  const id = ids.next("wsp");
  const stored = await sql.commit([
    { text: `INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)`, params: [id, name, clock()] },
  ]);
  if (stored.outcome !== "committed") throw new AppError("internal", "the first workspace could not be stored");
  return id;
}

type Installed = Map<string, { id: string; auth: AuthScheme }>;

async function publishConnectors(deps: InstallDeps, workspace: string, catalog: Catalog): Promise<Installed> {
  const rows = await deps.sql.read<{ key: string }>(`SELECT key FROM connectors WHERE workspace_id = $1 AND origin = 'custom'`, [
    workspace,
  ]);
  // A connector of one's own keeps its key when a later release brings one of the same name.
  const taken = new Set(rows.map(({ key }) => key));
  const installed: Installed = new Map();
  for (const document of catalog.connectors) {
    if (taken.has(document.key)) continue;
    const { connector } = await publishConnector(deps, workspace, document);
    installed.set(document.key, { id: connector, auth: document.auth });
  }
  return installed;
}

type Installation = { workspace: string; template: FlowTemplate; connectors: Installed };

/** Makes a published flow of a template, with its connections and its hook, and notes that it has: all or nothing. */
async function installTemplate(deps: InstallDeps, { workspace, template, connectors }: Installation): Promise<void> {
  const statements: Statement[] = [];
  const connections = new Map<string, string>();
  for (const { key, connector: connectorKey, ...connection } of template.connections) {
    const connector = connectors.get(connectorKey);
    if (!connector) throw new AppError("catalog", `the connector "${connectorKey}" is not installed`);
    const { id, statement } = await newConnection(deps, {
      ...connection,
      workspace,
      connector: connector.id,
      auth: connector.auth,
      // Templates come with sandboxes alone.
      origin: null,
    });
    connections.set(key, id);
    statements.push(statement);
  }
  const nodes = template.flow.nodes.map((node) =>
    usesConnector(node) && node.connection !== null ? { ...node, connection: connections.get(node.connection) ?? null } : node,
  );
  const flow = newFlow(deps, { workspace, name: template.name, description: template.description });
  const version = await newVersion(deps, { workspace, flow: flow.id, document: { ...template.flow, nodes } });
  statements.push(flow.statement, ...version.statements);
  const { hook } = template;
  if (hook) statements.push(...(await newTemplateHook(deps, { hook, workspace, flow: flow.id })));
  statements.push({
    text: `INSERT INTO installed_templates (workspace_id, template, installed_at) VALUES ($1, $2, $3)`,
    params: [workspace, template.key, deps.clock()],
  });
  const stored = await deps.sql.commit(statements);
  if (stored.outcome !== "committed") throw new AppError("internal", `the template "${template.name}" could not be installed`);
}

/** A hook with a secret that nobody knows yet: whoever wants to send replaces it, and until then nothing is wrong with the flow. */
async function newTemplateHook(
  deps: InstallDeps,
  { hook, workspace, flow }: { hook: TemplateHook; workspace: string; flow: string },
): Promise<Statement[]> {
  const { id, statement } = newHook(deps, { ...hook, workspace, flow, node: hook.trigger });
  const secrets = await sealSecret(deps.vault, { workspace, hook: id, secret: generateSecret(hook.recipe) });
  return [
    statement,
    {
      text: "UPDATE hooks SET secrets = $1, secret_set_at = $2 WHERE id = $3",
      params: [secrets, deps.clock(), id],
      expectRows: 1,
    },
  ];
}
