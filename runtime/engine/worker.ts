import type { ClaimedRun } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { createRunControl, executeRun, type RunControl, type RunDeps } from "./execute-run.ts";

export type Worker = {
  start(): void;
  /** Claims nothing more and waits until the runs it holds are parked, finished or `graceMs` over. */
  stop(graceMs: number): Promise<void>;
  /** Runs held at this moment. */
  readonly active: number;
};

type WorkerDeps = RunDeps & {
  pair: Pick<Pair, "engine" | "queue" | "bus">;
  name: string;
  /** How many runs may be held at once. */
  slots: number;
  /** Told of every run that ended here by a fault of ours. */
  report(run: string, error: unknown): void;
};

/** How long after a failed claim or a lost run the worker tries again. */
const backOffMs = 500;
const claimAtOnce = 64;

/** Claims due runs and carries them on, up to `slots` at a time. */
export function createWorker(deps: WorkerDeps): Worker {
  const { pair, name, slots, clock, setTimer } = deps;
  const active = new Map<string, RunControl>();
  let stopping = true;
  let pumping = false;
  let again = false;
  let cancelDue: (() => void) | null = null;
  let recovering = false;
  let unsubscribe: (() => void)[] = [];
  let emptied: (() => void) | null = null;

  async function pump(): Promise<void> {
    if (pumping) {
      again = true;
      return;
    }
    pumping = true;
    do {
      again = false;
      await claimOnce();
    } while (again);
    pumping = false;
  }

  async function claimOnce(): Promise<void> {
    const free = Math.min(slots - active.size, claimAtOnce);
    if (stopping || free <= 0) return;
    const claims = await pair.queue.claim(free);
    if (claims.length === 0) return sleepUntilDue();
    const runs = await pair.engine.begin(claims, name);
    for (const run of runs) hold(run);
    await pair.queue.done(claims);
    // Nothing could be begun: the database refuses writes, so wait instead of asking at once.
    if (runs.length === 0) return pumpIn(backOffMs);
    again = true;
  }

  function hold(run: ClaimedRun): void {
    const control = createRunControl(run.signaled);
    active.set(run.run, control);
    executeRun(deps, run, control)
      .catch((error) => {
        deps.report(run.run, error);
        return "lost" as const;
      })
      .then((end) => {
        active.delete(run.run);
        if (end === "lost") recoverSoon();
        if (active.size === 0) emptied?.();
        void pump();
      });
  }

  /** Makes claimable what this worker owns in the database but no longer holds; not at once, since the disk may still be full. */
  function recoverSoon(): void {
    if (recovering || stopping) return;
    recovering = true;
    setTimer(backOffMs, () => {
      recovering = false;
      void pair.engine.reap([], new Set(active.keys()));
    });
  }

  async function sleepUntilDue(): Promise<void> {
    const due = await pair.queue.nextDue();
    if (due !== null) pumpIn(Math.max(1, due - clock()));
  }

  function pumpIn(ms: number): void {
    if (stopping) return;
    cancelDue?.();
    cancelDue = setTimer(ms, () => void pump());
  }

  return {
    start() {
      stopping = false;
      unsubscribe = [
        pair.queue.ready(() => void pump()),
        pair.bus.subscribe("signal", ({ run }) => {
          const control = active.get(run);
          if (!control) return;
          control.signaled = true;
          control.bell.ring();
        }),
      ];
      // What the last process of this kind held when it ended.
      void pair.engine.reap([], new Set()).then(pump);
    },
    async stop(graceMs) {
      stopping = true;
      cancelDue?.();
      for (const off of unsubscribe) off();
      if (active.size === 0) return;
      await new Promise<void>((resolve) => {
        emptied = resolve;
        setTimer(graceMs, resolve);
      });
    },
    get active() {
      return active.size;
    },
  };
}
