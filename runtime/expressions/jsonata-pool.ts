import { fileURLToPath } from "node:url";
import type { Json } from "../../shared/json.ts";
import { createProcessPool, forkConfined } from "./process-pool.ts";

/** All expressions of one step, and what they read. */
export type JsonataRequest = { sources: string[]; input: Json };
/** `text` null: the expression found nothing. */
export type JsonataReply = { text: string | null } | { problem: string; timedOut?: true };

/** What an expression came to; undefined is "nothing found", as for a path. */
export type Evaluated =
  | { outcome: "value"; value: Json | undefined }
  | { outcome: "failed"; code: "expression_failed" | "expression_timeout"; message: string };

export type JsonataPool = {
  /**
   * Gives one outcome for each source. `key`: whose they are, e.g. the flow's version: keys take turns. Rejects with `unavailable`
   * once the pool is closed.
   */
  evaluate(request: JsonataRequest, key?: string): Promise<Evaluated[]>;
  close(): Promise<void>;
};

/**
 * Evaluates JSONata in processes that can be ended. One that does not answer within `timeoutMs` of real time is ended and replaced: its
 * step fails, and the others wait no longer than that. Not in threads: V8 ends the whole process when a thread asks for one large
 * piece of memory, as `$pad("x", 5e8)` does.
 */
export function createJsonataPool({ size = 2, timeoutMs = 1_000, memoryMb = 128 } = {}): JsonataPool {
  const file = fileURLToPath(new URL("./jsonata.process.ts", import.meta.url));
  const pool = createProcessPool<JsonataRequest>({
    start: () => forkConfined(file, { memoryMb }),
    size,
    purpose: "processes for expressions",
  });
  return {
    async evaluate(request, key = "") {
      const done = await pool.run({ request, key, timeoutMs });
      // What our own process sends.
      if (done.outcome === "reply")
        return request.sources.map((source, at) => outcomeOf(source, (done.reply as JsonataReply[])[at]));
      const reply: JsonataReply =
        done.outcome === "late"
          ? { problem: `it took longer than ${timeoutMs} ms`, timedOut: true }
          : { problem: "it needs too much memory" };
      return request.sources.map((source) => failure(source, reply));
    },
    close: pool.close,
  };
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
