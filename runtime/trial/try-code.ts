import type { CodeTrial } from "../../shared/api/code.ts";
import { AppError } from "../../shared/app-error.ts";
import { cutSample, inferSchema } from "../../shared/connector/infer-schema.ts";
import type { CodePool, CodeTask } from "../expressions/code-pool.ts";

export type TryCodeDeps = { code: Pick<CodePool, "run"> };

/**
 * What code gives for these inputs: its output (cut), the schema of that, what it printed, and why it failed. `key`: whose trial it is.
 * Throws `unavailable` when its caller has gone or the server stops.
 */
export async function tryCode({ code }: TryCodeDeps, task: CodeTask): Promise<CodeTrial> {
  const since = performance.now();
  const ended = await code.run(task);
  if (ended.outcome === "canceled") throw new AppError("unavailable", "the trial was called off");
  const came = { console: ended.console, durationMs: Math.round(performance.now() - since) };
  if (ended.outcome === "failed") return { ...came, output: null, inferred: null, error: ended.fault };
  return { ...came, output: cutSample(ended.value), inferred: inferSchema([ended.value]), error: null };
}
