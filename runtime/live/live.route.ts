import { type Context, Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { type EventHint, type RunHint, runStreamPath, workspaceStreamPath } from "../../shared/api/live.ts";
import { AppError } from "../../shared/app-error.ts";
import { type Bell, createBell } from "../engine/bell.ts";
import type { Guard } from "../people/guard.ts";
import type { Bus } from "../store/bus.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";

type Deps = { sql: Sql; engine: EngineStore; bus: Bus; guard: Guard; keepAliveMs?: number };

/** Hints of runs that end faster than a person sees are sent together. */
const hintEveryMs = 200;
/** A list refetches whatever the number of hints: under load, and for a client that does not read, the newest stand for all. */
const keptHints = 50;

/**
 * The two live streams: a run's journal without values, resumable by entry number, and the workspace's hints. A comment line every
 * `keepAliveMs` keeps proxies from closing a quiet stream and finds out who is gone; then it ends for whoever has signed out, too.
 */
export function liveRoute({ sql, engine, bus, guard, keepAliveMs = 20_000 }: Deps): Hono {
  const open = (c: Context) => ({ isSignedIn: () => guard.isStillSignedIn(c), keepAliveMs });
  return new Hono()
    .get(runStreamPath, async (c) => {
      const { workspace } = await guard.requirePerson(c);
      const run = c.req.param("run");
      const [row] = await sql.read(`SELECT id FROM runs WHERE id = $1 AND workspace_id = $2`, [run, workspace.id]);
      if (!row) throw new AppError("not_found", `there is no run ${run}`);
      return stream(c, (sse) => streamRun(sse, open(c), { engine, bus, run, after: lastNumber(c) }));
    })
    .get(workspaceStreamPath, async (c) => {
      const { workspace } = await guard.requirePerson(c);
      return stream(c, (sse) => streamHints(sse, open(c), { bus, workspace: workspace.id }));
    });
}

/** The browser says after which entry it goes on: by header when it reconnects, by query the first time. */
function lastNumber(c: Context): number {
  const text = c.req.header("last-event-id") ?? c.req.query("after") ?? "0";
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function stream(c: Context, send: (sse: SSEStreamingApi) => Promise<void>): Response {
  // Proxies that buffer would hold the stream back.
  c.header("X-Accel-Buffering", "no");
  return streamSSE(c, send);
}

type Open = { isSignedIn(): Promise<boolean>; keepAliveMs: number };

async function streamRun(
  sse: SSEStreamingApi,
  open: Open,
  { engine, bus, run, after }: { engine: EngineStore; bus: Bus; run: string; after: number },
) {
  const bell = createBell();
  let last = after;
  let finished = false;
  await whileOpen(sse, open, bell, [bus.subscribeRun(run, bell.ring)], async () => {
    // The client closes when it has the last entry; ending here would make EventSource reconnect for nothing.
    if (finished) return false;
    const records = await engine.journal(run, last, { bare: true });
    for (const { entry } of records) {
      await sse.writeSSE({ event: "entry", id: String(entry.number), data: JSON.stringify(entry) });
      last = entry.number;
      finished ||= entry.kind === "run-finished";
    }
    return records.length > 0;
  });
}

async function streamHints(sse: SSEStreamingApi, open: Open, { bus, workspace }: { bus: Bus; workspace: string }) {
  const bell = createBell();
  const runs = new Map<string, RunHint>();
  const events = new Map<string, EventHint>();
  let refused = false;
  const offs = [
    bus.subscribe("run", ({ workspace: of, run, flow, status }) => {
      if (of !== workspace) return;
      keepNewest(runs, run, { run, flow, status });
      bell.ring();
    }),
    bus.subscribe("event", ({ workspace: of, event, flow }) => {
      if (of !== workspace) return;
      keepNewest(events, flow, { event, flow });
      bell.ring();
    }),
    bus.subscribe("refusal", ({ workspace: of }) => {
      if (of !== workspace) return;
      refused = true;
      bell.ring();
    }),
  ];
  let greeted = false;
  await whileOpen(sse, open, bell, offs, async () => {
    if (!greeted) {
      greeted = true;
      await sse.write(": connected\n\n");
      return true;
    }
    if (runs.size === 0 && events.size === 0 && !refused) return false;
    await sse.sleep(hintEveryMs);
    const sent = { runs: [...runs.values()], events: [...events.values()] };
    runs.clear();
    events.clear();
    const saysRefused = refused;
    refused = false;
    for (const hint of sent.runs) await sse.writeSSE({ event: "hint", data: JSON.stringify(hint) });
    for (const hint of sent.events) await sse.writeSSE({ event: "event", data: JSON.stringify(hint) });
    if (saysRefused) await sse.writeSSE({ event: "refusal", data: "{}" });
    return true;
  });
}

function keepNewest<T>(hints: Map<string, T>, key: string, hint: T): void {
  hints.delete(key);
  hints.set(key, hint);
  if (hints.size > keptHints) hints.delete(hints.keys().next().value ?? key);
}

/** Calls `tell` at first and whenever the bell rings, until the client is gone; a comment goes out when it had nothing to say. */
async function whileOpen(
  sse: SSEStreamingApi,
  { isSignedIn, keepAliveMs }: Open,
  bell: Bell,
  offs: (() => void)[],
  tell: () => Promise<boolean>,
): Promise<void> {
  let due = false;
  const timer = setInterval(() => {
    due = true;
    bell.ring();
  }, keepAliveMs);
  sse.onAbort(bell.ring);
  try {
    while (!sse.aborted) {
      if (due && !(await isSignedIn())) return;
      due = false;
      if (!(await tell())) await sse.write(": still here\n\n");
      await bell.heard();
    }
  } finally {
    clearInterval(timer);
    for (const off of offs) off();
  }
}
