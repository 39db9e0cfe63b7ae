import { AppError } from "../../shared/app-error.ts";
import type { PollSource } from "../../shared/connector/trigger.ts";
import type { Json } from "../../shared/json.ts";
import { correlationsOf } from "../engine/correlation.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import { pollingOf } from "../flows/poll-source.ts";
import type { Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { type FetchItemsDeps, fetchItems, type Looked } from "../trial/fetch-items.ts";
import type { IngestAll } from "./ingest.ts";
import { newKeys, pollKey, rememberKeys, seenKeysMs } from "./poll-keys.ts";

export type PollDeps = FetchItemsDeps & {
  sql: Sql;
  ids: Ids;
  ingestAll: IngestAll;
  loadVersion: LoadVersion;
  report(flow: string, error: unknown): void;
};
type Timer = {
  flow: string;
  node: string;
  workspace: string;
  version: string;
  settings: string;
  cursor: string | null;
  seeded: number;
  quiet: number;
  attempts: number;
  lease: number;
};
/** `found`: new items. `events`: those that were stored. */
export type LookResult = { found: number; events: number };

const columns = `t.flow_id AS flow, t.node, t.workspace_id AS workspace, f.published_version_id AS version, t.settings, t.cursor, t.seeded,
  t.quiet, t.attempts`;
/** Longer than a look can take: ten pages, each with its time cap. Afterwards another node goes on with it. */
const leaseMs = 300_000;
const atOnce = 4;
/** Events of one look; the rest is for the next, which is at once. */
const mostEvents = 1_000;
/** Characters: it is kept, and sent with every look. */
const mostCursor = 8_192;
const hourMs = 3_600_000;
/** One that has been called off meanwhile, since its events are pushed again, stays so. */
const nextDue = "due_at = CASE WHEN due_at IS NULL THEN NULL ELSE CAST($1 AS BIGINT) END";

/** Asks the endpoints of all polling triggers that are due, each on one node alone. */
export async function pollDue(deps: PollDeps, signal: AbortSignal): Promise<void> {
  const now = deps.clock();
  const due = await deps.sql.read<{ flow: string; node: string }>(
    `SELECT t.flow_id AS flow, t.node FROM trigger_timers t JOIN flows f ON f.id = t.flow_id
     WHERE t.due_at <= $1 AND t.kind = 'poll' AND f.state = 'published' AND f.published_version_id IS NOT NULL
       AND (t.lease_until IS NULL OR t.lease_until <= $1)
     ORDER BY t.due_at LIMIT 100`,
    [now],
  );
  const left = [...due];
  const next = async (): Promise<void> => {
    for (let each = left.shift(); each && !signal.aborted; each = left.shift()) {
      const timer = await take(deps, each);
      if (timer) await look(deps, timer);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
}

/** Looks now because a person asked. Throws `not_found`, and `conflict` while the flow does not run or another look is under way. */
export async function lookNow(deps: PollDeps, place: { workspace: string; flow: string; node: string }): Promise<LookResult> {
  const { sql } = deps;
  const { workspace, flow, node } = place;
  const [row] = await sql.read<{ name: string; state: string; kind: string }>(
    `SELECT f.name, f.state, t.kind FROM trigger_timers t JOIN flows f ON f.id = t.flow_id
     WHERE t.flow_id = $1 AND t.node = $2 AND f.workspace_id = $3`,
    [flow, node, workspace],
  );
  if (row?.kind !== "poll") throw new AppError("not_found", `the published flow polls nothing at "${node}"`);
  if (row.state !== "published") throw new AppError("conflict", `"${row.name}" is paused: resume it first`);
  const timer = await take(deps, place);
  if (!timer) throw new AppError("conflict", "another look is under way: wait a moment");
  const looked = await look(deps, timer);
  if ("message" in looked) throw new AppError("conflict", looked.message);
  return looked;
}

async function take({ sql, clock }: PollDeps, { flow, node }: { flow: string; node: string }): Promise<Timer | null> {
  const now = clock();
  const lease = now + leaseMs;
  const taken = await sql.commit([
    {
      text: `UPDATE trigger_timers SET lease_until = $1 WHERE flow_id = $2 AND node = $3 AND kind = 'poll'
             AND (lease_until IS NULL OR lease_until <= $4)`,
      params: [lease, flow, node, now],
      expectRows: 1,
    },
  ]);
  if (taken.outcome !== "committed") return null;
  const [timer] = await sql.read<Omit<Timer, "lease">>(
    `SELECT ${columns} FROM trigger_timers t JOIN flows f ON f.id = t.flow_id
     WHERE t.flow_id = $1 AND t.node = $2 AND t.lease_until = $3 AND f.published_version_id IS NOT NULL`,
    [flow, node, lease],
  );
  return timer ? { ...timer, lease } : null;
}

async function look(deps: PollDeps, timer: Timer): Promise<LookResult | { message: string }> {
  try {
    return await lookOnce(deps, timer);
  } catch (error) {
    deps.report(timer.flow, error);
    return failed(deps, timer, "it could not be looked: the operator finds the cause in the log");
  }
}

async function lookOnce(deps: PollDeps, timer: Timer): Promise<LookResult | { message: string }> {
  const { sql, clock, loadVersion } = deps;
  const version = await loadVersion(timer.workspace, timer.version);
  const node = version.graph.nodes.get(timer.node);
  const polling = node?.kind === "app-trigger" ? pollingOf(node, version.connectors) : null;
  if (node?.kind !== "app-trigger" || !polling) throw new AppError("internal", `"${timer.node}" polls nothing`);
  const { workspace } = timer;
  const { connection, inputs } = node;
  const cursor = timer.cursor === null ? undefined : (JSON.parse(timer.cursor) as Json);
  const looked = await fetchItems(deps, {
    ...polling,
    workspace,
    connection,
    inputs,
    cursor,
    isOurs: () => clock() < timer.lease,
  });
  if (looked.outcome === "failed") {
    await fail(deps, timer, looked);
    return { message: looked.message };
  }
  if (JSON.stringify(looked.cursor ?? null).length > mostCursor)
    return failed(deps, timer, "the cursor that it gives is longer than 8 KB");
  const scope = `poll:${timer.flow}:${timer.node}`;
  const items = looked.items.map(({ key, item }) => ({ key: pollKey(key), item }));
  const keys = await newKeys(
    { sql, clock },
    scope,
    items.map(({ key }) => key),
  );
  const fresh = items.filter(({ key }) => keys.has(key));
  const seeds = Number(timer.seeded) === 0 && polling.source.seeding === "skip";
  if (seeds) {
    await sql.commit([
      ...rememberKeys(scope, [...keys], clock() + seenKeysMs),
      ended(deps, timer, { looked, source: polling.source, found: 0, left: 0 }),
    ]);
    return { found: fresh.length, events: 0 };
  }
  // The oldest first; what is left is found again, since the cursor stays.
  const now = fresh.slice(0, mostEvents);
  const left = fresh.length - now.length;
  const events = await store(deps, timer, { scope, version, items: now });
  if (events === null) return failed(deps, timer, "the events could not be stored: they are looked for again");
  await sql.commit([ended(deps, timer, { looked, source: polling.source, found: fresh.length, left })]);
  return { found: fresh.length, events };
}

/** All of them and their runs in one commit; null when nothing was stored. A look that is repeated finds them stored already. */
async function store(
  { ingestAll, ids, clock }: PollDeps,
  { workspace, flow, node }: Timer,
  { scope, version, items }: { scope: string; version: RunnableVersion; items: { key: string; item: Json }[] },
): Promise<number | null> {
  if (items.length === 0) return 0;
  const outcome = await ingestAll(
    null,
    items.map(({ key, item }) => ({
      incoming: {
        workspace,
        source: "poll",
        hook: null,
        flow,
        node,
        receivedAt: clock(),
        method: "POST",
        headers: "{}",
        query: "{}",
        contentType: "application/json",
        body: Buffer.from(JSON.stringify(item)),
        dedupe: { scope, key, windowMs: seenKeysMs },
        correlations: correlationsOf(version, node, () => item) ?? [],
      },
      run: { id: ids.next("run"), flowVersion: version.id, trigger: node },
    })),
  );
  if (outcome.outcome !== "stored") return null;
  return outcome.items.filter((each) => each.outcome === "accepted").length;
}

type End = { looked: Extract<Looked, { outcome: "items" }>; source: PollSource; found: number; left: number };

/** Whoever has published the flow again meanwhile has begun anew, or another has taken over: then it changes nothing. */
function ended({ clock }: PollDeps, timer: Timer, { looked, source, found, left }: End): Statement {
  const now = clock();
  const quiet = found > 0 ? 0 : Number(timer.quiet) + 1;
  const cursor = left > 0 || looked.cursor === undefined ? timer.cursor : JSON.stringify(looked.cursor);
  return {
    text: `UPDATE trigger_timers SET ${nextDue}, cursor = $2, seeded = 1, quiet = $3, attempts = 0, state = 'active', reason = $4,
             looked_at = $5, lease_until = NULL
           WHERE flow_id = $6 AND node = $7 AND lease_until = $8 AND settings = $9`,
    params: [
      left > 0 ? now : now + waitMs(source, quiet),
      cursor,
      quiet,
      remarkOf(looked),
      now,
      timer.flow,
      timer.node,
      timer.lease,
      timer.settings,
    ],
  };
}

/** After three looks that found nothing it is asked half as often each time, down to once in `quietMs`. */
export function waitMs({ intervalMs, quietMs }: Pick<PollSource, "intervalMs" | "quietMs">, quiet: number): number {
  if (quietMs === undefined || quiet < 3) return intervalMs;
  return Math.min(quietMs, intervalMs * 2 ** Math.min(quiet - 2, 20));
}

/** What went well and yet should be known. */
function remarkOf({ unnamed, more, items }: Extract<Looked, { outcome: "items" }>): string | null {
  if (unnamed > 0) return `${unnamed} items have nothing that names them, so they start nothing`;
  return more ? `there were more pages than one look fetches: ${items.length} items were looked at` : null;
}

async function failed(deps: PollDeps, timer: Timer, message: string): Promise<{ message: string }> {
  await fail(deps, timer, { outcome: "failed", message, retryAfterMs: 0, refused: false });
  return { message };
}

/** Tried again later and later, never before the API wants to be asked; the cursor stays where it was. */
async function fail(
  { sql, clock }: PollDeps,
  timer: Timer,
  { message, retryAfterMs, refused }: Extract<Looked, { outcome: "failed" }>,
): Promise<void> {
  const attempts = Number(timer.attempts) + 1;
  const backOff = Math.min(hourMs, (refused ? 60_000 : 15_000) * 2 ** Math.min(attempts - 1, 10));
  const now = clock();
  await sql.commit([
    {
      text: `UPDATE trigger_timers SET ${nextDue}, attempts = $2, state = 'failing', reason = $3, looked_at = $4, lease_until = NULL
             WHERE flow_id = $5 AND node = $6 AND lease_until = $7 AND settings = $8`,
      params: [
        now + Math.max(retryAfterMs, backOff),
        attempts,
        message.slice(0, 500),
        now,
        timer.flow,
        timer.node,
        timer.lease,
        timer.settings,
      ],
    },
  ]);
}
