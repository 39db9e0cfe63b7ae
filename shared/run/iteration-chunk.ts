import { z } from "zod";
import { Json } from "../json.ts";
import { RunError } from "./run.ts";

/** How one step ended in each of the iterations, a letter each: succeeded, failed, skipped, or not reached. */
const statuses = z.string().regex(/^[sfk-]*$/);

/**
 * What up to 100 iterations of pure steps came to, by node: `outputs` has one for each iteration (null where there is none), `errors` those
 * of the failed by their place in the chunk. `results`: what each iteration gives, left out when that is the output of the node `last`.
 */
export const IterationChunk = z.object({
  steps: z.record(z.string(), z.object({ statuses, outputs: z.array(Json), errors: z.record(z.string(), RunError).optional() })),
  last: z.string().optional(),
  results: z.array(Json).optional(),
  /** Why iterations failed, by their place in the chunk. */
  failures: z.record(z.string(), RunError).optional(),
});
export type IterationChunk = z.infer<typeof IterationChunk>;

/** What an iteration gave, by its place in the chunk. */
export function resultIn(chunk: IterationChunk, at: number): Json {
  const { results, last, steps } = chunk;
  if (results) return results[at] ?? null;
  return (last === undefined ? undefined : steps[last]?.outputs[at]) ?? null;
}
