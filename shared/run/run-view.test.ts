import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "./journal.ts";
import { applyEntry, emptyRunView, foldJournal, stepKey } from "./run-view.ts";

/** An entry without its number and time, which `numbered` gives: 10 ms apart. */
type Draft = JournalEntry extends infer E ? (E extends JournalEntry ? Omit<E, "number" | "at"> : never) : never;

type Of<K extends Draft["kind"]> = Extract<Draft, { kind: K }>;

const started: Draft = { kind: "run-started", trigger: "start" };
const succeeded = (node: string, ports = ["out"]): Of<"step-succeeded"> => ({
  kind: "step-succeeded",
  node,
  startedAt: 5,
  ports,
});
const attempt = (number: number, group = 1): Of<"attempt-started"> => ({
  kind: "attempt-started",
  node: "call",
  attempt: number,
  group,
  effect: "unsafe",
  idempotencyKey: `key-${group}`,
  values: ["request"],
});
const attemptFailed = (number: number, more: Partial<Of<"attempt-failed">> = {}): Of<"attempt-failed"> => ({
  kind: "attempt-failed",
  node: "call",
  attempt: number,
  outcome: "server-error",
  status: 503,
  message: "busy",
  durationMs: 7,
  retryAt: 900,
  nextGroup: true,
  ...more,
});

describe("foldJournal: the run", () => {
  it("is queued before its first entry", () => {
    expect(foldJournal([])).toEqual(emptyRunView());
    expect(emptyRunView()).toMatchObject({ status: "queued", length: 0, trigger: null, answer: null, resumes: 0 });
  });

  it("runs once it has started", () => {
    expect(fold(started)).toMatchObject({ status: "running", trigger: "start", startedAt: 10, length: 1 });
  });

  it.each(["succeeded", "failed", "canceled"] as const)("ends as %s and stays so", (status) => {
    const error = status === "failed" ? { code: "x", message: "no", node: "call" } : undefined;
    const ended = fold(started, { kind: "step-started", node: "a" }, { kind: "run-finished", status, ...(error && { error }) });
    expect(ended).toMatchObject({ status, finishedAt: 30, error: error ?? null });
    const late = foldJournal(
      [
        { number: 4, at: 40, kind: "step-canceled", node: "a" },
        { number: 5, at: 50, kind: "run-resumed" },
      ],
      ended,
    );
    expect(late).toMatchObject({ status, length: 5 });
    expect(late.steps.a?.status).toBe("canceled");
  });

  it("waits while some step waits and none runs", () => {
    const waiting: Draft = { kind: "step-waiting", node: "a", reason: "delay", until: 500 };
    expect(fold(started, waiting).status).toBe("waiting");
    expect(fold(started, waiting, { kind: "step-started", node: "b" }).status).toBe("running");
    expect(fold(started, { kind: "step-started", node: "b" }, waiting).status).toBe("running");
    expect(fold(started, { kind: "step-started", node: "b" }, waiting, succeeded("b")).status).toBe("waiting");
    expect(fold(started, waiting, { kind: "step-started", node: "a" }, succeeded("a")).status).toBe("running");
  });

  it("counts how often another holder took it over", () => {
    expect(fold(started, { kind: "run-resumed" }, { kind: "run-resumed" })).toMatchObject({ resumes: 2, status: "running" });
  });

  it("notes the wish to cancel and changes nothing else", () => {
    const before = fold(started, { kind: "step-waiting", node: "a", reason: "event", until: null });
    const after = foldJournal([{ number: 3, at: 30, kind: "cancel-requested", by: "usr_1" }], before);
    expect(after).toEqual({ ...before, length: 3, cancelRequested: true, canceledBy: "usr_1" });
    expect(fold({ kind: "cancel-requested", by: "usr_1" }).status).toBe("queued");
  });

  it("tells the steps that a rerun has taken over from its own, and waits for its turn as queued", () => {
    const view = fold(
      { kind: "run-started", trigger: "a", rerunOf: "run_1", kept: 1 },
      { kind: "step-succeeded", node: "a", startedAt: 0, ports: ["out"] },
      { kind: "turn-awaited", limit: 2 },
    );
    expect(view).toMatchObject({ status: "queued", awaitsTurn: 2, rerunOf: "run_1", steps: { a: { kept: true } } });
    const { length } = view;
    const later = foldJournal(
      [
        { number: length + 1, at: 99, kind: "turn-taken" },
        { number: length + 2, at: 100, kind: "step-succeeded", node: "b", startedAt: 99, ports: ["out"] },
      ],
      view,
    );
    expect(later).toMatchObject({ status: "running", awaitsTurn: null, startedAt: 99 });
    expect(later.steps.b?.kept).toBeUndefined();
  });

  it("keeps the first answer", () => {
    const view = fold(
      started,
      { kind: "run-answered", node: "a", status: 201 },
      { kind: "run-answered", node: "b", status: 500 },
    );
    expect(view.answer).toEqual({ entry: 2, node: "a", status: 201 });
    expect(view.length).toBe(3);
  });
});

