import type { PlannedTest } from "./test-plan.ts";

/** How far a test is. `skipped`: it was not run, because another one had no answer for it. */
export type TestProgress = { state: "running" | "succeeded" | "failed" | "skipped"; words: string };

export type TestRunner = {
  /** Runs one; a rejection is a fault of ours. */
  run: (test: PlannedTest) => Promise<{ passed: boolean; words: string }>;
  onProgress: (key: string, progress: TestProgress) => void;
  isStopped: () => boolean;
  /** Endpoints of which an answer is kept from before. */
  answered: ReadonlySet<string>;
};

/** Reads under way at the same time. */
const atOnce = 10;

/**
 * Runs tests: reads side by side, what writes or costs one by one when no read is left that could run before it, deletions last of
 * those. A test whose earlier one has failed, or is not run and has no answer from before, is skipped and says so.
 */
export async function runTests(tests: readonly PlannedTest[], runner: TestRunner): Promise<void> {
  const left = new Set(tests);
  const open = new Set(tests.map(({ key }) => key));
  const passed = new Map<string, boolean>();
  const underWay = new Set<Promise<void>>();

  function settle(test: PlannedTest, progress: TestProgress): void {
    open.delete(test.key);
    passed.set(test.key, progress.state === "succeeded");
    runner.onProgress(test.key, progress);
  }
  async function runOne(test: PlannedTest): Promise<void> {
    left.delete(test);
    runner.onProgress(test.key, { state: "running", words: "running" });
    const outcome = await runner.run(test);
    settle(test, { state: outcome.passed ? "succeeded" : "failed", words: outcome.words });
  }
  function start(test: PlannedTest): void {
    const work: Promise<void> = runOne(test).finally(() => underWay.delete(work));
    underWay.add(work);
  }

  while (left.size > 0 && !runner.isStopped()) {
    const ready = [...left].filter(({ needs }) => !needs.some((key) => open.has(key)));
    const hopeless = ready.find((test) => unmet(test) !== undefined);
    if (hopeless) {
      left.delete(hopeless);
      settle(hopeless, { state: "skipped", words: whyNot(unmet(hopeless) ?? "") });
      continue;
    }
    const reads = ready.filter(({ kind }) => kind === "reads");
    for (const read of reads.slice(0, atOnce - underWay.size)) start(read);
    if (underWay.size > 0) {
      await Promise.race(underWay);
      continue;
    }
    const next = ready.find(({ endpoint }) => endpoint.method !== "DELETE") ?? ready[0];
    // Nothing is ready and nothing is under way: those that are left wait for each other.
    if (!next) break;
    await runOne(next);
  }
  await Promise.all(underWay);

  function unmet({ needs }: PlannedTest): string | undefined {
    return needs.find((key) => (passed.has(key) ? !passed.get(key) : !runner.answered.has(key)));
  }
  function whyNot(key: string): string {
    const name = tests.find((test) => test.key === key)?.endpoint.name ?? key;
    return passed.has(key) ? `not run: “${name}” has not passed` : `not run: it needs an answer of “${name}”`;
  }
}
