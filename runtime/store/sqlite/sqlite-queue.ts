import type { Bus } from "../bus.ts";
import type { Queue } from "../queue.ts";
import type { EngineStatements } from "./engine-statements.ts";

/** The queue of the embedded pair: what is due stands on the run's own row, so nothing is rebuilt after a crash. */
export function createSqliteQueue({ sql, bus, clock }: { sql: EngineStatements; bus: Bus; clock: () => number }): Queue {
  return {
    async claim(max) {
      const rows = sql.selectDue.all(clock(), max) as { id: string }[];
      return rows.map(({ id }) => ({ run: id, job: id, attempt: 0 }));
    },
    // The claim ends with the write that parks or finishes the run.
    async done() {},
    // What was not begun still stands on its row as due.
    async giveBack() {},
    ready: (listener) => bus.subscribe("wake", listener),
    async nextDue() {
      return (sql.selectNextDue.get() as { wakeAt: number | null }).wakeAt;
    },
  };
}
