import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const main = join(dirname(import.meta.dirname), "main.ts");
const database = { DATABASE_URL: "postgres://patchbay:hunter2@127.0.0.1:1/patchbay" };

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "patchbay-"));
});
afterEach(() => rmSync(place, { recursive: true }));

/** What a command says that cannot begin; it makes no folder. */
function refusalOf(command: string, env: NodeJS.ProcessEnv): string {
  const dataDir = join(place, "data");
  const { PATH } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [main, command], {
    env: { PATH, PATCHBAY_DATA_DIR: dataDir, PATCHBAY_SANDBOX_PORT: "0", ...env },
    timeout: 20_000,
  });
  expect(status).toBe(1);
  expect(existsSync(dataDir)).toBe(false);
  return stderr.toString();
}

describe("a role that cannot begin", () => {
  it.each(["api", "worker"])("says that %s needs a database to share", (role) => {
    expect(refusalOf(role, {})).toBe(
      `patchbay: "${role}" is one of several processes, and several processes need DATABASE_URL\n`,
    );
  });

  it.each(["start", "api", "worker"])("asks for the key that all nodes share, and how to make one: %s", (role) => {
    const said = refusalOf(role, database);
    expect(said).toMatch(/^patchbay: PATCHBAY_ENCRYPTION_KEY or .* must be set.*openssl rand -base64 32\n$/);
    expect(said).not.toContain("hunter2");
  });

  it("refuses a worker without a place for a run", () => {
    const said = refusalOf("worker", { ...database, PATCHBAY_WORKER_SLOTS: "0" });
    expect(said).toContain("PATCHBAY_WORKER_SLOTS");
  });

  it("refuses to start a sandbox that is switched off", () => {
    expect(refusalOf("sandbox", { PATCHBAY_SANDBOX: "off" })).toContain("PATCHBAY_SANDBOX is off");
  });
});
