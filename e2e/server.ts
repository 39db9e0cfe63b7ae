import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readConfig } from "../runtime/config.ts";
import { type Foundation, openFoundation } from "../runtime/roles/foundation.ts";
import { AppError } from "../shared/app-error.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** One process of the product, as `npm start` or one of the cluster's commands runs it once everything is installed and built. */
export type Server = {
  /** Where it answers; of no use for a worker that was given no port. */
  url: string;
  /** The one-time link on its terminal, null when an administrator exists or the process has no interface. */
  setupUrl: string | null;
  pid: number;
  /** Ends it by a signal (SIGKILL: as a crash would) and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
};

/** A data folder with ports of its own, or with `DATABASE_URL` a schema of its own, on which processes are started. */
export type Place = {
  dataDir: string;
  url: string;
  env: NodeJS.ProcessEnv;
  /** Opens the database beside the server, as the operator's commands do. */
  foundation(): Promise<Foundation>;
  remove(): void;
};

export type ServerOptions = {
  /** The command of the product; `start` when left out. */
  role?: "start" | "api" | "worker" | "sandbox";
  /** Besides the place's. A second API node needs a `PATCHBAY_PORT` of its own; a worker is given one only here. */
  env?: NodeJS.ProcessEnv;
  /** A command to run it under. */
  prefix?: string[];
};

/** On the embedded pair, unless `env` names a database or `PATCHBAY_E2E_PAIR=postgres` chooses the one that the tests share. */
export async function makePlace(env: NodeJS.ProcessEnv = {}): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), "patchbay-e2e-"));
  const [port, sandboxPort] = [await freePort(), await freePort()];
  const database = "DATABASE_URL" in env ? { url: env.DATABASE_URL } : await databaseOfPair();
  const shared = {
    DATABASE_URL: database.url,
    PATCHBAY_DATABASE_SCHEMA: `${database.prefix ?? "e2e_"}${randomBytes(6).toString("hex")}`,
    PATCHBAY_ENCRYPTION_KEY: newKey(),
  };
  const whole: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "patchbay"),
    PATCHBAY_DATA_DIR: dataDir,
    PATCHBAY_PORT: String(port),
    PATCHBAY_SANDBOX_PORT: String(sandboxPort),
    PATCHBAY_LOG_LEVEL: "warn",
    ...(database.url && shared),
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

async function databaseOfPair(): Promise<{ url?: string; prefix?: string }> {
  const pair = process.env.PATCHBAY_E2E_PAIR || "embedded";
  if (pair === "embedded") return {};
  if (pair !== "postgres") throw new AppError("config", `PATCHBAY_E2E_PAIR must be embedded or postgres, not "${pair}"`);
  // Here and not above: campaigns and benchmarks make places outside of a test run.
  const { inject } = await import("vitest");
  return { url: inject("databaseUrl"), prefix: inject("schemaPrefix") };
}

/** Starts a process of a place; settles when it says that it is running. */
export async function startServer(place: Place, options: ServerOptions = {}): Promise<Server> {
  const { role = "start", prefix = [] } = options;
  const env = { ...place.env, ...(role !== "start" && rolesOwn(place, role)), ...options.env };
  const [program = "", ...args] = [...prefix, process.execPath, join(root, "runtime", "main.ts"), role];
  const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const errors: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => {
    errors.push(chunk.toString());
    process.stderr.write(chunk);
  });
  const setupUrl = await readiness(child, errors);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url: `http://127.0.0.1:${env.PATCHBAY_PORT}`,
    setupUrl,
    pid: child.pid ?? 0,
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

/** The nodes of a cluster share one sandbox, and a worker answers on no port unless it is told to. */
function rolesOwn({ env }: Place, role: "api" | "worker" | "sandbox"): NodeJS.ProcessEnv {
  if (role === "sandbox") return {};
  const sandbox = { PATCHBAY_SANDBOX_URL: `http://127.0.0.1:${env.PATCHBAY_SANDBOX_PORT}` };
  return role === "api" ? sandbox : { ...sandbox, PATCHBAY_PORT: "" };
}

function newKey(): string {
  return randomBytes(32).toString("base64");
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

/** Below the ports that a system gives to outgoing connections: these would take one between two starts of a server. */
const ports = { from: 15_000, to: 32_000 };

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(ports.from, ports.to);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
