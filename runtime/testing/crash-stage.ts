import type { RerunFrom, RerunVersion } from "../../shared/api/rerun.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Json } from "../../shared/json.ts";
import { deleteOld } from "../duties/retention.ts";
import { correlationsOf } from "../engine/correlation.ts";
import { createKeyValues } from "../engine/key-values.ts";
import { startRerun } from "../engine/rerun.ts";
import { createLoadVersion } from "../flows/load-version.ts";
import { publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import { createIngest } from "../ingress/ingest.ts";
import type { JournalRecord } from "../store/engine-store.ts";
import type { Act, CrashPlan, CrashRuntime } from "./crash-runtime.ts";
import { foldFaults, outcomeOf } from "./run-outcome.ts";

const workspace = "wsp_test";
type Body = Record<string, Json>;

/** Where one performance of a scenario takes place: its flows, and what is done to them from outside. What a call is named by begins with `of`. */
export type Stage = {
  publish(document: Flow): Promise<string>;
  /** Sends an event once, by its key, which its run's calls are named by. */
  send(flow: string, key: string, body?: Body): Act;
  republish(flow: string, document: Flow): Act;
  /** Goes over a run again; `at`: the how manieth that was started, from 0. */
  rerun(at: number, from: RerunFrom, version?: RerunVersion): Act;
  cancel(at: number): Act;
  mend: Act;
  /** Deletes what is older than it is to be kept. */
  retain: Act;
  pass(ms: number): Act;
  /** Crashes are tried from here on only. */
  mark(act: Act): Act;
};

/**
 * Something that comes to the same wherever the process ends. `comesTo`: the statuses of its runs in the order in which they were started.
 * `calls`: what
 * they send, with a stroke for each time that it was asked for once more. `most`: so many runs with one key in their bodies go on at a time.
 */
export type Scenario = {
  name: string;
  comesTo: string[];
  calls?: string[];
  most?: number;
  downMs?: number;
  acts(stage: Stage): Promise<Act[]>;
};

/** Acts that take place at the same time. */
export const together =
  (...acts: Act[]): Act =>
  (...given) =>
    Promise.all(acts.map((act) => act(...given)));

/** Acts of which each follows on the one before at once. */
export const oneByOne =
  (...acts: Act[]): Act =>
  async (...given) => {
    for (const act of acts) await act(...given);
  };

export type Played = {
  stuck: string[];
  faults: string[];
  statuses: string[];
  /** What its runs came to, without its name. */
  outcome: string;
  points: number;
  /** How many of the points are before those that crashes are tried at. */
  spared: number;
  crashes: number;
  sent: CrashRuntime["oracle"]["sent"];
};

/** Performs a scenario once, under a name of its own. */
export async function play(runtime: CrashRuntime, scenario: Scenario, of: string, plan: CrashPlan): Promise<Played> {
  const before = { points: runtime.points, crashes: runtime.crashes };
  const flows: string[] = [];
  let spared = 0;
  const stage = setStage(runtime, of, flows, () => {
    spared = runtime.points - before.points;
  });
  const acts = await scenario.acts(stage);
  const stuck = await runtime.settle(plan, { acts, downMs: scenario.downMs ?? 0 });
  const runs = await Promise.all((await runsOf(runtime, flows)).map(({ id }) => runtime.records(id)));
  // What later ones delete is looked for in flows that are published.
  await runtime
    .pair()
    .sql.commit(flows.map((flow) => ({ text: `UPDATE flows SET published_version_id = NULL WHERE id = $1`, params: [flow] })));
  const outcomes = runs.map((records) => JSON.stringify([bodyOf(records), outcomeOf(records)]).replaceAll(of, "OF"));
  return {
    stuck,
    faults: [...runs.flatMap(foldFaults), ...(scenario.most === undefined ? [] : crowdFaults(runs, scenario.most))],
    statuses: runs.map(statusOf),
    outcome: outcomes
      .toSorted()
      .join("\n")
      .replaceAll(/(run|evt|flw)_[0-9a-f]{32}/g, "$1"),
    points: runtime.points - before.points,
    spared,
    crashes: runtime.crashes - before.crashes,
    sent: new Map(
      [...runtime.oracle.sent].flatMap(([name, sent]) =>
        name.startsWith(`${of}/`) ? [[name.slice(of.length), sent] as const] : [],
      ),
    ),
  };
}

async function runsOf({ pair }: CrashRuntime, flows: string[]): Promise<{ id: string; reruns: number }[]> {
  const list = flows.map((_, at) => `$${at + 1}`).join(", ");
  return pair().sql.read(
    `SELECT r.id, (SELECT count(*) FROM runs n WHERE n.rerun_of = r.id) AS reruns FROM runs r WHERE r.flow_id IN (${list}) ORDER BY r.id`,
    flows,
  );
}

function setStage(runtime: CrashRuntime, of: string, flows: string[], marked: () => void): Stage {
  const { clock, oracle } = runtime;
  const ids = createIds(clock);
  const nth = async (at: number) => (await runsOf(runtime, flows))[at] ?? { id: "", reruns: 0 };
  return {
    async publish(document) {
      const flow = await runtime.publish(document);
      flows.push(flow);
      return flow;
    },
    send: (flow, key, more = {}) =>
      async function send({ engine, sql }) {
        const [row] = await sql.read<{ version: string }>(`SELECT published_version_id AS version FROM flows WHERE id = $1`, [
          flow,
        ]);
        const version = await createLoadVersion(sql)(workspace, row?.version ?? "");
        const body = { of: `${of}/${key}`, n: 2, ...more };
        const outcome = await createIngest({ engine, ids })(
          {
            ...{
              workspace,
              flow,
              source: "webhook",
              hook: null,
              receivedAt: clock(),
              method: "POST",
              headers: "{}",
              query: "{}",
            },
            contentType: "application/json",
            body: Buffer.from(JSON.stringify(body)),
            dedupe: { scope: flow, key, windowMs: 86_400_000 },
            node: "start",
            correlations: correlationsOf(version, "start", () => body) ?? [],
          },
          { id: ids.next("run"), flowVersion: version.id, trigger: "start" },
        );
        if (outcome.outcome !== "accepted" && outcome.outcome !== "duplicate") oracle.faults.push(outcome);
      },
    republish: (flow, document) => () => publishFlow({ sql: runtime.pair().sql, ids, clock }, { workspace, flow, document }),
    rerun(at, from, version = "same") {
      let isAsked = false;
      return async ({ engine, sql }) => {
        const { id: run, reruns } = await nth(at);
        if (reruns > 0) return;
        if (!isAsked) oracle.anew(`${of}/`);
        isAsked = true;
        const deps = { sql, engine, loadVersion: createLoadVersion(sql), clock, ids };
        await startRerun(deps, { workspace, run, from, version });
      };
    },
    cancel: (at) => async (door) => door.engine.signal((await nth(at)).id, { kind: "cancel", by: "usr_1" }),
    mend: async () => oracle.mend(`${of}/`),
    // Long reads have a thread of their own, which would be begun anew after each crash.
    retain: ({ sql }) =>
      deleteOld({
        sql: { ...sql, list: sql.read },
        clock,
        keyValues: createKeyValues({ sql, clock }),
        retentionDays: 0,
      }).run(new AbortController().signal),
    pass: (ms) => async (_, passTime) => passTime(ms),
    mark: (act) => async (door, passTime) => {
      await act(door, passTime);
      marked();
    },
  };
}

function bodyOf(records: JournalRecord[]): Json {
  const output = records.find(({ entry }) => entry.kind === "step-succeeded")?.values.output;
  return (Object(output) as { body?: Json }).body ?? null;
}

function statusOf(records: JournalRecord[]): string {
  const last = records.at(-1)?.entry;
  return last?.kind === "run-finished" ? last.status : "unfinished";
}

/** Runs with one key of which more than so many were beyond their trigger, and had not ended, at one time. */
function crowdFaults(runs: JournalRecord[][], most: number): string[] {
  const spans = runs.flatMap((records) => {
    const entries = records.map(({ entry }) => entry);
    const first = entries.findIndex((entry) => "node" in entry && entry.node !== "start" && !/skipped|canceled/.test(entry.kind));
    const key = JSON.stringify((Object(bodyOf(records)) as { key?: Json }).key ?? null);
    return first < 0 ? [] : [{ key, from: entries[first]?.at ?? 0, to: entries.at(-1)?.at ?? 0 }];
  });
  const together = spans.map((one) => spans.filter(({ key, from, to }) => key === one.key && from <= one.from && one.from < to));
  return together.filter(({ length }) => length > most).map(({ length }) => `${length} runs went on at a time`);
}
