import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readConfig } from "../runtime/config.ts";
import { type Foundation, openFoundation } from "../runtime/create-runtime.ts";
import { AppError } from "../shared/app-error.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The product in a process of its own, as `npm start` runs it once everything is installed and built. */
export type Server = {
  url: string;
  /** The one-time link on its terminal, null when an administrator exists. */
  setupUrl: string | null;
  pid: number;
  /** Ends it by a signal (SIGKILL: as a crash would) and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
};

/** A data folder with ports of its own, on which servers are started one after another. */
export type Place = {
  dataDir: string;
  url: string;
  env: NodeJS.ProcessEnv;
  /** Opens the database beside the server, as the operator's commands do. */
  foundation(): Promise<Foundation>;
  remove(): void;
};

export async function makePlace(env: NodeJS.ProcessEnv = {}): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), "patchbay-e2e-"));
  const [port, sandboxPort] = [await freePort(), await freePort()];
  const whole: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "patchbay"),
    PATCHBAY_DATA_DIR: dataDir,
    PATCHBAY_PORT: String(port),
    PATCHBAY_SANDBOX_PORT: String(sandboxPort),
    PATCHBAY_LOG_LEVEL: "warn",
    ...env,
  };
  return {
    dataDir,
    url: `http://127.0.0.1:${port}`,
    env: whole,
    foundation: () => openFoundation(readConfig(whole), whole),
    remove: () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

/** Starts the server of a place; settles when it says that it is running. `prefix` is a command to run it under. */
export async function startServer(place: Place, prefix: string[] = []): Promise<Server> {
  const [program = "", ...args] = [...prefix, process.execPath, join(root, "runtime", "main.ts"), "start"];
  const child = spawn(program, args, { cwd: root, env: place.env, stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    errors.push(chunk.toString());
    process.stderr.write(chunk);
  });
  const setupUrl = await readiness(child, errors);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url: place.url,
    setupUrl,
    pid: child.pid ?? 0,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

function readiness(child: ChildProcess, errors: string[]): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let setupUrl: string | null = null;
    if (!child.stdout) return reject(new AppError("internal", "the server's output cannot be read"));
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => {
      setupUrl ??= /\S+\/setup\?token=\S+/.exec(line)?.[0] ?? null;
      if (line.includes("Ready.")) resolve(setupUrl);
    });
    child.once("exit", (code) => reject(new AppError("internal", `the server ended with ${code}: ${errors.join("")}`)));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject).listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
