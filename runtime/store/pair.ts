import type { Bus } from "./bus.ts";
import type { EngineStore } from "./engine-store.ts";
import type { Governor } from "./governor.ts";
import type { Lease } from "./lease.ts";
import type { Queue } from "./queue.ts";
import type { Sql } from "./sql.ts";
import type { Workers } from "./workers.ts";

/** Everything durable or shared between processes, chosen as a whole: no part of one pair works with another's. */
export type Pair = {
  engine: EngineStore;
  queue: Queue;
  workers: Workers;
  lease: Lease;
  governor: Governor;
  bus: Bus;
  sql: Sql;
  /** False after a commit that could not be made durable, until one can. */
  healthy(): boolean;
  /** Settles what was submitted, then closes. */
  close(): Promise<void>;
};
