import { Agent } from "node:http";
import { expect, it } from "vitest";
import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { publishHookFlow } from "../fixtures.ts";
import { type Answer, post, sign } from "../sender.ts";
import { makePlace, type Server, startServer } from "../server.ts";
import { startCountingUpstream } from "./counting-upstream.ts";

/** The long campaign with `--full`; the short one in every `npm test`. */
const full = process.env.PATCHBAY_FULL === "1";
const plan = full ? { kills: 32, events: 20_000, lanes: 96 } : { kills: 5, events: 2_000, lanes: 64 };
/** A server lives this long before it is killed: enough to take events in and to be in the middle of their calls. */
const livesMs = 1_100;
const upstreamMs = 40;

it(`keeps every acknowledged event through ${plan.kills} kills: one run each, each call once and at most once more per kill`, {
  timeout: 900_000,
}, async () => {
  const upstream = await startCountingUpstream(upstreamMs);
  const place = await makePlace({ PATCHBAY_ALLOW_HTTP: upstream.host });
  let server = await startServer(place);
  const hook = await publish();
  const url = `${place.url}/hooks/${hook.hook}`;

  const acknowledged = new Set<string>();
  let next = 0;
  let killing = true;
  const lane = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    // Goes on past the planned number while kills are still to come: a kill must find work in flight.
    while (next < plan.events || killing) {
      next += 1;
      const id = `event_${next}`;
      await untilAcknowledged(url, hook.secret, id, agent);
      acknowledged.add(id);
    }
    agent.destroy();
  };
  const lanes = Array.from({ length: plan.lanes }, lane);

  let inFlightAtKill = 0;
  for (let kill = 0; kill < plan.kills; kill += 1) {
    await passed(livesMs);
    // A kill between two calls of all runs would prove less: wait for one in flight, but not for ever.
    await upstream.busy(500);
    if (upstream.open() > 0) inFlightAtKill += 1;
    await server.end("SIGKILL");
    server = await startServer(place);
  }
  killing = false;
  await Promise.all(lanes);
  await allFinished(place, server);
  await server.end("SIGTERM");

  expect(acknowledged.size).toBeGreaterThanOrEqual(plan.events);
  expect(inFlightAtKill / plan.kills).toBeGreaterThanOrEqual(0.9);
  await verify(acknowledged);
  await upstream.close();
  place.remove();

  async function publish() {
    const foundation = await place.foundation();
    const published = await publishHookFlow(foundation, {
      name: "Two calls",
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [
        node.call("first", "keyed", { inputs: { value: "{{trigger.body.id}}" } }),
        node.branch("check", "{{steps.first.output.value}}", "{{trigger.body.id}}"),
        node.call("second", "idempotent", { inputs: { value: "{{trigger.body.id}}" } }),
        node.transform("never", 0),
        node.transform("shape", { first: "{{steps.first.output.value}}", second: "{{steps.second.output.value}}" }),
      ],
      edges: ["event -> first", "first -> check", "check:true -> second", "check:false -> never", "second -> shape"],
    });
    await foundation.pair.close();
    return published;
  }

  async function verify(ids: Set<string>): Promise<void> {
    const { sql, pair } = await place.foundation();
    const events = await sql.read<{ key: string; runs: string }>(`SELECT dedupe_key AS key, runs FROM events`);
    const runs = await sql.read<{ id: string; status: string }>(`SELECT id, status FROM runs`);
    const status = new Map(runs.map((run) => [run.id, run.status]));
    const runsOf = new Map<string, string[]>();
    for (const { key, runs: started } of events) {
      const id = key.slice(key.lastIndexOf(":") + 1);
      runsOf.set(id, [...(runsOf.get(id) ?? []), ...(JSON.parse(started) as string[])]);
    }
    const faults: string[] = [];
    let repeated = 0;
    for (const id of ids) {
      const started = runsOf.get(id) ?? [];
      const [run = ""] = started;
      if (started.length !== 1) faults.push(`${id} has ${started.length} runs`);
      else if (status.get(run) !== "succeeded") faults.push(`${id}: run is ${status.get(run)}`);
    }
    for (const [id, started] of runsOf) {
      for (const run of started) {
        const entries = (await pair.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry);
        const view = foldJournal(entries);
        for (const call of ["first", "second"]) {
          const sent = upstream.count(call === "first" ? "keyed" : "idempotent", id);
          repeated += sent - 1;
          if (sent < 1 || sent > 1 + view.resumes)
            faults.push(`${id}: ${call} was sent ${sent} times, resumed ${view.resumes} times`);
          const settled = entries.findIndex((entry) => entry.kind === "step-succeeded" && entry.node === call);
          const again = entries.findLastIndex((entry) => entry.kind === "attempt-started" && entry.node === call);
          if (settled < 0 || again > settled) faults.push(`${id}: ${call} was sent again after its result was journaled`);
        }
      }
    }
    await pair.close();
    expect(faults.slice(0, 20)).toEqual([]);
    expect(runs).toHaveLength(runsOf.size);
    process.stdout.write(
      `crash: ${plan.kills} kills, ${ids.size} events acknowledged, ${inFlightAtKill} kills with calls in flight, ${repeated} calls repeated\n`,
    );
  }
});

/** Sends until it is acknowledged, with the same id; a fresh signature each time, as providers do. */
async function untilAcknowledged(url: string, secret: string, id: string, agent: Agent): Promise<void> {
  for (;;) {
    const answer: Answer | null = await post(url, sign(secret, id, { id }), agent).catch(() => null);
    if (answer && answer.status >= 200 && answer.status < 300) return;
    expect(answer === null || answer.status === 503).toBe(true);
    await passed(20);
  }
}

async function allFinished(place: Awaited<ReturnType<typeof makePlace>>, server: Server): Promise<void> {
  const { sql, pair } = await place.foundation();
  for (;;) {
    const [row] = await sql.read<{ n: number }>(`SELECT count(*) AS n FROM runs WHERE finished_at IS NULL`);
    if (row?.n === 0) break;
    expect(server.pid).toBeGreaterThan(0);
    await passed(100);
  }
  await pair.close();
}

/** Real time: what is tested here is a real process, killed at real moments. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
