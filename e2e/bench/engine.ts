import { readFileSync } from "node:fs";
import { setTimeout as passed } from "node:timers/promises";
import type { Foundation } from "../../runtime/roles/foundation.ts";
import { node } from "../../runtime/testing/test-engine.ts";
import type { TestHook } from "../../runtime/testing/test-hook.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { publishHookFlow } from "../fixtures.ts";
import { type Place, type Server, startServer } from "../server.ts";
import { finishRate, prepareBacklog, untilDrained } from "./backlog.ts";
import { type Figure, median, percentile, ratio } from "./figure.ts";
import { onServerCore, residentMb } from "./processes.ts";
import { type PairName, withPlace } from "./product.ts";

type NewFlow = Parameters<typeof publishHookFlow>[1];

const off = { PATCHBAY_SANDBOX: "off" };

/** A place whose database is there, and a flow in it. */
async function withFlow<T>(pair: PairName, flow: NewFlow, use: (place: Place, hook: TestHook) => Promise<T>): Promise<T> {
  return withPlace(pair, { pinned: false, env: off }, async (place) => {
    await (await startServer(place)).end("SIGTERM");
    const foundation = await place.foundation();
    const hook = await publishHookFlow(foundation, flow);
    await foundation.pair.close();
    return use(place, hook);
  });
}

async function beside<T>(place: Place, use: (foundation: Foundation) => Promise<T>): Promise<T> {
  const foundation = await place.foundation();
  try {
    return await use(foundation);
  } finally {
    await foundation.pair.close();
  }
}

/** A flow of so many transforms, each of which reads the one before. */
function chain(steps: number): NewFlow {
  const ids = Array.from({ length: steps }, (_, index) => `step-${index + 1}`);
  const before = (index: number) => (index === 0 ? "trigger.body" : `steps.step-${index}.output`);
  return {
    name: `${steps} steps`,
    nodes: ids.map((id, index) => node.transform(id, { email: `{{${before(index)}.email}}`, n: `{{${before(index)}.n}}` })),
    edges: ids.map((id, index) => `${ids[index - 1] ?? "event"} -> ${id}`),
  };
}

const backlog = 4_000;

/**
 * Runs of three pure steps finished per second by a server on one core; and what one pure step costs of that core, in microseconds: the
 * difference of runs of 23 and of 3 steps, from the process's own times, so that its start and the runs themselves cancel out.
 */
export async function steps(pair: PairName): Promise<Figure> {
  const rounds = { 3: [] as Worked[], 23: [] as Worked[] };
  for (let round = 0; round < 3; round += 1)
    for (const count of [3, 23] as const) rounds[count].push(await withFlow(pair, chain(count), workOff));
  const rate = median(rounds[3].map(({ perSecond }) => perSecond));
  const longer = median(rounds[23].map(({ perSecond }) => perSecond));
  const cpu = (count: 3 | 23) => median(rounds[count].map(({ cpuMs }) => cpuMs));
  return {
    case: "steps",
    pair,
    unit: "3-step runs/s on one core",
    value: Math.round(rate),
    baseline: Math.round(longer),
    ratio: ratio(rate, longer),
    p50Ms: null,
    p99Ms: null,
    microsecondsPerPureStep: Number((((cpu(23) - cpu(3)) * 1_000) / (20 * backlog)).toFixed(1)),
    rounds,
  };
}

type Worked = { perSecond: number; cpuMs: number };

async function workOff(place: Place, hook: TestHook): Promise<Worked> {
  await beside(place, (foundation) => prepareBacklog(foundation, hook, backlog));
  const since = Date.now();
  const server = await startServer(place, { prefix: onServerCore });
  return beside(place, async (foundation) => {
    await untilDrained(foundation);
    const cpuMs = cpuOf(server.pid);
    await server.end("SIGTERM");
    return { perSecond: Math.round(await finishRate(foundation, since)), cpuMs };
  });
}

