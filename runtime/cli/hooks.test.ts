import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const main = join(dirname(import.meta.dirname), "main.ts");

it("says how long an old secret may count beside a new one, before anything is changed", () => {
  const args = [main, "hooks", "set-secret", "hook_1", "--secret-stdin", "--overlap", "8d"];
  const { status, stderr } = spawnSync(process.execPath, args, { input: "a secret" });
  expect(stderr.toString()).toBe("patchbay: --overlap must be like 90s, 30m, 24h or 7d, and at most 7d\n");
  expect(status).toBe(1);
});
