import { execFile, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePlace, type Place } from "./server.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

describe("a clone whose path has spaces in it", () => {
  let clone: string;
  let main: string;
  let place: Place;

  beforeAll(async () => {
    clone = mkdtempSync(join(tmpdir(), "my ünusual clone "));
    main = join(clone, "runtime", "main.ts");
    for (const name of ["runtime", "shared", "package.json"]) cpSync(join(root, name), join(clone, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(clone, "node_modules"));
    place = await makePlace();
  });
  afterAll(() => {
    rmSync(clone, { recursive: true, force: true });
    place?.remove();
  });

  it("serves, and runs the demo", async () => {
    const server = spawn(process.execPath, [main, "start"], { env: place.env });
    const ended = new Promise((resolve) => server.on("close", resolve));
    await new Promise<void>((resolve) => server.stdout.on("data", (chunk) => String(chunk).includes("Ready.") && resolve()));
    const { stdout } = await promisify(execFile)(process.execPath, [main, "demo"], { env: place.env });
    expect(stdout).toContain("\n200 OK\n");
    server.kill("SIGTERM");
    expect(await ended).toBe(0);
  });
});