/** User and system time of a process so far (Linux, proc(5): fields 14 and 15, in hundredths of a second). */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A for-each of so many items with one transform inside. The list is made by an expression, so that nothing else is large. */
function loopOf(items: number): NewFlow {
  const at = { x: 0, y: 0 };
  const each = FlowNode.parse({ id: "each", name: "Each", kind: "for-each", position: at, items: "{{steps.list.output}}" });
  const line = FlowNode.parse({ ...node.transform("line", { n: "{{item}}", at: "{{index}}" }), parent: "each" });
  return {
    name: `${items} items`,
    nodes: [node.transform("list", `{{= [1..${items}] }}`), each, line],
    edges: ["event -> list", "list -> each"],
  };
}

/**
 * A for-each with one transform, journaled: milliseconds from its first entry to its last one of 1,000 items, the median of runs one after the
 * other; against as many runs of 1,000 transforms one by one it has no baseline, so the baseline is a for-each of 100 items. Of 100,000
 * items: the server's peak memory and how long others wait for its answers meanwhile.
 */
export async function forEach(pair: PairName): Promise<Figure> {
  const small = await loopTimes(pair, 100, 20);
  const large = await loopTimes(pair, 1_000, 20);
  const huge = await withFlow(pair, loopOf(100_000), async (place, hook) => {
    await beside(place, (foundation) => prepareBacklog(foundation, hook, 1));
    const server = await startServer(place, { prefix: onServerCore });
    const waits = await answersUntilDrained(place, server);
    const peakMb = peakOf(server.pid);
    const [ms = 0] = await beside(place, (foundation) => durations(foundation, "each"));
    await server.end("SIGTERM");
    return { ms, peakMb, answerP99Ms: Number(percentile(waits, 0.99).toFixed(1)), answers: waits.length };
  });
  return {
    case: "for-each",
    pair,
    unit: "ms for 1,000 items with one transform",
    value: median(large),
    baseline: median(small),
    ratio: ratio(median(large), median(small)),
    p50Ms: median(large),
    p99Ms: percentile(large, 1),
    items100000: huge,
  };
}

function loopTimes(pair: PairName, items: number, runs: number): Promise<number[]> {
  return withFlow(pair, loopOf(items), async (place, hook) => {
    await beside(place, (foundation) => prepareBacklog(foundation, hook, runs));
    const server = await startServer(place, { prefix: onServerCore, env: { PATCHBAY_WORKER_SLOTS: "1" } });
    const times = await beside(place, async (foundation) => {
      await untilDrained(foundation);
      return durations(foundation, "each");
    });
    await server.end("SIGTERM");
    // The first ones make the code warm.
    return times.slice(5);
  });
}

/** From the start of a step to its end (ms), of all runs, the oldest first. */
async function durations({ sql }: Foundation, step: string): Promise<number[]> {
  const rows = await sql.list<{ entry: string }>(
    `SELECT entry FROM journal WHERE entry LIKE '%step-succeeded%' AND entry LIKE $1 ORDER BY run_id`,
    [`%"node":"${step}"%`],
  );
  return rows.map(({ entry }) => {
    const { at, startedAt } = JSON.parse(entry) as Extract<JournalEntry, { kind: "step-succeeded" }>;
    return at - startedAt;
  });
}

/** Asks the server again and again until its runs are finished; how long each answer took (ms). */
async function answersUntilDrained(place: Place, { url }: Server): Promise<number[]> {
  const waits: number[] = [];
  let drained = false;
  const draining = beside(place, untilDrained).then(() => {
    drained = true;
  });
  while (!drained) {
    const from = performance.now();
    await (await fetch(`${url}/livez`)).text();
    waits.push(performance.now() - from);
    await passed(2);
  }
  await draining;
  return waits;
}

/** The most memory that a process has had (Linux). */
function peakOf(pid: number): number {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024);
}

const many = 10_000;
const spreadMs = 60_000;

