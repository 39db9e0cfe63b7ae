import type { EventFilters, ReplayTarget } from "../../shared/api/events.ts";
import { AppError } from "../../shared/app-error.ts";
import type { EventFilter } from "../../shared/connector/trigger.ts";
import type { EventSource } from "../../shared/event/event.ts";
import { passesFilters } from "../../shared/event/passes-filters.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import { findEvents } from "../events/find-events.ts";
import { parseBody } from "../events/parse-body.ts";
import { readDraft } from "../flows/draft-rows.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import { freezeDraft } from "../flows/publish-draft.ts";
import type { Clock, Ids } from "../ids.ts";
import type { NewRun } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";
import type { Incoming, IngestAll } from "./ingest.ts";

type Deps = { sql: Sql; ingestAll: IngestAll; loadVersion: LoadVersion; clock: Clock; ids: Ids };
type Asked = { workspace: string; by: string; to: ReplayTarget };
type Replayed = { replayed: number; failed: { event: string; message: string }[]; left: boolean };

type Row = {
  id: string;
  source: EventSource;
  flow: string;
  /** Null when the flow is gone. */
  state: string | null;
  published: string | null;
  hook: string | null;
  node: string | null;
  method: string;
  headers: string;
  query: string;
  contentType: string | null;
  eventType: string | null;
  verified: string | null;
  body: Uint8Array;
  filters: string | null;
  inputs: string | null;
};

export const mostReplayed = 1_000;
/** Events of one commit. */
const together = 50;

/**
 * Sends one event again; gives the new event and its run, which is null while the flow is paused or where a filter keeps it back.
 * Throws `not_found`, `conflict` when its flow, version or trigger is gone, `invalid_document` for a draft that cannot run.
 */
export async function replayOne(deps: Deps, asked: Asked, id: string): Promise<{ event: string; run: string | null }> {
  const [row] = await readRows(deps.sql, asked.workspace, [id]);
  if (!row) throw new AppError("not_found", `there is no event ${id}`);
  const item = await itemFor(deps, asked, row, createVersions(deps, asked));
  const outcome = await deps.ingestAll(null, [item]);
  const first = outcome.outcome === "stored" ? outcome.items[0] : undefined;
  if (!first) throw new AppError("unavailable", "the event could not be stored: try again");
  return { event: first.event, run: first.runs[0] ?? null };
}

/** Sends many again, in their order, at most 1,000. What cannot be sent again is said of each; the others are not held up by it. */
export async function replayMany(
  deps: Deps,
  asked: Asked,
  events: { ids: string[] } | { filter: EventFilters },
): Promise<Replayed> {
  const { ids, left } =
    "ids" in events ? { ids: [...events.ids].sort(), left: false } : await idsOf(deps.sql, asked, events.filter);
  const versions = createVersions(deps, asked);
  const result: Replayed = { replayed: 0, failed: [], left };
  for (let start = 0; start < ids.length; start += together) {
    const some = ids.slice(start, start + together);
    const rows = new Map((await readRows(deps.sql, asked.workspace, some)).map((row) => [row.id, row]));
    const items: Awaited<ReturnType<typeof itemFor>>[] = [];
    const taken: string[] = [];
    for (const id of some) {
      try {
        const row = rows.get(id);
        if (!row) throw new AppError("not_found", `there is no event ${id}`);
        items.push(await itemFor(deps, asked, row, versions));
        taken.push(id);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        result.failed.push({ event: id, message: error.message });
      }
    }
    const outcome = items.length === 0 ? null : await deps.ingestAll(null, items);
    if (outcome?.outcome === "stored") result.replayed += items.length;
    else if (outcome) result.failed.push(...taken.map((event) => ({ event, message: "it could not be stored: try again" })));
  }
  return result;
}

/** The newest that a filter finds, the oldest of them first. */
async function idsOf(sql: Sql, { workspace }: Asked, filter: EventFilters): Promise<{ ids: string[]; left: boolean }> {
  const ids: string[] = [];
  let before: string | undefined;
  do {
    const page = { ...filter, before, limit: mostReplayed - ids.length };
    const found = await findEvents<{ id: string }>(sql, { select: "SELECT e.id FROM events e", workspace, page });
    ids.push(...found.rows.map(({ id }) => id));
    before = found.next ?? undefined;
  } while (before !== undefined && ids.length < mostReplayed);
  return { ids: ids.reverse(), left: before !== undefined };
}

function readRows(sql: Sql, workspace: string, ids: string[]): Promise<Row[]> {
  const places = ids.map((_, index) => `$${index + 2}`).join(", ");
  return sql.list<Row>(
    `SELECT e.id, e.source, e.flow_id AS flow, f.state, f.published_version_id AS published, e.hook_id AS hook, e.node, e.method, e.headers,
       e.query, e.content_type AS "contentType", e.event_type AS "eventType", e.verified, e.body, h.filters, h.inputs
     FROM events e LEFT JOIN flows f ON f.id = e.flow_id LEFT JOIN hooks h ON h.id = e.hook_id
     WHERE e.workspace_id = $1 AND e.id IN (${places})`,
    [workspace, ...ids],
  );
}

type Versions = (row: Row) => Promise<RunnableVersion>;

/** The version that a flow's events run with now; a draft is frozen once for all of them. */
function createVersions({ sql, ids, clock, loadVersion }: Deps, { workspace, to }: Asked): Versions {
  const drafts = new Map<string, Promise<string>>();
  const frozen = async (flow: string) => {
    const { revision } = await readDraft(sql, workspace, flow);
    return freezeDraft({ sql, ids, clock }, { workspace, flow, revision, until: undefined });
  };
  return async ({ id, flow, state, published }) => {
    if (state === null)
      throw new AppError("conflict", `the flow of the event ${id} is gone, so there is nothing that it could start`);
    if (to === "published") {
      if (published === null) throw new AppError("conflict", "the flow has no published version that could run");
      return loadVersion(workspace, published);
    }
    const version = drafts.get(flow) ?? frozen(flow);
    drafts.set(flow, version);
    return loadVersion(workspace, await version);
  };
}

async function itemFor(
  { clock, ids }: Deps,
  { workspace, by, to }: Asked,
  row: Row,
  versions: Versions,
): Promise<{ incoming: Incoming; run: NewRun | null }> {
  const version = await versions(row);
  const node = row.node ?? version.flow.nodes.find(isTrigger)?.id ?? "";
  const trigger = version.graph.nodes.get(node);
  if (!trigger || !isTrigger(trigger)) throw new AppError("conflict", `the ${to} version no longer has the trigger "${node}"`);
  const { source, hook, flow, method, headers, query, contentType, eventType, verified, body } = row;
  const inputs = JSON.parse(row.inputs ?? "{}") as Record<string, Json>;
  const passes = passesFilters(JSON.parse(row.filters ?? "[]") as EventFilter[], parseBody(body).value, inputs);
  // A draft is tried out, whatever becomes of the published flow.
  const held = passes && to === "published" && row.state === "paused";
  const kept = { source, hook, flow, node, method, headers, query, contentType, eventType, verified, body };
  return {
    incoming: { ...kept, workspace, receivedAt: clock(), dedupe: null, held, filtered: !passes, replay: { of: row.id, by } },
    run: passes && !held ? { id: ids.next("run"), flowVersion: version.id, trigger: node } : null,
  };
}