describe("foldJournal: a step", () => {
  it("succeeds by its ports, with the numbers of its values", () => {
    const view = fold(started, { kind: "step-started", node: "a" }, { ...succeeded("a", ["true"]), values: ["input", "output"] });
    expect(view.steps.a).toMatchObject({
      status: "succeeded",
      startedAt: 5,
      finishedAt: 30,
      ports: ["true"],
      inputEntry: 3,
      outputEntry: 3,
      error: null,
    });
  });

  it("fails with its error, keeping the input that led to it", () => {
    const error = { code: "rejected", message: "no" };
    const view = fold(started, { kind: "step-failed", node: "a", startedAt: 7, error, values: ["input"] });
    expect(view.steps.a).toMatchObject({
      status: "failed",
      startedAt: 7,
      finishedAt: 20,
      error,
      inputEntry: 2,
      outputEntry: null,
    });
  });

  it.each(["step-skipped", "step-canceled"] as const)("settles by %s", (kind) => {
    const view = fold(started, { kind, node: "a" });
    expect(view.steps.a).toMatchObject({ status: kind.slice("step-".length), startedAt: null, finishedAt: 20, ports: [] });
  });

  it("waits for a reason until a time, and no longer once it goes on or settles", () => {
    const waiting: Draft = { kind: "step-waiting", node: "a", reason: "retry", until: 700 };
    expect(fold(waiting).steps.a).toMatchObject({ status: "waiting", reason: "retry", until: 700, startedAt: 10 });
    expect(fold({ kind: "step-started", node: "a" }, waiting).steps.a).toMatchObject({ startedAt: 10 });
    expect(fold(waiting, { kind: "step-started", node: "a" }).steps.a).toMatchObject({
      status: "running",
      reason: null,
      until: null,
      startedAt: 10,
    });
    expect(fold(waiting, { kind: "step-canceled", node: "a" }).steps.a).toMatchObject({
      status: "canceled",
      reason: null,
      until: null,
    });
  });

  it("is one per iteration", () => {
    const view = fold(
      { kind: "step-started", node: "a", iteration: [0] },
      { kind: "step-started", node: "a", iteration: [1, 2] },
      { kind: "step-skipped", node: "a" },
    );
    expect(Object.keys(view.steps)).toEqual(["a[0]", "a[1,2]", "a"]);
    expect(view.steps["a[1,2]"]).toMatchObject({ node: "a", iteration: [1, 2], status: "running" });
    expect([stepKey("a"), stepKey("a", []), stepKey("a", [1, 2])]).toEqual(["a", "a", "a[1,2]"]);
  });

  it("may be named as anything, also as what every object has (E8)", () => {
    for (const node of ["__proto__", "constructor", "toString"]) {
      const view = fold({ kind: "step-started", node });
      expect(Object.keys(view.steps)).toEqual([node]);
      expect(foldJournal([], view).steps[node]?.status).toBe("running");
    }
    expect(emptyRunView().steps.constructor).toBeUndefined();
  });
});

