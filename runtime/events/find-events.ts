import type { EventFilters, EventState } from "../../shared/api/events.ts";
import { type Condition, listPage } from "../store/list-page.ts";
import type { Sql, SqlValue } from "../store/sql.ts";

export type EventPage = EventFilters & { before?: string | undefined; limit: number };
/** `select` up to its WHERE, of `events e`. */
type Search = { select: string; workspace: string; page: EventPage };
type Found<Row> = { rows: Row[]; next: string | null };

/** Bodies that one page of a search for a text reads. */
export const mostSearched = 20_000;

const ofState: Record<EventState, Condition[]> = {
  accepted: [["e.runs <>", "[]"]],
  held: [["e.held =", 1]],
  filtered: [["e.filtered =", 1]],
  duplicated: [["e.duplicates >", 0]],
  "no-run": [
    ["e.runs =", "[]"],
    ["e.held =", 0],
    ["e.filtered =", 0],
  ],
};

/** A page of the events that a filter finds, newest first, and the id after which the next one begins (null: this was the last). */
export async function findEvents<Row extends { id: string }>(sql: Sql, search: Search): Promise<Found<Row>> {
  const { select, workspace, page } = search;
  const conditions = conditionsOf(workspace, page);
  if (page.text !== undefined) return searchText(sql, search, conditions);
  return listPage<Row>(sql, { select, id: "e.id", before: page.before, limit: page.limit, conditions });
}

function conditionsOf(workspace: string, { flow, source, state, hook, type, from, to }: EventPage): Condition[] {
  return [
    ["e.workspace_id =", workspace],
    ["e.flow_id =", flow],
    ["e.source =", source],
    ["e.hook_id =", hook],
    ["e.event_type =", type],
    ["e.received_at >=", from],
    ["e.received_at <", to],
    // Ids begin with the time that they were made at, a moment after the event was received: they lead to the place.
    ["e.id >=", from === undefined ? undefined : idAt(from - slackMs)],
    ["e.id <", to === undefined ? undefined : idAt(to + slackMs)],
    ...(state === undefined ? [] : ofState[state]),
  ];
}

/** Clocks of several nodes differ. */
const slackMs = 600_000;

function idAt(time: number): string {
  return `evt_${Math.max(0, time).toString(16).padStart(12, "0")}`;
}

/** Reads the bodies of a bounded stretch of events; what is before it is the next page's. */
async function searchText<Row extends { id: string }>(
  sql: Sql,
  { select, page }: Search,
  conditions: Condition[],
): Promise<Found<Row>> {
  const params: SqlValue[] = [];
  const bind = (value: SqlValue) => `$${params.push(value)}`;
  const asked = [...conditions, ["e.id <", page.before] satisfies Condition].flatMap(([test, value]) =>
    value === undefined ? [] : [`${test} ${bind(value)}`],
  );
  const where = asked.join(" AND ");
  const [edge] = await sql.list<{ id: string }>(
    `SELECT e.id FROM events e WHERE ${where} ORDER BY e.id DESC LIMIT 1 OFFSET ${mostSearched - 1}`,
    params,
  );
  const within = edge ? ` AND e.id >= ${bind(edge.id)}` : "";
  // Bytes in bytes: what a body is encoded in plays no part.
  const holds = `instr(e.body, ${bind(Buffer.from(page.text ?? "", "utf8"))}) > 0`;
  const rows = await sql.list<Row>(
    `${select} WHERE ${where}${within} AND ${holds} ORDER BY e.id DESC LIMIT ${bind(page.limit + 1)}`,
    params,
  );
  const shown = rows.slice(0, page.limit);
  if (rows.length > page.limit) return { rows: shown, next: shown.at(-1)?.id ?? null };
  return { rows: shown, next: edge?.id ?? null };
}
