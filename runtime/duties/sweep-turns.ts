import { createTurns } from "../engine/turns.ts";
import type { Pair } from "../store/pair.ts";
import type { Duty } from "./duties.ts";

/** Gives places to runs that wait for their turn where the process that should have done so has ended before. */
export function sweepTurns(pair: Pick<Pair, "sql" | "engine">): Duty {
  const turns = createTurns(pair);
  return {
    name: "sweep-turns",
    everyMs: 5_000,
    async run() {
      await turns.sweep();
    },
  };
}
