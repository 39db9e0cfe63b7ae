import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Config, readConfig } from "../config.ts";
import { loadMasterKey } from "../connections/key-file.ts";
import { closeOnSignal } from "./close-on-signal.ts";
import { type Child, keepRunning } from "./keep-running.ts";
import { preparePostgresUser } from "./postgres-user.ts";
import { readableLine } from "./readable-line.ts";

const apiNodes = 2;
const workers = 2;
/** Between the ports of two API nodes. */
const portStep = 10;
/** Fixed, and none that the system gives to outgoing connections: it must be free again when Postgres is started again. */
const postgresStep = 12;
const main = new URL("../main.ts", import.meta.url);
const postgres = new URL("./postgres.process.ts", import.meta.url);

/** All of a cluster on this machine: Postgres (unless `DATABASE_URL` names one), sandbox, API nodes and workers, each its own process. */
export async function cluster(): Promise<void> {
  const config = readConfig(process.env);
  const started: Child[][] = [];
  closeOnSignal(() => {
    process.stdout.write("\n  Stopping: API nodes, workers, sandbox, then Postgres.\n");
    return stopAll(started);
  });
  try {
    const env = { ...process.env, DATABASE_URL: await databaseUrl(config, started), ...sharedKey(config) };
    const { urls, setupUrl } = await startNodes(config, env, started);
    process.stdout.write(`\n  A Patchbay cluster is running: ${apiNodes} API nodes and ${workers} workers on Postgres\n`);
    for (const url of urls) process.stdout.write(`  ${url}\n`);
    if (setupUrl) process.stdout.write(`\n  Create the first administrator (this link works once):\n  ${setupUrl}\n`);
    process.stdout.write(`\n  Try it in another terminal: ${commandOn(config, env)}\n`);
    process.stdout.write("\n  Ready. Stop with Ctrl C.\n\n");
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

/** The last that were started stop first: who takes events in, then who carries runs on, then what they need. */
async function stopAll(started: Child[][]): Promise<void> {
  for (;;) {
    const last = started.pop();
    if (!last) return;
    await Promise.all(last.map((child) => child.stop()));
  }
}

async function databaseUrl({ database, dataDir, port }: Config, started: Child[][]): Promise<string> {
  if (database.kind === "postgres") return database.url;
  // In two steps: the mode is for the last folder, the ones above it are as usual.
  mkdirSync(dirname(dataDir), { recursive: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  preparePostgresUser(dataDir);
  const args = [join(dataDir, "postgres"), String(port + postgresStep)];
  const server = await keepRunning({ ...named("postgres"), file: postgres, args, env: process.env });
  started.push([server]);
  return server.said[0] ?? "";
}

/** One key for all: the configured one, else that of the data folder. */
function sharedKey({ dataDir }: Config): NodeJS.ProcessEnv {
  const { PATCHBAY_ENCRYPTION_KEY, PATCHBAY_ENCRYPTION_KEY_FILE } = process.env;
  const { source } = loadMasterKey({ env: process.env, dataDir });
  const configured = PATCHBAY_ENCRYPTION_KEY !== undefined || PATCHBAY_ENCRYPTION_KEY_FILE !== undefined;
  return configured ? {} : { PATCHBAY_ENCRYPTION_KEY_FILE: source };
}

/** What is the user's own stands in their environment already; our own Postgres and its key are found in the data folder. */
function commandOn({ database }: Config, env: NodeJS.ProcessEnv): string {
  const file = process.env.PATCHBAY_ENCRYPTION_KEY_FILE === undefined && env.PATCHBAY_ENCRYPTION_KEY_FILE;
  return database.kind === "postgres" && file ? `PATCHBAY_ENCRYPTION_KEY_FILE=${file} npm run demo` : "npm run demo";
}

async function startNodes(config: Config, env: NodeJS.ProcessEnv, started: Child[][]) {
  const start = (name: string, role: string, own: NodeJS.ProcessEnv) =>
    keepRunning({ ...named(name), file: main, args: [role], env: { ...env, ...own } });
  let sandboxUrl = config.sandboxUrl ?? "";
  if (sandboxUrl === "" && config.sandboxPort !== null) {
    started.push([await start("sandbox", "sandbox", { PATCHBAY_HOST: "127.0.0.1" })]);
    sandboxUrl = `http://127.0.0.1:${config.sandboxPort}`;
  }
  const shared = { PATCHBAY_SANDBOX_URL: sandboxUrl, PATCHBAY_PUBLIC_URL: config.publicUrl };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  started.push(
    await Promise.all(numbers(workers).map((index) => start(`worker-${index + 1}`, "worker", { ...shared, PATCHBAY_PORT: "" }))),
  );
  const ports = numbers(apiNodes).map((index) => config.port + index * portStep);
  const nodes = await Promise.all(
    ports.map((port, index) => start(`api-${index + 1}`, "api", { ...shared, PATCHBAY_PORT: String(port) })),
  );
  started.push(nodes);
  const setupUrl = nodes[0]?.said.map((line) => /\S+\/setup\?token=\S+/.exec(line)?.[0]).find((url) => url !== undefined);
  return { urls: ports.map((port) => `http://${config.host}:${port}`), setupUrl };
}

/** A person sees what happened; who collects the lines gets them whole. */
function named(name: string): { name: string; say(line: string): void } {
  const shown = process.stderr.isTTY ? readableLine : (line: string) => line;
  return { name, say: (line) => void process.stderr.write(`${name.padEnd(9)}| ${shown(line)}\n`) };
}