/** 10,000 runs that wait: what they cost the server of memory, and how late they wake when they are due evenly over a minute. */
export async function waiting(pair: PairName): Promise<Figure> {
  const flow: NewFlow = {
    name: "Waits",
    nodes: [node.delay("pause", "{{trigger.body.waitMs}}"), node.transform("after", 1)],
    edges: ["event -> pause", "pause -> after"],
  };
  return withFlow(pair, flow, async (place, hook) => {
    const idle = await startServer(place, { prefix: onServerCore });
    await passed(2_000);
    const idleMb = residentMb(idle.pid);
    await idle.end("SIGTERM");
    await beside(place, (foundation) =>
      prepareBacklog(foundation, hook, many, (index) => ({ waitMs: 30_000 + Math.round((index * spreadMs) / many) })),
    );
    const server = await startServer(place, { prefix: onServerCore });
    const late = await beside(place, async (foundation) => {
      const { sql } = foundation;
      while ((await sql.read(`SELECT 1 AS n FROM runs WHERE status IN ('queued', 'running') LIMIT 1`)).length > 0)
        await passed(100);
      const waitingMb = residentMb(server.pid);
      await untilDrained(foundation);
      const rows = await sql.list<{ entry: string }>(
        `SELECT entry FROM journal WHERE entry LIKE '%"node":"pause"%' ORDER BY run_id, number`,
      );
      const untils = rows.flatMap(({ entry }) => {
        const each = JSON.parse(entry) as JournalEntry;
        return each.kind === "step-waiting" && each.until !== null ? [each.until] : [];
      });
      const woken = rows.flatMap(({ entry }) => {
        const each = JSON.parse(entry) as JournalEntry;
        return each.kind === "step-succeeded" ? [each.at] : [];
      });
      return { waitingMb, lateMs: woken.map((at, index) => at - (untils[index] ?? at)) };
    });
    await server.end("SIGTERM");
    return {
      case: "waiting",
      pair,
      unit: `MB more than idle for ${many.toLocaleString("en")} waiting runs`,
      value: late.waitingMb - idleMb,
      baseline: idleMb,
      ratio: ratio(late.waitingMb, idleMb),
      p50Ms: percentile(late.lateMs, 0.5),
      p99Ms: percentile(late.lateMs, 0.99),
      latestMs: percentile(late.lateMs, 1),
      woken: late.lateMs.length,
    };
  });
}

/**
 * 10,000 runs that a worker held when it ended: milliseconds from the start of the next process until the last one goes on, and how many went
 * on more than once.
 */
export async function restart(pair: PairName): Promise<Figure> {
  return withFlow(pair, chain(3), async (place, hook) => {
    await beside(place, (foundation) => prepareBacklog(foundation, hook, many));
    await beside(place, holdAll);
    const from = Date.now();
    const server = await startServer(place);
    return beside(place, async (foundation) => {
      await untilDrained(foundation);
      const resumed = await foundation.sql.list<{ run: string; entry: string }>(
        `SELECT run_id AS run, entry FROM journal WHERE entry LIKE '%"run-resumed"%'`,
      );
      await server.end("SIGTERM");
      const times = resumed.map(({ entry }) => (JSON.parse(entry) as JournalEntry).at - from);
      return {
        case: "restart",
        pair,
        unit: `ms from start until the last of ${many.toLocaleString("en")} runs goes on`,
        value: percentile(times, 1),
        baseline: percentile(times, 0.01),
        ratio: null,
        p50Ms: percentile(times, 0.5),
        p99Ms: percentile(times, 0.99),
        resumed: resumed.length,
        twice: resumed.length - new Set(resumed.map(({ run }) => run)).size,
      };
    });
  });
}

/** What a worker leaves that ends in the middle: its runs begun, with their first entries. */
async function holdAll({ pair, clock }: Foundation): Promise<void> {
  await pair.workers.join("wrk_ended", { lost() {}, fault() {} });
  for (;;) {
    const claims = await pair.queue.claim(500);
    if (claims.length === 0) break;
    const begun = (await pair.engine.begin(claims, "wrk_ended")) ?? [];
    await Promise.all(
      begun.map(({ run, epoch, trigger }) => {
        const at = clock();
        const entry = { number: 1, at, kind: "run-started", trigger } as const;
        const given = {
          number: 2,
          at,
          kind: "step-succeeded",
          node: trigger,
          startedAt: at,
          ports: ["out"],
          values: ["output"],
        } as const;
        const records = [
          { entry, values: {} },
          {
            entry: { ...given, ports: [...given.ports], values: [...given.values] },
            values: { output: { body: { email: "a@b.example", n: 7 } } },
          },
        ];
        return pair.engine.write({ ref: { run, epoch }, records, release: { to: "running" }, consumed: [] });
      }),
    );
  }
}
