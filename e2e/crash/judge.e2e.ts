import { afterEach, beforeEach, expect, it } from "vitest";
import type { TestDatabase } from "../../runtime/testing/test-database.ts";
import { openTestSqlite } from "../../runtime/testing/test-sqlite.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import type { Arrival } from "./counting-upstream.ts";
import { judge, type Stop, type Verdict } from "./judge.ts";

// An oracle that finds nothing may be one that sees nothing.
let database: TestDatabase;

beforeEach(() => {
  database = openTestSqlite();
});
afterEach(() => database.close());

/** What is left of one event whose run was resumed once, in the middle of its first call. */
type Remains = {
  acknowledged: Map<string, string>;
  runs: string[];
  row: { status: string; epoch: number; owner: string | null; length: number };
  /** Entry n was written at n * 10. */
  entries: JournalEntry[];
  arrivals: { keyed: Arrival[]; idempotent: Arrival[] };
  stops: Stop[];
};

const call = { attempt: 1, status: 200, durationMs: 1 };
const kinds: object[] = [
  { kind: "run-started", trigger: "event" },
  { kind: "step-succeeded", node: "event", startedAt: 0, ports: ["out"] },
  attempt("first"),
  { kind: "run-resumed" },
  attempt("first"),
  { kind: "step-succeeded", node: "first", startedAt: 0, ports: ["out"], call },
  attempt("second"),
  { kind: "step-succeeded", node: "second", startedAt: 0, ports: ["out"], call },
  { kind: "run-finished", status: "succeeded" },
];

function attempt(node: string) {
  return { kind: "attempt-started", node, attempt: 1, group: 1, effect: "idempotent", idempotencyKey: `r/${node}/1` };
}

function numbered(entries: object[]): JournalEntry[] {
  return entries.map((entry, index) => ({ ...entry, number: index + 1, at: (index + 1) * 10 }) as JournalEntry);
}

function sound(): Remains {
  const key = "r/first/1";
  return {
    acknowledged: new Map([["event_1", "evt_1"]]),
    runs: ["run_1"],
    row: { status: "succeeded", epoch: 2, owner: null, length: kinds.length },
    entries: numbered(kinds),
    arrivals: {
      keyed: [
        { at: 31, key },
        { at: 51, key },
      ],
      idempotent: [{ at: 71, key: null }],
    },
    stops: [],
  };
}

async function verdictOn({ acknowledged, runs, row, entries, arrivals, stops }: Remains): Promise<Verdict> {
  const { sql } = database.pair;
  await sql.commit([
    {
      text: `INSERT INTO events (id, workspace_id, flow_id, source, received_at, method, headers, query, dedupe_key, runs, body)
        VALUES ('evt_1', 'w', 'f', 'webhook', 0, 'POST', '{}', '{}', 'id:event_1', $1, $2)`,
      params: [JSON.stringify(runs), Buffer.from("{}")],
    },
    ...runs.map((run) => ({
      text: `INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, epoch, owner, journal_length, created_at, finished_at)
        VALUES ($1, 'w', 'f', 'v', 'evt_1', 'webhook', 'event', $2, $3, $4, $5, 0, $6)`,
      params: [run, row.status, row.epoch, row.owner, row.length, row.status === "running" ? null : 90],
    })),
    ...runs.flatMap((run) =>
      entries.map((entry) => ({
        text: `INSERT INTO journal (run_id, number, entry) VALUES ($1, $2, $3)`,
        params: [run, entry.number, JSON.stringify(entry)],
      })),
    ),
  ]);
  const lists = { keyed: arrivals.keyed, idempotent: arrivals.idempotent };
  return judge(sql, { upstream: { arrivals: (path) => lists[path as keyof typeof lists] }, acknowledged, stops });
}

it("finds nothing where every promise was kept", async () => {
  const { faults, ...counts } = await verdictOn(sound());
  expect(faults).toEqual([]);
  expect(counts).toMatchObject({ finished: 1, lost: 0, duplicated: 0, stepsRepeated: 0, extraSends: 0, keyChanged: 0 });
  expect(counts).toMatchObject({ repeats: 1, resumes: 1 });
});