describe("foldJournal: attempts", () => {
  it("opens one with its request, and closes it with the answer of the step", () => {
    const view = fold(started, attempt(1), { ...succeeded("call"), call: { attempt: 1, status: 200, durationMs: 4 } });
    expect(view.steps.call?.attempts).toEqual([
      {
        attempt: 1,
        group: 1,
        effect: "unsafe",
        idempotencyKey: "key-1",
        status: "succeeded",
        startedAt: 20,
        finishedAt: 30,
        requestEntry: 2,
        responseEntry: 3,
        httpStatus: 200,
        outcome: "succeeded",
        message: null,
        retryAt: null,
        nextGroup: false,
      },
    ]);
  });

  it("keeps each failed one with its outcome and when the next is due", () => {
    const view = fold(started, attempt(1), attemptFailed(1, { values: ["response"] }), attempt(2, 2));
    expect(view.steps.call).toMatchObject({ status: "running", startedAt: 20 });
    expect(view.steps.call?.attempts).toMatchObject([
      {
        attempt: 1,
        status: "failed",
        finishedAt: 30,
        httpStatus: 503,
        outcome: "server-error",
        message: "busy",
        retryAt: 900,
        nextGroup: true,
        responseEntry: 3,
      },
      { attempt: 2, group: 2, status: "running", finishedAt: null, idempotencyKey: "key-2", requestEntry: 4 },
    ]);
  });

  it("has no answer's entry for one that got none", () => {
    const lost = attemptFailed(1, { outcome: "timed-out", status: null, retryAt: null, nextGroup: false, values: [] });
    expect(fold(attempt(1), lost).steps.call?.attempts).toMatchObject([
      { responseEntry: null, httpStatus: null, retryAt: null, nextGroup: false },
    ]);
    expect(fold(attempt(1), attemptFailed(1)).steps.call?.attempts).toMatchObject([{ responseEntry: null }]);
  });

  it("closes the last of two with one number: an interrupted attempt was sent again", () => {
    const view = fold(attempt(1), attempt(1), attemptFailed(1));
    expect(view.steps.call?.attempts.map(({ status }) => status)).toEqual(["running", "failed"]);
  });

  it("passes over the end of one that it never saw begin", () => {
    const view = fold(attempt(1), attemptFailed(9), { ...succeeded("call"), call: { attempt: 8, status: 200, durationMs: 1 } });
    expect(view.steps.call).toMatchObject({ status: "succeeded", attempts: [{ attempt: 1, status: "running" }] });
  });

  it("keeps a person's decision until it was acted upon", () => {
    const asked: Draft = { kind: "step-waiting", node: "call", reason: "outcome-unknown", until: null };
    const decided: Draft = { kind: "outcome-decided", node: "call", decision: "send-again", by: "usr_1" };
    expect(fold(attempt(1), asked, decided).steps.call).toMatchObject({ status: "waiting", decision: "send-again" });
    expect(fold(attempt(1), asked, decided, attempt(2)).steps.call).toMatchObject({ status: "running", decision: null });
    const failed: Draft = { kind: "step-failed", node: "call", startedAt: 1, error: { code: "x", message: "x" } };
    expect(fold(attempt(1), asked, { ...decided, decision: "fail" }, failed).steps.call).toMatchObject({
      status: "failed",
      decision: null,
    });
  });

  it("keeps who decided with the attempt that it was about, also after it was acted upon", () => {
    const asked: Draft = { kind: "step-waiting", node: "call", reason: "outcome-unknown", until: null };
    const decided: Draft = { kind: "outcome-decided", node: "call", decision: "send-again", by: "usr_1" };
    const [first, second] = fold(attempt(1), asked, decided, attempt(2)).steps.call?.attempts ?? [];
    expect(first?.decided).toEqual({ decision: "send-again", by: "usr_1", at: 30 });
    expect(second).not.toHaveProperty("decided");
  });
});

