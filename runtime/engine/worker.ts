import { isUnavailable } from "../../shared/app-error.ts";
import type { ClaimedRun } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import type { Claim } from "../store/queue.ts";
import type { Membership } from "../store/workers.ts";
import { createRunControl, executeRun, failForGood } from "./execute-run.ts";
import type { RunControl, RunDeps } from "./held-run.ts";

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

/** A run in this worker's hands. `others`: claims of the same run that came while it was held, by job. */
type Holding = { control: RunControl; others: Map<string, Claim> };

/** How long after a failed claim or a lost run the worker tries again. */
const backOffMs = 500;
const claimAtOnce = 64;
/** By then a begin whose answer was not waited for has come to its end. */
const begunLateMs = 30_000;
/** How long an aborted call may take to end. */
const abandonMs = 1_000;

/** Claims due runs and carries them on, up to `slots` at a time. */
export function createWorker(deps: WorkerDeps): Worker {
  const { pair, name, slots, clock, setTimer } = deps;
  const active = new Map<string, Holding>();
  let stopping = true;
  let pumping = false;
  let again = false;
  /** More may be due than there were slots for. */
  let slotWanted = false;
  let cancelDue: (() => void) | null = null;
  let recovering = false;
  let away = false;
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
      away = false;
    } catch (error) {
      // Said once: it is tried again twice a second for as long as the database is away.
      const unavailable = isUnavailable(error);
      if (!(unavailable && away)) deps.report(null, error);
      away = unavailable;
      pumpIn(backOffMs);
    } finally {
      pumping = false;
    }
  }

  async function claimOnce(): Promise<void> {
    const free = Math.min(slots - active.size, claimAtOnce);
    if (stopping || membership === null) return;
    if (free <= 0) {
      slotWanted = true;
      return;
    }
    slotWanted = false;
    // Who may have been taken for dead finds out first: what is due then may be what was taken from here.
    if (!(await membership.confirm())) return pumpIn(backOffMs);
    const claims = await pair.queue.claim(free);
    if (stopping) return pair.queue.giveBack(claims);
    const fresh: Claim[] = [];
    for (const claim of claims) {
      const holding = active.get(claim.run);
      // It may be the next wake of a run that is being let go of, or that others have taken from here: nobody else has it meanwhile.
      if (holding) holding.others.set(claim.job, claim);
      else {
        fresh.push(claim);
        // Known before it is begun: a signal that comes in between is not missed, and nobody takes it for lost.
        active.set(claim.run, { control: createRunControl(), others: new Map() });
      }
    }
    if (fresh.length === 0) return sleepUntilDue();
    const runs = await pair.engine.begin(fresh, name);
    const begun = new Map(runs?.map((run) => [run.run, run]));
    const notBegun: Claim[] = [];
    for (const claim of fresh) {
      const run = begun.get(claim.run);
      if (run) hold(run, claim);
      else {
        notBegun.push(claim);
        letGo(claim.run);
      }
    }
    if (runs !== null) {
      await pair.queue.done(notBegun);
      // As many as were asked for: there may be more.
      if (claims.length === free) again = true;
      else await sleepUntilDue();
      return;
    }
    // They may have been begun all the same, or still be.
    recoverSoon();
    setTimer(begunLateMs, () => !stopping && void recover());
    await pair.queue.giveBack(notBegun);
    // The database refuses writes, so wait instead of asking at once.
    pumpIn(backOffMs);
  }

  function hold(run: ClaimedRun, claim: Claim): void {
    const control = active.get(run.run)?.control ?? createRunControl();
    control.signaled ||= run.signaled;
    void carryOn(run, control).then((released) => {
      letGo(run.run);
      if (released) settle(pair.queue.done([claim]));
      else recoverSoon();
      if (slotWanted) void pump();
    });
  }

  function letGo(run: string): void {
    const others = active.get(run)?.others;
    active.delete(run);
    if (active.size === 0) emptied?.();
    if (others && others.size > 0) settle(pair.queue.giveBack([...others.values()]).then(pump));
  }

  function settle(work: Promise<void>): void {
    work.catch((error) => deps.report(null, error));
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
      if (isUnavailable(error)) return false;
      return failForGood(runDeps, run, { code: "internal", message: "the run met an unexpected fault" }).catch(() => false);
    }
  }

  async function join(): Promise<void> {
    try {
      const joined = await pair.workers.join(name, { lost: abandonAll, fault: (error) => deps.report(null, error) });
      // It was stopped before it had begun.
      if (stopping) return joined.leave();
      membership = joined;
      // What the last process of this kind held when it ended.
      void recover();
    } catch (error) {
      deps.report(null, error);
      setTimer(backOffMs, () => !stopping && void join());
    }
  }

  /** Writes nothing more for what is held: these runs are somebody else's, or will be. */
  function abandonAll(): void {
    for (const { control } of active.values()) {
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
    if (due !== null) pumpIn(Math.max(0, due - clock()));
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
          const control = active.get(run)?.control;
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
