import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { AppError } from "../../shared/app-error.ts";
import type { Json } from "../../shared/json.ts";
import { confinedArguments } from "./confined.ts";

/** All expressions of one step, and what they read. */
export type JsonataRequest = { sources: string[]; input: Json };
/** `text` null: the expression found nothing. */
export type JsonataReply = { text: string | null } | { problem: string; timedOut?: true };

/** What an expression came to; undefined is "nothing found", as for a path. */
export type Evaluated =
  | { outcome: "value"; value: Json | undefined }
  | { outcome: "failed"; code: "expression_failed" | "expression_timeout"; message: string };

export type JsonataPool = {
  /** Gives one outcome for each source. Rejects with `unavailable` once the pool is closed. */
  evaluate(request: JsonataRequest): Promise<Evaluated[]>;
  close(): Promise<void>;
};

type Job = { request: JsonataRequest; resolve(evaluated: Evaluated[]): void; reject(fault: AppError): void };
type Seat = { child: ChildProcess; ready: boolean; job: Job | null; timer: NodeJS.Timeout | null };

/**
 * Evaluates JSONata in processes that can be ended, started when they are first needed. One that does not answer within `timeoutMs`
 * of real time is ended and replaced: its step fails, and the others wait no longer than that. Not in threads: V8 ends the whole
 * process when a thread asks for one large piece of memory, as `$pad("x", 5e8)` does.
 */
export function createJsonataPool({ size = 2, timeoutMs = 1_000, memoryMb = 128 } = {}): JsonataPool {
  const queue: Job[] = [];
  const seats = new Set<Seat>();
  let closed = false;

  function pump(): void {
    for (const seat of seats) if (seat.ready && !seat.job) give(seat);
    const starting = [...seats].some(({ ready }) => !ready);
    if (queue.length > 0 && !starting && seats.size < size) seats.add(start());
  }

  function give(seat: Seat): void {
    const job = queue.shift();
    if (!job) return;
    seat.job = job;
    seat.timer = setTimeout(() => {
      const message = `it took longer than ${timeoutMs} ms`;
      end(
        seat,
        job.request.sources.map((source) => failure(source, { problem: message, timedOut: true })),
      );
    }, timeoutMs);
    hold(seat.child);
    // A process that has just ended is noticed by its exit.
    seat.child.send(job.request, () => {});
  }

  function start(): Seat {
    const child = fork(fileURLToPath(new URL("./jsonata.process.ts", import.meta.url)), {
      execArgv: [`--max-old-space-size=${memoryMb}`, ...confinedArguments()],
      env: {},
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const seat: Seat = { child, ready: false, job: null, timer: null };
    child.on("message", (message: "ready" | JsonataReply[]) => {
      letGo(child);
      if (message === "ready") seat.ready = true;
      else finish(seat, seat.job?.request.sources.map((source, index) => outcomeOf(source, message[index])) ?? []);
      pump();
    });
    child.on("error", (cause) => lose(seat, cause));
    child.on("exit", () => lose(seat, null));
    return seat;
  }

  /** A process has ended by itself: out of memory, or it never began. */
  function lose(seat: Seat, cause: unknown): void {
    if (!seats.has(seat)) return;
    if (!seat.ready) {
      // Another one would not begin either.
      for (const { reject } of queue.splice(0))
        reject(new AppError("internal", "the process for expressions cannot be started", { cause }));
    }
    end(seat, seat.job?.request.sources.map((source) => failure(source, { problem: "it needs too much memory" })) ?? []);
  }

  function end(seat: Seat, evaluated: Evaluated[]): void {
    seats.delete(seat);
    finish(seat, evaluated);
    seat.child.kill("SIGKILL");
    pump();
  }

  function finish(seat: Seat, evaluated: Evaluated[]): void {
    const { job } = seat;
    if (seat.timer) clearTimeout(seat.timer);
    seat.job = null;
    job?.resolve(evaluated);
  }

  return {
    evaluate: (request) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new AppError("unavailable", "expressions are evaluated no more: the server is stopping"));
        queue.push({ request, resolve, reject });
        pump();
      }),
    async close() {
      closed = true;
      const fault = new AppError("unavailable", "the server has stopped");
      const ended = [...seats];
      seats.clear();
      for (const { timer } of ended) if (timer) clearTimeout(timer);
      const jobs = [...ended.flatMap(({ job }) => job ?? []), ...queue.splice(0)];
      for (const { reject } of jobs) reject(fault);
      await Promise.all(ended.map(({ child }) => kill(child)));
    },
  };
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

function outcomeOf(source: string, reply: JsonataReply | undefined): Evaluated {
  if (!reply) return failure(source, { problem: "it was not evaluated" });
  if ("problem" in reply) return failure(source, reply);
  return { outcome: "value", value: reply.text === null ? undefined : (JSON.parse(reply.text) as Json) };
}

function failure(source: string, { problem, timedOut }: { problem: string; timedOut?: true }): Evaluated {
  const shown = source.length > 60 ? `${source.slice(0, 60)}…` : source;
  return {
    outcome: "failed",
    code: timedOut ? "expression_timeout" : "expression_failed",
    message: `the expression {{= ${shown} }} cannot be evaluated: ${problem}`,
  };
}
