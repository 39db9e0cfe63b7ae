import type { EventDetail, EventSummary } from "../../shared/api/events.ts";
import { AppError } from "../../shared/app-error.ts";
import type { EventSource } from "../../shared/event/event.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import { type Condition, listPage } from "../store/list-page.ts";
import type { Sql } from "../store/sql.ts";
import { parseBody } from "./parse-body.ts";

type Row = {
  id: string;
  source: EventSource;
  flow: string;
  flowName: string | null;
  receivedAt: number;
  size: number;
  contentType: string | null;
  dedupeKey: string | null;
  runs: string;
};
type DetailRow = Row & { method: string; headers: string; query: string; body: Uint8Array };

const columns = `e.id, e.source, e.flow_id AS flow, f.name AS "flowName", e.received_at AS "receivedAt", length(e.body) AS size,
  e.content_type AS "contentType", e.dedupe_key AS "dedupeKey", e.runs`;
const from = `FROM events e LEFT JOIN flows f ON f.id = e.flow_id`;

/** A page of a workspace's events, newest first. */
export async function listEventRows(
  sql: Sql,
  workspace: string,
  { before, limit, flow, source }: { before?: string; limit: number; flow?: string; source?: EventSource },
): Promise<{ events: EventSummary[]; next: string | null }> {
  const conditions: Condition[] = [
    ["e.workspace_id =", workspace],
    ["e.flow_id =", flow],
    ["e.source =", source],
  ];
  const page = await listPage<Row>(sql, { select: `SELECT ${columns} ${from}`, id: "e.id", before, limit, conditions });
  const statuses = await runStatuses(sql, page.rows);
  return { events: page.rows.map((row) => summary(row, statuses)), next: page.next };
}

/** One event with its raw body. Throws `not_found`. */
export async function readEvent(sql: Sql, workspace: string, id: string): Promise<EventDetail> {
  const [row] = await sql.read<DetailRow>(
    `SELECT ${columns}, e.method, e.headers, e.query, e.body ${from} WHERE e.id = $1 AND e.workspace_id = $2`,
    [id, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no event ${id}`);
  return {
    ...summary(row, await runStatuses(sql, [row])),
    method: row.method,
    headers: JSON.parse(row.headers),
    query: JSON.parse(row.query),
    body: Buffer.from(row.body).toString("utf8"),
    parseError: parseBody(row.body).problem,
  };
}

function summary(row: Row, statuses: Map<string, RunStatus>): EventSummary {
  return {
    id: row.id,
    source: row.source,
    flow: row.flowName === null ? null : { id: row.flow, name: row.flowName },
    receivedAt: row.receivedAt,
    size: Number(row.size),
    contentType: row.contentType,
    dedupeKey: row.dedupeKey,
    runs: runIds(row).flatMap((id) => {
      const status = statuses.get(id);
      return status ? [{ id, status }] : [];
    }),
  };
}

async function runStatuses(sql: Sql, rows: Row[]): Promise<Map<string, RunStatus>> {
  const ids = rows.flatMap(runIds);
  if (ids.length === 0) return new Map();
  const places = ids.map((_, index) => `$${index + 1}`).join(", ");
  const found = await sql.list<{ id: string; status: RunStatus }>(`SELECT id, status FROM runs WHERE id IN (${places})`, ids);
  return new Map(found.map(({ id, status }) => [id, status]));
}

/** Runs go with their flow. */
function runIds({ flowName, runs }: Row): string[] {
  return flowName === null ? [] : (JSON.parse(runs) as string[]);
}
