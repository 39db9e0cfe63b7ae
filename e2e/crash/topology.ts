import { createServer } from "node:net";
import { setTimeout as passed } from "node:timers/promises";
import { type PostgresServer, startPostgres } from "../../runtime/cli/embedded-postgres.ts";
import type { Foundation } from "../../runtime/roles/foundation.ts";
import { AppError } from "../../shared/app-error.ts";
import { makePlace, type Place, type Server, startServer } from "../server.ts";

export type PairName = "embedded" | "postgres";

/** One process of the product, as somebody sees it who may kill it, stop it and start it again. */
export type ClusterNode = {
  name: string;
  role: "start" | "api" | "worker";
  /** Where it takes events in; null for a worker. */
  url: string | null;
  state(): "up" | "stopped" | "down";
  /** Starts it; tries again for a while, as whoever watches over it would, when the database is away. */
  start(): Promise<void>;
  /** SIGKILL; also of one that is stopped. */
  kill(): Promise<void>;
  /** SIGSTOP: it goes on where it was when `goOn` is called, and knows of nothing. */
  stop(): void;
  goOn(): void;
  /** SIGTERM, as an operator ends it. */
  end(): Promise<void>;
  /** False when it is not there although nobody has ended it. */
  isAsLeft(): boolean;
};

/** The product as it is run on one pair: one process on the embedded one, API nodes and workers on Postgres. */
export type Topology = {
  pair: PairName;
  nodes: ClusterNode[];
  /** Those that take events in. */
  takers: ClusterNode[];
  workers: ClusterNode[];
  postgres: PostgresServer | null;
  /** Opens the database beside the nodes, with what `use` needs of it, and closes it again. */
  beside<T>(use: (foundation: Foundation) => Promise<T>): Promise<T>;
  /** Ends what still runs and removes everything. */
  close(): Promise<void>;
};

export type TopologyOptions = {
  pair: PairName;
  /** On Postgres: how many of each. */
  apis: number;
  workers: number;
  env?: NodeJS.ProcessEnv;
};

/** Starts all nodes, the first one before the others, since it fills the empty database. */
export async function startTopology({ pair, apis, workers, env = {} }: TopologyOptions): Promise<Topology> {
  const postgres = pair === "postgres" ? await startPostgres({ port: await lastingPort() }) : null;
  const place = await makePlace({
    PATCHBAY_SANDBOX: "off",
    // What a database that is away does to runs is expected here by the hundred; a process that breaks says so all the same.
    PATCHBAY_LOG_LEVEL: "fatal",
    ...(postgres && { DATABASE_URL: postgres.url }),
    ...env,
  });
  const port = await lastingPort();
  const taker = (name: string, role: "start" | "api", number: number) =>
    createNode({ place, name, role, url: `http://127.0.0.1:${port + number}` });
  const nodes = postgres
    ? [
        ...numbered(apis).map((number) => taker(`api ${number}`, "api", number)),
        ...numbered(workers).map((number) => createNode({ place, name: `worker ${number}`, role: "worker", url: null })),
      ]
    : [taker("server", "start", 0)];
  const [first, ...others] = nodes;
  await first?.start();
  await Promise.all(others.map((node) => node.start()));
  return {
    pair,
    nodes,
    takers: nodes.filter(({ url }) => url !== null),
    workers: nodes.filter(({ role }) => role !== "api"),
    postgres,
    async beside(use) {
      const foundation = await place.foundation();
      try {
        return await use(foundation);
      } finally {
        await foundation.pair.close();
      }
    },
    async close() {
      await Promise.all(nodes.map((node) => node.end()));
      await postgres?.stop();
      place.remove();
    },
  };
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/**
 * A port with some free ones after it, below those from which the system takes the callers' own: a node that is away for a moment
 * must find its port free when it comes back.
 */
async function lastingPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 1_200) * 10;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on("error", () => resolve(false)).listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

const startTries = 40;

type NewNode = Pick<ClusterNode, "name" | "role" | "url"> & { place: Place };

function createNode({ place, name, role, url }: NewNode): ClusterNode {
  let server: Server | null = null;
  let stopped = false;

  async function start(): Promise<void> {
    const env = url === null ? {} : { PATCHBAY_PORT: new URL(url).port };
    for (let tries = 1; ; tries += 1) {
      try {
        server = await startServer(place, { role, env });
        return;
      } catch (cause) {
        if (tries === startTries) throw new AppError("internal", `${name} does not start`, { cause });
        await passed(250);
      }
    }
  }

  async function finish(signal: NodeJS.Signals): Promise<void> {
    const ending = server;
    server = null;
    if (stopped && ending) process.kill(ending.pid, signal === "SIGKILL" ? "SIGKILL" : "SIGCONT");
    stopped = false;
    await ending?.end(signal);
  }

  return {
    name,
    role,
    url,
    state: () => (server === null ? "down" : stopped ? "stopped" : "up"),
    start,
    kill: () => finish("SIGKILL"),
    stop() {
      if (!server) return;
      process.kill(server.pid, "SIGSTOP");
      stopped = true;
    },
    goOn() {
      if (server && stopped) process.kill(server.pid, "SIGCONT");
      stopped = false;
    },
    end: () => finish("SIGTERM"),
    isAsLeft: () => server === null || isAlive(server.pid),
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
