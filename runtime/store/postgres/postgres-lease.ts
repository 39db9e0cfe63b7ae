import { randomUUID } from "node:crypto";
import type { Lease } from "../lease.ts";
import { type Database, readFault } from "./database.ts";

/** Leases that all processes on the database see, by its own clock. */
export function createPostgresLease(database: Database): Lease {
  return {
    async take(key, ttlMs) {
      const holder = randomUUID();
      const taking = database.query(
        `INSERT INTO leases (key, holder, until) VALUES ($1, $2, now_ms() + $3)
         ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE leases.until <= now_ms()`,
        [key, holder, ttlMs],
      );
      const { count } = await taking.catch((error) => {
        throw readFault(error);
      });
      if (count === 0) return null;
      return {
        async release() {
          const releasing = database.query(`DELETE FROM leases WHERE key = $1 AND holder = $2`, [key, holder]);
          // While the database is away it ends by itself, and what was done under it is done.
          await releasing.catch(() => {});
        },
      };
    },
  };
}
