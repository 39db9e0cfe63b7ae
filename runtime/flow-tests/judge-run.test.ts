import { expect, it } from "vitest";
import type { Expectation } from "../../shared/flow/flow-test.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import type { JournalRecord } from "../store/engine-store.ts";
import { type Ended, judgeRun } from "./judge-run.ts";

const records: JournalRecord[] = [
  { entry: { number: 1, at: 0, kind: "run-started", trigger: "event" }, values: {} },
  {
    entry: { number: 2, at: 0, values: ["output"], kind: "step-succeeded", node: "a", startedAt: 0, ports: ["out"] },
    values: { output: { n: 1, token: { $sealed: "v1.w.x.y" } } },
  },
];
const ended: Ended = { view: foldJournal(records.map(({ entry }) => entry)), records, calls: 0 };
const holds: Expectation = { step: "a", output: { n: 1, token: "••••••" } };

it("lets others have their turn while there is much to be looked at, and gives up when it takes too long", async () => {
  let now = 0;
  // Each look at the clock is five milliseconds later.
  const clock = () => {
    now += 5;
    return now;
  };
  let turns = 0;
  let ticking = setImmediate(function tick() {
    turns += 1;
    ticking = setImmediate(tick);
  });
  const verdicts = await judgeRun(
    Array.from({ length: 100 }, () => holds),
    ended,
    { patienceMs: 500, clock },
  );
  clearImmediate(ticking);
  expect(turns).toBeGreaterThan(10);
  const held = verdicts.filter(({ passed }) => passed).length;
  expect(held).toBeGreaterThan(20);
  expect(held).toBeLessThan(100);
  expect(verdicts.at(-1)).toMatchObject({ passed: false, message: "it takes too long to be looked at" });
  expect(verdicts).toHaveLength(100);
});

it("makes the dots of an output once, however much is expected of it", async () => {
  let made = 0;
  const large = records.map((record) => ({
    entry: record.entry,
    get values() {
      made += 1;
      return record.values;
    },
  }));
  const verdicts = await judgeRun([holds, holds, holds], { ...ended, records: large }, { patienceMs: 10_000 });
  expect(verdicts.every(({ passed }) => passed)).toBe(true);
  expect(made).toBe(1);
});
