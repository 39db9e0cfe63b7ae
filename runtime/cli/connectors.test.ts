import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";

const main = join(dirname(import.meta.dirname), "main.ts");
const folder = mkdtempSync(join(tmpdir(), "patchbay-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "connectors", ...args], { cwd: folder });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}
function tried(file: string) {
  const { status, stdout, stderr } = run("import", file, "--dry-run", "--json");
  expect(stderr).toBe("");
  return { status, report: JSON.parse(stdout) as { ok: boolean; operations: { result: string }[]; error?: string } };
}

const operation = { responses: { 200: { description: "fine" } } };
const specification = {
  openapi: "3.1.0",
  info: { title: "A", version: "1" },
  paths: { "/a": { get: operation, head: operation } },
};

it("says what would come of each operation of a file, on standard output and nothing else", () => {
  writeFileSync(join(folder, "a.json"), JSON.stringify(specification));
  expect(tried("a.json")).toEqual({
    status: 0,
    report: {
      ok: true,
      operations: [
        { method: "GET", path: "/a", result: "imported", notes: [] },
        { method: "HEAD", path: "/a", result: "left-out", notes: ["HEAD is not a method that endpoints have"] },
      ],
    },
  });
  const { stdout, status } = run("import", "a.json", "--dry-run");
  expect(stdout).toMatch(/^imported {2}GET {4}\/a\n[\s\S]*1 of 2 operations would be imported\n$/);
  expect(status).toBe(0);
});

it("exits with 1 and the reason where a file is refused or cannot be opened", () => {
  writeFileSync(join(folder, "b.yaml"), "swagger: '2.0'\n");
  const error = "Only OpenAPI 3.0 and 3.1 can be read; this file says Swagger 2.0";
  expect(tried("b.yaml")).toEqual({ status: 1, report: { ok: false, operations: [], error } });
  expect(tried("gone.yaml")).toMatchObject({ status: 1, report: { ok: false, error: expect.stringContaining("ENOENT") } });
  expect(run("import", "b.yaml", "--dry-run")).toMatchObject({ status: 1, stdout: `refused: ${error}\n` });
});

it("says how it is used where it is used otherwise", () => {
  for (const args of [[], ["import"], ["export", "a"], ["import", "a.json"]])
    expect(run(...args)).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("connectors import FILE --dry-run"),
    });
});

const specs = join(import.meta.dirname, "../../../shared/specs");
it.skipIf(!existsSync(specs)).each<[string, boolean, number]>([
  ["json/stripe-spec3.json", true, 1],
  ["yaml/oai-petstore-expanded-3.0.yaml", true, 1],
  ["odd/oai-webhook-only-3.1.yaml", true, 0],
  ["invalid/mermade/3.0/fail", false, 0],
])("tries the real file %s", (file, ok, atLeast) => {
  const { status, report } = tried(join(specs, file));
  expect([status, report.ok]).toEqual([ok ? 0 : 1, ok]);
  expect(report.operations.length).toBeGreaterThanOrEqual(atLeast);
});
