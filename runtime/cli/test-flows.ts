import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { AppError } from "../../shared/app-error.ts";
import type { FlowTestResult } from "../../shared/flow/flow-test.ts";
import { createCodePool } from "../expressions/code-pool.ts";
import { createJsonataPool } from "../expressions/jsonata-pool.ts";
import { junitOf } from "../flow-tests/junit.ts";
import { runFlowTest } from "../flow-tests/run-flow-test.ts";
import { readFlowTest, testFilesOf } from "./read-flow-test.ts";

const usage = `Usage: npm run patchbay -- test <file or folder>... [--junit FILE]

  runs flow tests (*.flowtest.json): nothing is sent anywhere
  exit code 0: all pass, 1: one does not, 2: a file cannot be read`;

/** Runs flow tests, and tells each expectation that does not hold. */
export async function testFlows(args: string[]): Promise<void> {
  const results = await run(args).catch((error) => {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return null;
  });
  process.exitCode = results === null ? 2 : results.every(({ result }) => result.passed) ? 0 : 1;
}

async function run(args: string[]): Promise<{ file: string; result: FlowTestResult }[]> {
  const { values, positionals } = parsed(args);
  const files = await testFilesOf(positionals);
  // All are read before the first is run: a file that is wrong is no test that fails.
  const tests = await Promise.all(files.map(async (file) => ({ file, test: await readFlowTest(file) })));
  const pools = { jsonata: createJsonataPool(), code: createCodePool() };
  try {
    const results: { file: string; result: FlowTestResult }[] = [];
    for (const { file, test } of tests) {
      const result = await runFlowTest(pools, test);
      results.push({ file, result });
      tell(file, result);
    }
    const failed = results.filter(({ result }) => !result.passed).length;
    process.stdout.write(`${results.length} ${results.length === 1 ? "test" : "tests"}, ${failed} failed\n`);
    if (values.junit !== undefined) await writeFile(values.junit, junitOf(results));
    return results;
  } finally {
    await Promise.all([pools.jsonata.close(), pools.code.close()]);
  }
}

function parsed(args: string[]) {
  try {
    const given = parseArgs({ args, options: { junit: { type: "string" } }, allowPositionals: true });
    if (given.positionals.length > 0) return given;
  } catch {
    // An option that is not known: told like a missing file.
  }
  throw new AppError("bad_request", usage);
}

function tell(file: string, { name, passed, verdicts, durationMs }: FlowTestResult): void {
  process.stdout.write(`${passed ? "passed" : "FAILED"}  ${name} (${file}, ${durationMs} ms)\n`);
  for (const verdict of verdicts)
    if (!verdict.passed)
      process.stdout.write(`        ${verdict.name}: ${(verdict.message ?? "").replaceAll("\n", "\n        ")}\n`);
}
