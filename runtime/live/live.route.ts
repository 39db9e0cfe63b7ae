import { type Context, Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { type RunHint, runStreamPath, workspaceStreamPath } from "../../shared/api/live.ts";
import { AppError } from "../../shared/app-error.ts";
import { createBell } from "../engine/bell.ts";
import type { Guard } from "../people/guard.ts";
import type { Bus } from "../store/bus.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";

type Deps = { sql: Sql; engine: EngineStore; bus: Bus; guard: Guard };

/** A comment line this often keeps proxies from closing a quiet stream. */
const keepAliveMs = 20_000;
/** Hints of runs that end faster than a person sees are sent together. */
const hintEveryMs = 200;

/** The two live streams: a run's journal without values, resumable by entry number, and the workspace's hints. */
export function liveRoute({ sql, engine, bus, guard }: Deps): Hono {
  return new Hono()
    .get(runStreamPath, async (c) => {
      const { workspace } = await guard.requirePerson(c);
      const run = c.req.param("run");
      const [row] = await sql.read(`SELECT id FROM runs WHERE id = $1 AND workspace_id = $2`, [run, workspace.id]);
      if (!row) throw new AppError("not_found", `there is no run ${run}`);
      return stream(c, (sse) => streamRun(sse, { engine, bus, run, after: lastNumber(c) }));
    })
    .get(workspaceStreamPath, async (c) => {
      const { workspace } = await guard.requirePerson(c);
      return stream(c, (sse) => streamHints(sse, { bus, workspace: workspace.id }));
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

async function streamRun(
  sse: SSEStreamingApi,
  { engine, bus, run, after }: { engine: EngineStore; bus: Bus; run: string; after: number },
) {
  const bell = createBell();
  const off = bus.subscribeRun(run, bell.ring);
  const timer = setInterval(bell.ring, keepAliveMs);
  sse.onAbort(bell.ring);
  let last = after;
  let finished = false;
  while (!sse.aborted && !finished) {
    const records = await engine.journal(run, last, { bare: true });
    for (const { entry } of records) {
      await sse.writeSSE({ event: "entry", id: String(entry.number), data: JSON.stringify(entry) });
      last = entry.number;
      finished ||= entry.kind === "run-finished";
    }
    if (records.length === 0) await sse.write(": still here\n\n");
    if (!finished) await bell.heard();
  }
  // The client closes when it has the last entry; ending here would make EventSource reconnect for nothing.
  while (!sse.aborted) await bell.heard();
  clearInterval(timer);
  off();
}

async function streamHints(sse: SSEStreamingApi, { bus, workspace }: { bus: Bus; workspace: string }) {
  const bell = createBell();
  const hints = new Map<string, RunHint>();
  let refused = false;
  const offs = [
    bus.subscribe("run", ({ workspace: of, run, flow, status }) => {
      if (of !== workspace) return;
      hints.set(run, { run, flow, status });
      bell.ring();
    }),
    bus.subscribe("refusal", ({ workspace: of }) => {
      if (of !== workspace) return;
      refused = true;
      bell.ring();
    }),
  ];
  const timer = setInterval(bell.ring, keepAliveMs);
  sse.onAbort(bell.ring);
  await sse.write(": connected\n\n");
  while (!sse.aborted) {
    await bell.heard();
    await sse.sleep(hintEveryMs);
    // A list refetches whatever the number of hints: under load a few stand for all.
    const sent = [...hints.values()].slice(-50);
    hints.clear();
    for (const hint of sent) await sse.writeSSE({ event: "hint", data: JSON.stringify(hint) });
    if (refused) await sse.writeSSE({ event: "refusal", data: "{}" });
    if (sent.length === 0 && !refused) await sse.write(": still here\n\n");
    refused = false;
  }
  clearInterval(timer);
  for (const off of offs) off();
}
