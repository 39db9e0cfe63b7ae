import { expect, test } from "vitest";
import { foldJournal } from "../../shared/run/run-view.ts";
import { journals, startedAt, version } from "../testing/sample-run.ts";
import { defaultStep } from "./default-step.ts";
import { ticks, timelineRows } from "./timeline-rows.ts";

const rows = (entries: (typeof journals)["failed"], now = startedAt + 5_000) =>
  timelineRows(version.document, foldJournal(entries), { now });

test("lists steps in the order in which they began, then what has not begun in the order of the flow", () => {
  expect(rows(journals.running).map((row) => [row.node, row.status])).toEqual([
    ["lead", "succeeded"],
    ["search", "running"],
    ["found", "idle"],
    ["known", "idle"],
    ["unknown", "idle"],
  ]);
});

test("draws a step from its start to its end, and each call on it", () => {
  const search = rows(journals.failed).find((row) => row.node === "search");
  expect(search?.whole).toEqual({ from: 10, to: 2_001, failed: true });
  expect(search?.attempts).toEqual([
    { from: 10, to: 500, failed: true },
    { from: 1_500, to: 2_000, failed: true },
  ]);
});

test("lets what is under way reach to now, and to the run's end once that is known", () => {
  expect(rows(journals.running).find((row) => row.node === "search")?.whole?.to).toBe(5_000);
  expect(rows(journals.succeeded).find((row) => row.node === "known")?.whole).toEqual({ from: 2_980, to: 2_991, failed: false });
});

test("draws nothing for a step that was skipped", () => {
  expect(rows(journals.succeeded).find((row) => row.node === "unknown")).toMatchObject({ status: "skipped", whole: null });
});

test("shows a run that has not begun as steps that have not begun", () => {
  expect(rows([]).every((row) => row.status === "idle" && row.whole === null)).toBe(true);
});

test.each([
  [3_000, [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000]],
  [7, [0, 2, 4, 6]],
  [90_000, [0, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000]],
])("divides %d ms by round times", (length, expected) => {
  expect(ticks(length)).toEqual(expected);
});

test("never marks more than asked for, however long the run", () => {
  for (const length of [1, 50, 999, 86_400_000, 31_622_400_000, 1e13]) expect(ticks(length, 4).length).toBeLessThanOrEqual(5);
});

test.each([
  ["failed", "search"],
  ["unknown", "search"],
  ["running", "search"],
  ["retrying", "search"],
  ["succeeded", "known"],
] as const)("opens a %s run at the step that matters", (name, step) => {
  expect(defaultStep(foldJournal(journals[name]))).toBe(step);
});

test("opens a run without entries at no step", () => {
  expect(defaultStep(foldJournal([]))).toBeNull();
});

test("prefers the step that failed the run to a later one", () => {
  const view = foldJournal(journals.failed);
  const lead = view.steps.lead;
  if (lead) lead.finishedAt = startedAt + 9_000;
  expect(defaultStep(view)).toBe("search");
});
