import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const main = join(dirname(import.meta.dirname), "main.ts");

it.each([[["demo"]], [["hooks", "list"]], [["hooks", "set-secret", "hook_1", "--secret-stdin"]]])(
  "%j says to start the server first where none was ever started, and makes nothing",
  (args) => {
    const place = mkdtempSync(join(tmpdir(), "patchbay-"));
    const dataDir = join(place, "data");
    const env = { ...process.env, PATCHBAY_DATA_DIR: dataDir };
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { env, input: "a secret of the provider" });
    expect(stderr.toString()).toBe(
      `patchbay: there is no database at ${join(dataDir, "patchbay.db")} yet: run npm start first\n`,
    );
    expect(status).toBe(1);
    expect(existsSync(dataDir)).toBe(false);
    rmSync(place, { recursive: true });
  },
);