const withEntries = (change: (entries: object[]) => object[]) => (remains: Remains) => {
  const entries = numbered(change([...kinds]));
  return { ...remains, entries, row: { ...remains.row, length: entries.length } };
};
const late: Arrival = { at: 61, key: "r/first/1" };

function sentLate(remains: Remains, stops: Stop[]): Remains {
  const keyed = [remains.arrivals.keyed[1] as Arrival, late];
  return { ...remains, arrivals: { ...remains.arrivals, keyed }, stops };
}

it("counts apart what a process sends on waking that was stopped between its last look and the write", async () => {
  const { faults, ...counts } = await verdictOn(sentLate(sound(), [{ from: 30, to: 60 }]));
  expect(faults).toEqual([]);
  expect(counts).toMatchObject({ stepsRepeated: 0, extraSends: 0, sentOnWaking: 1 });
});

it.each<[string, Partial<Verdict>, (remains: Remains) => Remains]>([
  ["an acknowledged event that is not there", { lost: 1 }, (r) => ({ ...r, acknowledged: new Map([["event_2", "evt_2"]]) })],
  ["a run that never ended", { lost: 1 }, (r) => ({ ...r, row: { ...r.row, status: "running" } })],
  ["a run that failed", { lost: 1, finished: 1 }, (r) => ({ ...r, row: { ...r.row, status: "failed" } })],
  ["two runs of one event", { duplicated: 1 }, (r) => ({ ...r, runs: ["run_1", "run_2"] })],
  ["a request that came after the result", { stepsRepeated: 1 }, (r) => sentLate(r, [])],
  [
    "a late request of a process that was stopped before the attempt was begun",
    { stepsRepeated: 1, sentOnWaking: 0 },
    (r) => sentLate(r, [{ from: 29, to: 60 }]),
  ],
  [
    "a late request of a process that was stopped after the result",
    { stepsRepeated: 1, sentOnWaking: 0 },
    (r) => sentLate(r, [{ from: 61, to: 61 }]),
  ],
  [
    "a late request of a process that had gone on long before",
    { stepsRepeated: 1, sentOnWaking: 0 },
    (r) => {
      const remains = sentLate(r, [{ from: 30, to: 60 }]);
      return { ...remains, arrivals: { ...remains.arrivals, keyed: [r.arrivals.keyed[1] as Arrival, { ...late, at: 561 }] } };
    },
  ],
  [
    "an attempt that was begun after the result",
    { stepsRepeated: 1 },
    withEntries((entries) => entries.toSpliced(6, 0, attempt("first"))),
  ],
  [
    "a third request where the run was resumed once",
    { extraSends: 1 },
    (r) => ({ ...r, arrivals: { ...r.arrivals, keyed: [{ at: 30, key: "r/first/1" }, ...r.arrivals.keyed] } }),
  ],
  ["a request without an attempt in the journal", { extraSends: 1 }, withEntries((entries) => entries.toSpliced(4, 1))],
  [
    "a request with another key",
    { keyChanged: 1 },
    (r) => ({ ...r, arrivals: { ...r.arrivals, keyed: [r.arrivals.keyed[0] as Arrival, { at: 51, key: "r/first/2" }] } }),
  ],
  [
    "a request without its key",
    { keyChanged: 1 },
    (r) => ({ ...r, arrivals: { ...r.arrivals, keyed: r.arrivals.keyed.map(({ at }) => ({ at, key: null })) } }),
  ],
  ["an entry after the end", {}, withEntries((entries) => [...entries, { kind: "cancel-requested", by: "x" }])],
  ["a second end", {}, withEntries((entries) => [...entries, { kind: "run-finished", status: "succeeded" }])],
  ["a step settled twice", {}, withEntries((entries) => entries.toSpliced(8, 0, entries[7] as object))],
  ["a gap in the journal", {}, (r) => ({ ...r, entries: r.entries.toSpliced(1, 1) })],
  ["a run that is still held", {}, (r) => ({ ...r, row: { ...r.row, owner: "wrk_1" } })],
  ["a resumption without a claim of its own", {}, (r) => ({ ...r, row: { ...r.row, epoch: 1 } })],
])("notices %s", async (_, counts, damage) => {
  const verdict = await verdictOn(damage(sound()));
  expect(verdict.faults).not.toEqual([]);
  expect(verdict).toMatchObject(counts);
});
