import { type ChildProcess, fork } from "node:child_process";
import { AppError } from "../../shared/app-error.ts";
import { confinedArguments } from "./confined.ts";
import { createFairQueue } from "./fair-queue.ts";

/** One thing to do. `key`: whose it is, for turns; `timeoutMs`: real time after which its process is ended. */
export type Task<Request> = { request: Request; key: string; timeoutMs: number; signal?: AbortSignal };

/** `late`: it was not done in time. `ended`: its process ended under it. `canceled`: its signal was aborted. `reply` is not checked. */
export type TaskOutcome = { outcome: "reply"; reply: unknown } | { outcome: "late" | "ended" | "canceled" };

export type ProcessPool<Request> = {
  /** Rejects with `unavailable` once the pool is closed, and with `internal` when no process can be started. */
  run(task: Task<Request>): Promise<TaskOutcome>;
  close(): Promise<void>;
};

export type ProcessPoolOptions = {
  /** Starts a process that sends "ready", then one reply for each request. */
  start: () => ChildProcess;
  size: number;
  /** Most processes that work for one key. */
  perKey?: number;
  /** What they do, for messages, e.g. "processes for expressions". */
  purpose: string;
};

/** In a row: one may have been ended from outside. */
const maxFailedStarts = 3;

type Job<Request> = Task<Request> & { resolve(outcome: TaskOutcome): void; reject(fault: AppError): void };
type Seat<Request> = { child: ChildProcess; ready: boolean; job: Job<Request> | null; timer: NodeJS.Timeout | null };

/**
 * Processes that can be ended at any time, started when they are first needed. One that does not answer in time is ended and replaced:
 * only what it did is lost. Keys take turns.
 */
export function createProcessPool<Request extends object>(options: ProcessPoolOptions): ProcessPool<Request> {
  const { start: startProcess, size, perKey = size, purpose } = options;
  const queue = createFairQueue<Job<Request>>();
  const seats = new Set<Seat<Request>>();
  let closed = false;
  let failedStarts = 0;

  const at = (key: string) => [...seats].filter(({ job }) => job?.key === key).length;
  const may = (key: string) => at(key) < perKey;

  function pump(): void {
    if (closed) return;
    for (const seat of seats) if (seat.ready && !seat.job) give(seat);
    const idle = [...seats].some(({ job }) => !job);
    if (!idle && seats.size < size && queue.has(may)) seats.add(start());
  }

  function give(seat: Seat<Request>): void {
    const job = queue.take(may);
    if (!job) return;
    seat.job = job;
    seat.timer = setTimeout(() => end(seat, { outcome: "late" }), job.timeoutMs);
    hold(seat.child);
    // A process that has just ended is noticed by its exit.
    seat.child.send(job.request, () => {});
  }

  function start(): Seat<Request> {
    const child = startProcess();
    const seat: Seat<Request> = { child, ready: false, job: null, timer: null };
    child.on("message", (message: unknown) => {
      letGo(child);
      if (message === "ready") ready(seat);
      else finish(seat, { outcome: "reply", reply: message });
      // Behind the others: while it gets ready for the next, they have their turn.
      if (seats.delete(seat)) seats.add(seat);
      pump();
    });
    child.on("error", (cause) => lose(seat, cause));
    child.on("exit", () => lose(seat, null));
    return seat;
  }

  function ready(seat: Seat<Request>): void {
    seat.ready = true;
    failedStarts = 0;
  }

  /** A process has ended by itself: out of memory, or it never began. */
  function lose(seat: Seat<Request>, cause: unknown): void {
    if (!seats.has(seat)) return;
    if (!seat.ready && ++failedStarts === maxFailedStarts) {
      // Another one would not begin either; whoever asks later has it tried again.
      failedStarts = 0;
      const fault = new AppError("internal", `none of the ${purpose} can be started`, { cause });
      for (const { reject } of queue.clear()) reject(fault);
    }
    end(seat, { outcome: "ended" });
  }

  function end(seat: Seat<Request>, outcome: TaskOutcome): void {
    seats.delete(seat);
    finish(seat, outcome);
    seat.child.kill("SIGKILL");
    pump();
  }

  function finish(seat: Seat<Request>, outcome: TaskOutcome): void {
    const { job } = seat;
    if (seat.timer) clearTimeout(seat.timer);
    seat.job = null;
    job?.resolve(outcome);
  }

  /** What is under way is ended with its process: there is no other way to stop it. */
  function cancel(job: Job<Request>): void {
    const seat = [...seats].find((each) => each.job === job);
    if (seat) end(seat, { outcome: "canceled" });
    else if (queue.remove(job.key, job)) job.resolve({ outcome: "canceled" });
  }

  function run(task: Task<Request>): Promise<TaskOutcome> {
    const { signal } = task;
    if (closed) return Promise.reject(new AppError("unavailable", `there are no more ${purpose}: the server is stopping`));
    if (signal?.aborted) return Promise.resolve({ outcome: "canceled" });
    const { promise, resolve, reject } = Promise.withResolvers<TaskOutcome>();
    const job = { ...task, resolve, reject };
    queue.add(task.key, job);
    pump();
    if (!signal) return promise;
    const abort = () => cancel(job);
    signal.addEventListener("abort", abort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  return {
    run,
    async close() {
      closed = true;
      const fault = new AppError("unavailable", "the server has stopped");
      const ended = [...seats];
      seats.clear();
      for (const { timer } of ended) if (timer) clearTimeout(timer);
      const jobs = [...ended.flatMap(({ job }) => job ?? []), ...queue.clear()];
      for (const { reject } of jobs) reject(fault);
      await Promise.all(ended.map(({ child }) => kill(child)));
    },
  };
}

/** Starts a file of this folder with Node's own limits: no files but code, no processes, no environment of ours. Its clock is UTC. */
export function forkConfined(file: string, { memoryMb, flags = [] }: { memoryMb: number; flags?: string[] }): ChildProcess {
  return fork(file, {
    execArgv: [`--max-old-space-size=${memoryMb}`, ...flags, ...confinedArguments()],
    env: { TZ: "UTC" },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}

/** A process at work keeps the server from ending; an idle one does not, and ends by itself without its server. */
function hold(child: ChildProcess): void {
  child.ref();
  child.channel?.ref();
}

function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.ref();
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
