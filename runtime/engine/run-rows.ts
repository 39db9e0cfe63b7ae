import type { FlowVersion, RunSummary } from "../../shared/api/runs.ts";
import { AppError } from "../../shared/app-error.ts";
import { connectorLabel } from "../../shared/connector/connector-label.ts";
import type { RunSource } from "../../shared/event/event.ts";
import { usesConnector } from "../../shared/flow/node.ts";
import { RunError, type RunStatus } from "../../shared/run/run.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { NewWait } from "../store/engine-store.ts";
import { type Condition, listPage } from "../store/list-page.ts";
import type { Sql } from "../store/sql.ts";

type Row = {
  id: string;
  flow: string;
  flowName: string;
  version: number | null;
  versionId: string;
  event: string;
  source: RunSource;
  status: RunStatus;
  waitKind: NewWait["kind"] | null;
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  error: string | null;
  parent: string | null;
  rerunOf: string | null;
};

const select = `SELECT r.id, r.flow_id AS flow, f.name AS "flowName", v.number AS version, r.flow_version_id AS "versionId", r.event_id AS event,
    r.source, r.status, (SELECT min(kind) FROM waits w WHERE w.run_id = r.id) AS "waitKind", r.created_at AS "createdAt", r.started_at AS "startedAt", r.finished_at AS "finishedAt", r.error,
    r.parent_run_id AS parent, r.rerun_of AS "rerunOf"
  FROM runs r JOIN flows f ON f.id = r.flow_id JOIN flow_versions v ON v.id = r.flow_version_id`;

/** By what its waits are called; of several the first in the alphabet counts, which puts people before events. */
const waitReasons = { approval: "approval", outcome: "outcome-unknown", wait: "event" } as const;

function summary(row: Row): RunSummary {
  const { flow, flowName, error, versionId: _, waitKind, ...rest } = row;
  return {
    ...rest,
    flow: { id: flow, name: flowName },
    waitsFor: rest.status === "waiting" && waitKind ? waitReasons[waitKind] : null,
    error: error === null ? null : RunError.parse(JSON.parse(error)),
  };
}

/** A page of a workspace's runs, newest first. */
export async function listRunRows(
  sql: Sql,
  workspace: string,
  { before, limit, flow, status }: { before?: string; limit: number; flow?: string; status?: RunStatus },
): Promise<{ runs: RunSummary[]; next: string | null }> {
  const conditions: Condition[] = [
    ["r.workspace_id =", workspace],
    ["r.flow_id =", flow],
    ["r.status =", status],
  ];
  const { rows, next } = await listPage<Row>(sql, { select, id: "r.id", before, limit, conditions });
  return { runs: rows.map(summary), next };
}

/** One run of the workspace, with the id of its version. Throws `not_found`. */
export async function readRun(sql: Sql, workspace: string, id: string): Promise<{ run: RunSummary; versionId: string }> {
  const [row] = await sql.read<Row>(`${select} WHERE r.id = $1 AND r.workspace_id = $2`, [id, workspace]);
  if (!row) throw new AppError("not_found", `there is no run ${id}`);
  return { run: summary(row), versionId: row.versionId };
}

/** A version as the canvas needs it: names of connectors, endpoints and connections, no secrets. */
export async function versionView(sql: Sql, workspace: string, version: RunnableVersion): Promise<FlowVersion> {
  const used = new Set(
    version.flow.nodes.flatMap((node) => (usesConnector(node) && node.connection !== null ? node.connection : [])),
  );
  const names = await sql.read<{ id: string; name: string }>(`SELECT id, name FROM connections WHERE workspace_id = $1`, [
    workspace,
  ]);
  return {
    id: version.id,
    number: version.number,
    publishedAt: version.createdAt,
    document: version.flow,
    connectors: [...version.connectors.values()].map(connectorLabel),
    connections: Object.fromEntries(names.filter(({ id }) => used.has(id)).map(({ id, name }) => [id, name])),
  };
}
