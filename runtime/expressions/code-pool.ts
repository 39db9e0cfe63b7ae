import { fileURLToPath } from "node:url";
import { z } from "zod";
import { AppError } from "../../shared/app-error.ts";
import { deepestJson, isTooDeep, type Json } from "../../shared/json.ts";
import { ConsoleLine } from "../../shared/run/console-line.ts";
import { createProcessPool, forkConfined } from "./process-pool.ts";
import type { CodeFault, CodeReply, CodeRequest } from "./run-code.ts";

/** `key`: whose it is, e.g. the flow's id: keys take turns. `timeoutMs`: of real time. */
export type CodeTask = {
  code: string;
  inputs: { [name: string]: Json };
  timeoutMs: number;
  key: string;
  signal?: AbortSignal;
};

/** What code came to. `canceled`: its signal was aborted. */
export type CodeOutcome =
  | { outcome: "value"; value: Json; console: ConsoleLine[] }
  | { outcome: "failed"; fault: CodeFault; console: ConsoleLine[] }
  | { outcome: "canceled" };

export type CodePool = {
  /** Rejects with `unavailable` once the pool is closed. */
  run(task: CodeTask): Promise<CodeOutcome>;
  close(): Promise<void>;
};

/** What a process may answer: it is not trusted, since code of anyone ran in it. What came as JSON is JSON. */
const Reply: z.ZodType<CodeReply> = z.object({ console: z.array(ConsoleLine).max(202) }).and(
  z.union([
    z.object({ output: z.custom<Json>((value) => value !== undefined) }),
    z.object({
      fault: z.object({
        code: z.enum(["code_failed", "code_timeout", "code_memory"]),
        name: z.string().max(4_000).nullable(),
        message: z.string().max(70_000),
        line: z.int().nullable(),
        column: z.int().nullable(),
      }),
    }),
  ]),
);

/** How long after its time code is still waited for, at the least: it ends by itself, unless it is inside of one long operation. */
const leastGraceMs = 250;

/**
 * Runs JavaScript of people in QuickJS, in processes that can be ended: a new realm for each run, 64 MB, no files, no network, no
 * environment. What has not ended by itself at twice its time ends with its process, which is replaced. One key has at most two of the
 * three processes: the last one is for the others.
 */
export function createCodePool({ size = 3, perKey = 2, start = startCodeProcess } = {}): CodePool {
  const pool = createProcessPool<CodeRequest>({ start, size, perKey, purpose: "processes for code" });
  return {
    async run({ code, inputs, timeoutMs, key, signal }) {
      const done = await pool.run({
        request: { key, code, inputs: JSON.stringify(inputs), timeoutMs },
        key,
        timeoutMs: Math.max(2 * timeoutMs, timeoutMs + leastGraceMs),
        ...(signal && { signal }),
      });
      switch (done.outcome) {
        case "reply":
          return outcomeOf(done.reply);
        case "canceled":
          return { outcome: "canceled" };
        case "late":
          return failed("code_timeout", `it took longer than ${timeoutMs} ms`);
        case "ended":
          return failed("code_failed", "its process ended before it did");
      }
    },
    close: pool.close,
  };
}

/** Its memory holds outputs on their way; that of the code is WebAssembly's, and limited there. */
export function startCodeProcess() {
  return forkConfined(fileURLToPath(new URL("./code.process.ts", import.meta.url)), {
    memoryMb: 128,
    flags: ["--stack-size=2000", "--expose-gc"],
  });
}

function outcomeOf(answered: unknown): CodeOutcome {
  const reply = Reply.safeParse(answered);
  if (!reply.success)
    throw new AppError("internal", "a process for code answers what none of ours would", { cause: reply.error });
  const { console } = reply.data;
  if ("fault" in reply.data) return { outcome: "failed", fault: reply.data.fault, console };
  const { output } = reply.data;
  if (isTooDeep(output))
    return { ...failed("code_failed", `its output is no JSON: it nests deeper than ${deepestJson} levels`), console };
  return { outcome: "value", value: output, console };
}

function failed(code: CodeFault["code"], message: string): Extract<CodeOutcome, { outcome: "failed" }> {
  return { outcome: "failed", fault: { code, name: null, message, line: null, column: null }, console: [] };
}
