import { AppError } from "../../shared/app-error.ts";
import { passesFilters } from "../../shared/event/passes-filters.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { ReplayedRun } from "../../shared/flow/replay.ts";
import type { Json } from "../../shared/json.ts";
import type { FinalRunStatus } from "../../shared/run/run.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { triggerOutput } from "../engine/trigger-output.ts";
import { parseBody } from "../events/parse-body.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import { triggerOf } from "../flows/poll-source.ts";
import type { EngineStore, StoredEvent } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";
import { comparePlayed, type Recorded } from "./compare-played.ts";
import { type PlayDeps, type Played, playFlow } from "./play-flow.ts";
import { recordFlowTest } from "./record-flow-test.ts";
import { tooLarge } from "./run-size.ts";
import type { ReadyTest } from "./test-world.ts";
import { withDraft } from "./with-draft.ts";

type Deps = PlayDeps & { sql: Sql; engine: EngineStore; loadVersion: LoadVersion };
type Asked = { workspace: string; flow: string; last: number; draft: RunnableVersion };

/** So much real time (ms) is given to all of them; what is left over then is said to be. */
const longestMs = 60_000;
const mostDifferences = 200;
/** Others wait while a journal is read and compared. */
const mostEntries = 10_000;

/** Goes over the last ended runs of a published flow again with its draft, newest first. Nothing is sent anywhere. */
export async function replayRuns(deps: Deps, asked: Asked): Promise<ReplayedRun[]> {
  const giveUpAt = performance.now() + longestMs;
  const runs: ReplayedRun[] = [];
  for (const row of await lastRuns(deps.sql, asked)) {
    const { id: run, createdAt, status: before } = row;
    const replayed =
      performance.now() > giveUpAt
        ? notReplayed("the others have taken all the time there is")
        : await replayRun({ ...deps, patienceMs: giveUpAt - performance.now() }, asked, row);
    runs.push({ run, createdAt, before, ...replayed });
  }
  return runs;
}

type Row = { id: string; event: string; version: string; status: FinalRunStatus; createdAt: number; entries: number };

/** Those that began at the trigger of a published version. */
function lastRuns(sql: Sql, { workspace, flow, last }: Asked): Promise<Row[]> {
  return sql.list<Row>(
    `SELECT r.id, r.event_id AS event, r.flow_version_id AS version, r.status, r.created_at AS "createdAt",
       r.journal_length AS entries
     FROM runs r JOIN flow_versions v ON v.id = r.flow_version_id
     WHERE r.workspace_id = $1 AND r.flow_id = $2 AND r.finished_at IS NOT NULL AND r.rerun_of IS NULL AND v.number IS NOT NULL
     ORDER BY r.id DESC LIMIT $3`,
    [workspace, flow, last],
  );
}

type Replayed = Omit<ReplayedRun, "run" | "createdAt" | "before">;

function notReplayed(why: string): Replayed {
  return { after: null, why, same: 0, differences: [], different: 0 };
}

async function replayRun(deps: Deps, { workspace, draft }: Asked, row: Row): Promise<Replayed> {
  if (row.entries > mostEntries)
    return notReplayed(`it is too long: its journal has more than ${mostEntries.toLocaleString("en")} entries`);
  const problem = await tooLarge(deps.sql, row.id);
  if (problem !== null) return notReplayed(problem);
  const records = await deps.engine.journal(row.id, 0, { bare: false });
  const before: Recorded = { view: foldJournal(records.map(({ entry }) => entry)), records };
  const version = await deps.loadVersion(workspace, row.version);
  const recorded = recordOf(version, row.id, records);
  if (typeof recorded === "string") return notReplayed(recorded);
  const node = draft.graph.nodes.get(recorded.trigger.node);
  if (!node || !isTrigger(node)) return notReplayed(`the draft has no trigger "${recorded.trigger.node}"`);
  const again = await playFlow(deps, recorded);
  const otherwise = comparePlayed({ before, again: before, after: again }).differences.find(({ change }) => change !== "output");
  if (again.stuck !== null || otherwise)
    return notReplayed(
      again.stuck ?? `its own version does not go that way again: "${otherwise?.step}" ${otherwise?.error ?? "ends otherwise"}`,
    );
  const given = await givenByTrigger(deps, { event: row.event, draft, recorded });
  if ("why" in given) return notReplayed(given.why);
  const after = await playFlow(deps, withDraft({ ...recorded, trigger: { ...recorded.trigger, output: given.output } }, draft));
  return report({ before, again, after });
}

function report(played: { before: Recorded; again: Played; after: Played }): Replayed {
  const { same, differences } = comparePlayed(played);
  const { after } = played;
  return {
    ...{ after: after.view.status, why: after.stuck, same },
    ...{ differences: differences.slice(0, mostDifferences), different: differences.length },
  };
}

/** A test as the run went, or why none can be made of it. */
function recordOf(version: RunnableVersion, name: string, records: Recorded["records"]): ReadyTest | string {
  try {
    return { ...recordFlowTest({ name, version, records }), flow: version.flow };
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

type Triggering = { event: string; draft: RunnableVersion; recorded: ReadyTest };

/** What the draft's trigger makes of the event; where there is none any more, or none at all, what it was then. */
async function givenByTrigger(
  deps: Deps,
  { event: id, draft, recorded }: Triggering,
): Promise<{ output: Json } | { why: string }> {
  const { node: trigger, output } = recorded.trigger;
  const event = await readEvent(deps.sql, id);
  if (!event) return { output };
  if (!letsIn(event, draft, trigger)) return { why: "the draft's trigger filters the event out: no run would start" };
  const given = await triggerOutput(deps, { event, trigger, version: draft });
  if (given.outcome === "failed") return { why: `the draft's trigger fails: ${given.message}` };
  return { output: given.output as unknown as Json };
}

function letsIn({ body }: StoredEvent, { graph, connectors }: RunnableVersion, trigger: string): boolean {
  const node = graph.nodes.get(trigger);
  const source = node?.kind === "app-trigger" ? triggerOf(node, connectors)?.source : undefined;
  if (node?.kind !== "app-trigger" || source?.kind !== "webhook") return true;
  return passesFilters(source.filters, parseBody(body).value, node.inputs);
}

async function readEvent(sql: Sql, id: string): Promise<StoredEvent | null> {
  const [event] = await sql.read<StoredEvent>(
    `SELECT id, source, received_at AS "receivedAt", method, headers, query, content_type AS "contentType", event_type AS "eventType", body
     FROM events WHERE id = $1`,
    [id],
  );
  return event ?? null;
}
