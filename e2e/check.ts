import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromiumPath } from "./chromium.ts";

/**
 * `npm test`: types, lint, then unit, interface and browser tests. `--full` makes the crash and browser campaigns long; further
 * arguments go to vitest. The last line is `N passed, N failed, N skipped`; types and lint count as one each.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name: string) => join(root, "node_modules", name);
const report = join(root, "e2e", "out", "report.json");
const full = process.argv.includes("--full");
const rest = process.argv.slice(2).filter((argument) => argument !== "--full");

const count = { passed: 0, failed: 0, skipped: 0 };

function run(name: string, file: string, args: string[]): boolean {
  process.stdout.write(`\n── ${name}\n`);
  const env = { ...process.env, PATCHBAY_FULL: full ? "1" : "", NODE_ENV: "test" };
  return spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: "inherit", env }).status === 0;
}

function check(name: string, file: string, args: string[]): void {
  if (run(name, file, args)) count.passed += 1;
  else count.failed += 1;
}

function vitest(): void {
  mkdirSync(dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const ok = run("tests", bin("vitest/vitest.mjs"), [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...rest,
  ]);
  if (!existsSync(report)) {
    count.failed += 1;
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests, success, testResults } = JSON.parse(readFileSync(report, "utf8"));
  count.passed += numPassedTests;
  count.skipped += numPendingTests;
  // A file that cannot be loaded or an unhandled error fails the run without a failed test, and not always with a failed status.
  const unread = testResults.filter(
    ({ status, assertionResults }: { status: string; assertionResults: { status: string }[] }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  ).length;
  count.failed += numFailedTests + unread;
  if (count.failed === 0 && !(ok && success)) count.failed += 1;
}

if (rest.length === 0) {
  check("types", bin("typescript/bin/tsc"), ["--noEmit", "-p", "."]);
  check("types of shared: no DOM, no Node", bin("typescript/bin/tsc"), ["--noEmit", "-p", "shared"]);
  check("lint", bin("@biomejs/biome/bin/biome"), ["check", "."]);
}
vitest();
if (chromiumPath === null)
  process.stdout.write(`
  ############################################################################
  #  THE BROWSER TESTS WERE SKIPPED: no Chromium was found.                  #
  #  Install it (Debian: apt-get install chromium) or set PATCHBAY_CHROMIUM. #
  ############################################################################
`);
process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed > 0 ? 1 : 0;
