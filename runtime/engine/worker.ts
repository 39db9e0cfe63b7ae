import { AppError } from "../../shared/app-error.ts";
import type { ClaimedRun } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import type { Claim } from "../store/queue.ts";
import type { Membership } from "../store/workers.ts";
import { createRunControl, executeRun, failForGood, type RunControl, type RunDeps } from "./execute-run.ts";

export type Worker = {
  start(): void;
  /** Claims nothing more; after `graceMs` lets go of the runs that have not come to rest, which go on after the next start. */
  stop(graceMs: number): Promise<void>;
  /** Runs held at this moment. */
  readonly active: number;
  /** May it claim runs? */
  readonly joined: boolean;
};

type WorkerDeps = Omit<RunDeps, "confirm"> & {
  pair: Pick<Pair, "engine" | "queue" | "bus" | "workers">;
  name: string;
  /** How many runs may be held at once. */
  slots: number;
  /** Told of every fault of ours, with the run that met it, if it was one. */
  report(run: string | null, error: unknown): void;
};

/** How long after a failed claim or a lost run the worker tries again. */
const backOffMs = 500;
const claimAtOnce = 64;
/** How long an aborted call may take to end. */
const abandonMs = 1_000;

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
  let membership: Membership | null = null;
  const runDeps: RunDeps = { ...deps, confirm: () => membership?.confirm() ?? false };

  async function pump(): Promise<void> {
    if (pumping) {
      again = true;
      return;
    }
    pumping = true;
    try {
      do {
        again = false;
        await claimOnce();
      } while (again);
    } catch (error) {
      deps.report(null, error);
      pumpIn(backOffMs);
    } finally {
      pumping = false;
    }
  }

  async function claimOnce(): Promise<void> {
    const free = Math.min(slots - active.size, claimAtOnce);
    if (stopping || membership === null || free <= 0) return;
    const claims = (await pair.queue.claim(free)).filter(({ run }) => !active.has(run));
    if (claims.length === 0) return sleepUntilDue();
    // Known before they are begun: a signal that comes in between is not missed, and nobody takes them for lost.
    const controls = new Map(claims.map(({ run }) => [run, createRunControl()]));
    for (const [run, control] of controls) active.set(run, control);
    const runs = await pair.engine.begin(claims, name);
    const notBegun: Claim[] = [];
    for (const claim of claims) {
      const control = controls.get(claim.run);
      const run = runs?.find((begun) => begun.run === claim.run);
      if (run && control) hold(run, claim, control);
      else {
        active.delete(claim.run);
        notBegun.push(claim);
      }
    }
    if (runs === null) await pair.queue.giveBack(claims);
    else if (notBegun.length > 0) await pair.queue.done(notBegun);
    // Nothing could be begun: the database refuses writes, so wait instead of asking at once.
    if (runs === null || runs.length === 0) return pumpIn(backOffMs);
    again = true;
  }

  function hold(run: ClaimedRun, claim: Claim, control: RunControl): void {
    control.signaled ||= run.signaled;
    void carryOn(run, control).then((released) => {
      active.delete(run.run);
      if (!released) recoverSoon();
      else pair.queue.done([claim]).catch((error) => deps.report(run.run, error));
      if (active.size === 0) emptied?.();
      void pump();
    });
  }

  /** True when the run was let go of on disk; false when this worker still owns it there. */
  async function carryOn(run: ClaimedRun, control: RunControl): Promise<boolean> {
    try {
      const result = await executeRun(runDeps, run, control);
      if (result.end !== "unstorable") return result.end !== "lost";
      deps.report(run.run, result.reason);
      return await failForGood(runDeps, run, { code: "unstorable", message: "what a step came to cannot be stored" });
    } catch (error) {
      deps.report(run.run, error);
      // The database may be back in a moment; anything else would be the same again.
      if (error instanceof AppError && error.code === "unavailable") return false;
      return failForGood(runDeps, run, { code: "internal", message: "the run met an unexpected fault" }).catch(() => false);
    }
  }

  async function join(): Promise<void> {
    try {
      membership = await pair.workers.join(name, abandonAll);
      // What the last process of this kind held when it ended.
      void recover();
    } catch (error) {
      deps.report(null, error);
      setTimer(backOffMs, () => !stopping && void join());
    }
  }

  /** Writes nothing more for what is held: these runs are somebody else's, or will be. */
  function abandonAll(): void {
    for (const control of active.values()) {
      control.abandoned = true;
      control.bell.ring();
    }
  }

  /** Makes claimable what this worker owns on disk but no longer holds; again until it could be written. */
  function recoverSoon(): void {
    if (recovering || stopping) return;
    recovering = true;
    setTimer(backOffMs, () => {
      recovering = false;
      void recover();
    });
  }

  async function recover(): Promise<void> {
    const found = await pair.engine.recover(name, active).catch(() => null);
    if (found === null) recoverSoon();
    else void pump();
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

  function emptiedWithin(ms: number): Promise<void> {
    if (active.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancelTimer = setTimer(ms, resolve);
      emptied = () => {
        cancelTimer();
        resolve();
      };
    });
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
      void join();
    },
    async stop(graceMs) {
      stopping = true;
      cancelDue?.();
      for (const off of unsubscribe) off();
      await emptiedWithin(graceMs);
      abandonAll();
      await emptiedWithin(abandonMs);
      await membership?.leave();
    },
    get active() {
      return active.size;
    },
    get joined() {
      return membership !== null;
    },
  };
}
