import { expect, test } from "vitest";
import { foldJournal } from "../../../shared/run/run-view.ts";
import { journal, journals, version } from "../../testing/sample-run.ts";
import { verdictOf } from "./verdict.ts";

function sentence(entries: (typeof journals)["failed"]): string {
  const { before, step, after } = verdictOf(foldJournal(entries), version);
  return `${before}${step?.name ?? ""}${after}`;
}

test.each([
  ["running", "Now at Search contact."],
  ["retrying", "Search contact waits to try again."],
  ["unknown", "Search contact waits for a decision."],
  ["failed", "Stopped at Search contact: 400: emailAddress is required"],
  ["succeeded", "4 steps done, 1 skipped."],
] as const)("says of a %s run what happened", (name, text) => {
  expect(sentence(journals[name])).toBe(text);
});

test("says of a loop which iteration asks for a decision, and how many others do", () => {
  const view = foldJournal(journals.unknown);
  const [asks] = Object.values(view.steps).filter(({ reason }) => reason === "outcome-unknown");
  if (!asks) return expect.unreachable();
  const steps = Object.fromEntries([6, 7, 8].map((index) => [`search[${index}]`, { ...asks, iteration: [index] }]));
  const { step, after } = verdictOf({ ...view, steps }, version);
  expect(`${step?.name}${after}`).toBe("Search contact, iteration 7 waits for a decision, and so do 2 other steps.");
});

test("says that a run without entries waits for a worker", () => {
  expect(sentence([])).toBe("Stored, and waiting for a worker to take it.");
});

test("says what a run waits for that may not go on yet, and why one was dropped", () => {
  const queued = journal([0, { kind: "run-started", trigger: "lead" }], [5, { kind: "turn-awaited", limit: 5 }]);
  expect(sentence(queued)).toBe("Waits for its turn: 5 of 5 runs of this flow are going on.");
  const error = { code: "too_many_runs", message: "another run of this flow was going on" };
  const dropped = journal(
    [0, { kind: "run-started", trigger: "lead" }],
    [5, { kind: "run-finished", status: "canceled", error }],
  );
  expect(sentence(dropped)).toBe("Canceled: another run of this flow was going on.");
});

test("says that a cancel has been asked for, and how far a canceled run got", () => {
  const [started, lead] = journals.running;
  if (!started || !lead) return expect.unreachable();
  const begun = journal([0, { kind: "run-started", trigger: "lead" }], [5, { kind: "cancel-requested", by: "ada" }]);
  expect(sentence(begun)).toBe("Canceling: it stops before its next step.");
  const over = foldJournal([started, lead, { kind: "run-finished", status: "canceled", number: 3, at: 9 }]);
  expect(verdictOf(over, version).before).toBe("Canceled after 1 of 5 steps.");
});

test("counts what a loop repeated, and failures that it passed over", () => {
  const entries = journal(
    [0, { kind: "run-started", trigger: "lead" }],
    [1, { kind: "container-started", node: "search", count: 1_200 }],
    [2, { kind: "iterations-finished", node: "search", from: 0, count: 1_200, failed: [], steps: 2_400 }],
    [3, { kind: "step-failed", node: "found", startedAt: 3, error: { code: "invalid_input", message: "no" }, ports: ["out"] }],
  );
  const last = { number: entries.length + 1, at: 9 };
  expect(sentence([...entries, { kind: "run-finished", status: "succeeded", ...last }])).toBe(
    "2,400 steps done, 1 failed and passed over.",
  );
  expect(sentence([...entries, { kind: "run-finished", status: "canceled", ...last }])).toBe("Canceled after 2,400 steps.");
});