describe("foldJournal: any journal", () => {
  it("comes to the same however it is split", () => {
    fc.assert(
      fc.property(anyJournal, fc.array(fc.nat(40), { maxLength: 4 }), (journal, cuts) => {
        const whole = foldJournal(journal);
        const marks = [0, ...cuts.map((cut) => cut % (journal.length + 1)).sort((a, b) => a - b), journal.length];
        let view = emptyRunView();
        for (const [index, mark] of marks.entries()) view = foldJournal(journal.slice(marks[index - 1] ?? 0, mark), view);
        expect(view).toEqual(whole);
      }),
    );
  });

  it("comes to the same when entries come again or too late", () => {
    fc.assert(
      fc.property(anyJournal, fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 8 }), (journal, repeats) => {
        const noisy = journal.flatMap((entry, index) => [
          entry,
          ...repeats.filter(([at]) => at === index).flatMap(([, old]) => journal.slice(old % (index + 1), index + 1)),
        ]);
        expect(foldJournal(noisy)).toEqual(foldJournal(journal));
        expect(foldJournal(journal, foldJournal(journal))).toEqual(foldJournal(journal));
      }),
    );
  });

  it("never changes the view it started from", () => {
    fc.assert(
      fc.property(anyJournal, fc.nat(40), (journal, cut) => {
        const before = foldJournal(journal.slice(0, cut));
        const copy = structuredClone(before);
        const after = foldJournal(journal.slice(cut), before);
        expect(structuredClone(before)).toEqual(copy);
        for (const entry of journal.slice(cut)) applyEntry(before, entry);
        expect(before).toEqual(after);
      }),
    );
  });
});

it("refuses a kind of entry that it does not know, rather than show a wrong state", () => {
  const unheard = { number: 1, at: 1, kind: "step-paused", node: "a" } as unknown as JournalEntry;
  expect(() => foldJournal([unheard])).toThrow("unexpected variant");
});

const anyNode = fc.constantFrom("call", "a", "constructor");
const anyIteration = fc.constantFrom<(number[] | undefined)[]>(undefined, [0], [1, 2]);
const anyStepEntry: fc.Arbitrary<Draft> = fc
  .record({ node: anyNode, iteration: anyIteration, number: fc.integer({ min: 1, max: 3 }), pick: fc.nat(9) })
  .map(({ node, iteration, number, pick }): Draft => {
    const step = iteration === undefined ? { node } : { node, iteration };
    const variants: Draft[] = [
      { kind: "step-started", ...step },
      { ...attempt(number), ...step },
      { ...attemptFailed(number), ...step },
      { kind: "step-waiting", ...step, reason: "retry", until: number },
      {
        kind: "step-succeeded",
        ...step,
        startedAt: 1,
        ports: ["out"],
        values: ["output"],
        call: { attempt: number, status: 200, durationMs: 1 },
      },
      { kind: "step-failed", ...step, startedAt: 1, error: { code: "x", message: "x" } },
      { kind: "step-skipped", ...step },
      { kind: "step-canceled", ...step },
      { kind: "outcome-decided", ...step, decision: "fail", by: "usr_1" },
      { kind: "run-answered", ...step, status: 200 + number },
    ];
    return variants[pick] ?? started;
  });
const anyRunEntry: fc.Arbitrary<Draft> = fc.constantFrom<Draft[]>(
  started,
  { kind: "run-resumed" },
  { kind: "cancel-requested", by: "usr_1" },
  { kind: "run-finished", status: "failed", error: { code: "x", message: "x" } },
  { kind: "run-finished", status: "succeeded" },
);
const anyJournal = fc.array(fc.oneof({ weight: 4, arbitrary: anyStepEntry }, anyRunEntry), { maxLength: 40 }).map(numbered);

function numbered(drafts: Draft[]): JournalEntry[] {
  return drafts.map((draft, index) => ({ ...draft, number: index + 1, at: (index + 1) * 10 }));
}

function fold(...drafts: Draft[]) {
  return foldJournal(numbered(drafts));
}
