import type { Query } from "./database.ts";

/** A run is due at `at` (ms), now when null. What has begun goes before what has not. */
export type Wake = { run: string; at: number | null; begun: boolean };

/** The entries of the queue, written by the store in the commit that makes a run due: so neither is ever there without the other. */
export type Wakes = {
  insert(query: Query, wakes: Wake[]): Promise<void>;
  /** Hands the entries of runs whose holder is gone to the next claim; makes those that are missing. */
  handOn(query: Query, runs: string[]): Promise<void>;
};
