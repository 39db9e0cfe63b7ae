import { setTimeout as passed } from "node:timers/promises";
import { between, oneOf, type Random, weighted } from "../../runtime/testing/seeded-random.ts";
import type { CountingUpstream } from "./counting-upstream.ts";
import type { Stop } from "./judge.ts";
import type { ClusterNode, PairName, Topology } from "./topology.ts";

/** What can happen to a campaign; the stops by how long they last. */
type FaultKind = "kill" | "stop" | "long-stop" | "zombie" | "stop-then-kill" | "crash-postgres";

export type FaultCounts = {
  kills: number;
  /** Kills that found a call under way. */
  killsInFlight: number;
  stops: number;
  /** Stops of ten seconds and more: whoever is stopped that long has been taken for dead. */
  zombies: number;
  postgresCrashes: number;
  /** When processes were stopped that went on later. */
  stopped: Stop[];
  /** Processes that ended by themselves. */
  broken: string[];
};

/** How often each kind comes. On the embedded pair nothing else goes on while its one process is stopped. */
const weights: Record<PairName, Record<FaultKind, number>> = {
  embedded: { kill: 12, stop: 4, "long-stop": 0.4, zombie: 0.4, "stop-then-kill": 2, "crash-postgres": 0 },
  postgres: { kill: 5, stop: 3, "long-stop": 1.5, zombie: 2, "stop-then-kill": 1, "crash-postgres": 1 },
};
/** Milliseconds from one fault to the next, however long the first one lasts. */
const gapMs: Record<PairName, [number, number]> = { embedded: [500, 1_600], postgres: [300, 1_800] };
const stopMs = { stop: [200, 2_000], "long-stop": [2_500, 8_000], zombie: [10_000, 12_000] } as const;
const busyWithinMs = 300;

export type CauseFaultsOptions = { topology: Topology; upstream: CountingUpstream; random: Random; forMs: number };

/** Kills, stops and crashes at random for `forMs`; settles when everything is up again. */
export async function causeFaults({ topology, upstream, random, forMs }: CauseFaultsOptions): Promise<FaultCounts> {
  const { nodes, takers, postgres, pair } = topology;
  const counts: FaultCounts = { kills: 0, killsInFlight: 0, stops: 0, zombies: 0, postgresCrashes: 0, stopped: [], broken: [] };
  const afflicted = new Map<ClusterNode | "postgres", Promise<void>>();
  const endAt = performance.now() + forMs;
  while (performance.now() < endAt) {
    await passed(between(random, ...gapMs[pair]));
    await mendBroken();
    const kind = weighted(random, weights[pair]);
    if (kind === "crash-postgres") {
      if (!afflicted.has("postgres")) afflict("postgres", crashPostgres());
      continue;
    }
    const node = oneOf(random, nodes.filter(mayBeAfflicted));
    if (node) afflict(node, cause(kind, node));
  }
  await Promise.all(afflicted.values());
  await mendBroken();
  return counts;

  /** Where there are several API nodes one of them stays, so that faults meet load all the time. */
  function mayBeAfflicted(node: ClusterNode): boolean {
    if (afflicted.has(node)) return false;
    return takers.length === 1 || node.url === null || takers.some((other) => other !== node && !afflicted.has(other));
  }

  function afflict(victim: ClusterNode | "postgres", affliction: Promise<void>): void {
    afflicted.set(
      victim,
      affliction.finally(() => afflicted.delete(victim)),
    );
  }

  async function cause(kind: Exclude<FaultKind, "crash-postgres">, node: ClusterNode): Promise<void> {
    if (kind === "kill") {
      // A kill between two calls of all runs would prove less: wait for one in flight, but not for ever.
      await upstream.busy(busyWithinMs);
      return kill(node);
    }
    const [from, to] = stopMs[kind === "stop-then-kill" ? "stop" : kind];
    counts.stops += 1;
    if (kind === "zombie") counts.zombies += 1;
    const stoppedAt = Date.now();
    node.stop();
    await passed(between(random, from, to));
    if (kind === "stop-then-kill") return kill(node);
    counts.stopped.push({ from: stoppedAt, to: Date.now() });
    node.goOn();
  }

  async function kill(node: ClusterNode): Promise<void> {
    counts.kills += 1;
    if (upstream.open() > 0) counts.killsInFlight += 1;
    await node.kill();
    await passed(between(random, 0, 1_000));
    await node.start();
  }

  async function crashPostgres(): Promise<void> {
    counts.postgresCrashes += 1;
    await postgres?.crash();
  }

  async function mendBroken(): Promise<void> {
    for (const node of nodes) {
      if (node.isAsLeft() || afflicted.has(node)) continue;
      counts.broken.push(node.name);
      await node.kill();
      await node.start();
    }
  }
}
