import { setTimeout as passed } from "node:timers/promises";
import { readConfig } from "../../runtime/config.ts";
import { openFoundation } from "../../runtime/roles/foundation.ts";
import type { ClaimedRun } from "../../runtime/store/engine-store.ts";
import type { Claim } from "../../runtime/store/queue.ts";

/** The baseline of a worker: the same store and queue, claims and commits of the same size, and nothing done with a run but ending it. */
const slots = 100;
const claimAtOnce = 64;
const idleMs = 20;
const worker = "wrk_empty";

const { pair } = await openFoundation(readConfig(process.env), process.env);
const { engine, queue, workers } = pair;
const membership = await workers.join(worker, { lost: () => process.exit(1), fault: () => process.exit(1) });
let active = 0;
let stopping = false;
let room: (() => void) | null = null;

process.on("SIGTERM", () => {
  stopping = true;
});
process.stdout.write("Ready.\n");
while (!stopping) {
  if (active >= slots) await new Promise<void>((resolve) => (room = resolve));
  const claims = await queue.claim(Math.min(slots - active, claimAtOnce));
  if (claims.length === 0) {
    await passed(idleMs);
    continue;
  }
  active += claims.length;
  const runs = (await engine.begin(claims, worker)) ?? [];
  for (const claim of claims) {
    const run = runs.find((begun) => begun.run === claim.run);
    if (run) void end(run, claim);
    else active -= 1;
  }
}
await membership.leave();
await pair.close();
process.exit(0);

async function end({ run, epoch }: ClaimedRun, claim: Claim): Promise<void> {
  const release = { to: "final", status: "succeeded", error: null } as const;
  await engine.write({ ref: { run, epoch }, records: [], release, consumed: [] });
  active -= 1;
  room?.();
  await queue.done([claim]);
}
