import type { FlowSummary, HookSummary, VersionSummary } from "../../shared/api/flows.ts";
import { AppError } from "../../shared/app-error.ts";
import { describeRecipe } from "../../shared/event/describe-recipe.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { Flow } from "../../shared/flow/flow.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import type { Sql } from "../store/sql.ts";
import { startTriggerOf } from "./start-trigger.ts";

type Row = {
  id: string;
  name: string;
  description: string;
  state: "draft" | "published" | "paused";
  versionId: string | null;
  version: number | null;
  document: string | null;
  updatedAt: number;
  lastRun: string | null;
  lastStatus: RunStatus | null;
  lastCreatedAt: number | null;
};

const select = `SELECT f.id, f.name, f.description, f.state, f.published_version_id AS "versionId", v.number AS version,
    coalesce(v.document, f.draft) AS document,
    f.updated_at AS "updatedAt", r.id AS "lastRun", r.status AS "lastStatus", r.created_at AS "lastCreatedAt"
  FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id
  LEFT JOIN runs r ON r.id = (SELECT max(id) FROM runs WHERE flow_id = f.id)`;

/** All flows of a workspace, by name. */
export async function listFlowRows(sql: Sql, workspace: string): Promise<FlowSummary[]> {
  const rows = await sql.list<Row>(`${select} WHERE f.workspace_id = $1 ORDER BY f.name, f.id`, [workspace]);
  return rows.map(summary);
}

/** One flow, with the id of its published version. Throws `not_found`. */
export async function readFlow(
  sql: Sql,
  workspace: string,
  id: string,
): Promise<{ flow: FlowSummary; versionId: string | null }> {
  const [row] = await sql.read<Row>(`${select} WHERE f.id = $1 AND f.workspace_id = $2`, [id, workspace]);
  if (!row) throw new AppError("not_found", `there is no flow ${id}`);
  return { flow: summary(row), versionId: row.versionId };
}

type HookRow = { id: string; kind: HookSummary["kind"]; node: string; recipe: string; secretSetAt: number | null };

/** What brings events to a flow; URLs that people copy are below `publicUrl`. What is left of ended subscriptions is not among it. */
export async function listHookRows(sql: Sql, flow: string, publicUrl: string): Promise<HookSummary[]> {
  const rows = await sql.read<HookRow>(
    `SELECT h.id, h.kind, h.node, h.recipe,
       CASE WHEN h.secret_from = 'definition' THEN s.secret_set_at ELSE h.secret_set_at END AS "secretSetAt"
     FROM hooks h LEFT JOIN webhook_secrets s ON s.workspace_id = h.workspace_id AND s.connector_id = h.connector_id
       AND s.webhook = h.webhook
     WHERE h.flow_id = $1 AND h.state <> 'deleted' ORDER BY h.created_at, h.id`,
    [flow],
  );
  return rows.map(({ recipe, ...row }) => {
    const settings = SignatureRecipe.parse(JSON.parse(recipe));
    const isCopied = row.kind === "static" || row.kind === "api";
    return {
      ...row,
      url: isCopied ? `${publicUrl}/hooks/${row.id}` : null,
      needsSecret: needsSecret(settings),
      recipe: describeRecipe(settings),
      settings,
    };
  });
}

/** The published versions of a flow, newest first. Throws `not_found`. */
export async function listVersionRows(sql: Sql, workspace: string, id: string): Promise<VersionSummary[]> {
  const { flow, versionId } = await readFlow(sql, workspace, id);
  const rows = await sql.list<{ id: string; number: number; publishedAt: number }>(
    `SELECT id, number, created_at AS "publishedAt" FROM flow_versions WHERE flow_id = $1 AND number IS NOT NULL ORDER BY number DESC`,
    [flow.id],
  );
  return rows.map((row) => ({ ...row, number: Number(row.number), current: row.id === versionId }));
}

function summary(row: Row): FlowSummary {
  const { id, name, description, state, version, updatedAt } = row;
  const lastRun =
    row.lastRun !== null && row.lastStatus !== null && row.lastCreatedAt !== null
      ? { id: row.lastRun, status: row.lastStatus, createdAt: row.lastCreatedAt }
      : null;
  const nodes = row.document === null ? [] : Flow.parse(JSON.parse(row.document)).nodes;
  const startable = version !== null && startTriggerOf(nodes) !== undefined;
  return { id, name, description, state, version, updatedAt, lastRun, trigger: triggerOf(nodes), startable };
}

/** Of several the first counts: what starts by itself before what people start. */
const triggerWords = [
  ["app-trigger", "app"],
  ["webhook-trigger", "webhook"],
  ["schedule-trigger", "schedule"],
  ["api-trigger", "api"],
  ["manual-trigger", "manual"],
] as const;

function triggerOf(nodes: Flow["nodes"]): FlowSummary["trigger"] {
  return triggerWords.find(([kind]) => nodes.some((node) => node.kind === kind))?.[1] ?? null;
}
