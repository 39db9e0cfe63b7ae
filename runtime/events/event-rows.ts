import type { EventDetail, EventSummary } from "../../shared/api/events.ts";
import { AppError } from "../../shared/app-error.ts";
import type { EventSource } from "../../shared/event/event.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import type { Sql } from "../store/sql.ts";
import { type EventPage, findEvents } from "./find-events.ts";
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
  node: string | null;
  eventType: string | null;
  verified: string | null;
  duplicates: number;
  lastDuplicateAt: number | null;
  held: number;
  filtered: number;
  replayOf: string | null;
  runs: string;
};
type DetailRow = Row & {
  method: string;
  headers: string;
  query: string;
  body: Uint8Array;
  hook: string | null;
  delivery: string | null;
  item: number | null;
  deliverySize: number | null;
  replayedBy: string | null;
};

const columns = `e.id, e.source, e.flow_id AS flow, f.name AS "flowName", e.received_at AS "receivedAt", length(e.body) AS size,
  e.content_type AS "contentType", e.dedupe_key AS "dedupeKey", e.node, e.event_type AS "eventType", e.verified, e.duplicates,
  e.last_duplicate_at AS "lastDuplicateAt", e.held, e.filtered, e.replay_of AS "replayOf", e.runs`;
const from = `FROM events e LEFT JOIN flows f ON f.id = e.flow_id`;

/** A page of a workspace's events, newest first. */
export async function listEventRows(
  sql: Sql,
  workspace: string,
  page: EventPage,
): Promise<{ events: EventSummary[]; next: string | null }> {
  const { rows, next } = await findEvents<Row>(sql, { select: `SELECT ${columns} ${from}`, workspace, page });
  const statuses = await runStatuses(sql, rows);
  return { events: rows.map((row) => summary(row, statuses)), next };
}

/** One event with its raw body. Throws `not_found`. */
export async function readEvent(sql: Sql, workspace: string, id: string): Promise<EventDetail> {
  const [row] = await sql.read<DetailRow>(
    `SELECT ${columns}, e.method, e.headers, e.query, e.body, e.hook_id AS hook, e.delivery_id AS delivery, e.item,
       length(d.body) AS "deliverySize", e.replayed_by AS "replayedBy"
     ${from} LEFT JOIN deliveries d ON d.id = e.delivery_id WHERE e.id = $1 AND e.workspace_id = $2`,
    [id, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no event ${id}`);
  const { delivery, item, deliverySize } = row;
  return {
    ...summary(row, await runStatuses(sql, [row])),
    method: row.method,
    headers: JSON.parse(row.headers),
    query: JSON.parse(row.query),
    body: Buffer.from(row.body).toString("utf8"),
    parseError: parseBody(row.body).problem,
    hook: row.hook,
    delivery: delivery === null ? null : { id: delivery, item: Number(item), size: Number(deliverySize) },
    replayedBy: row.replayedBy,
  };
}

function summary(row: Row, statuses: Map<string, RunStatus>): EventSummary {
  const { id, source, receivedAt, contentType, dedupeKey, node, eventType, verified, lastDuplicateAt, replayOf } = row;
  return {
    ...{ id, source, receivedAt, contentType, dedupeKey, node, eventType, verified, lastDuplicateAt, replayOf },
    flow: row.flowName === null ? null : { id: row.flow, name: row.flowName },
    size: Number(row.size),
    duplicates: Number(row.duplicates),
    held: row.held === 1,
    filtered: row.filtered === 1,
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
