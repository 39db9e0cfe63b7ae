import { setTimeout as sleep } from "node:timers/promises";
import { installCatalog } from "../catalog/install-catalog.ts";
import { rememberOrigins } from "../connections/credentials-origin.ts";
import type { Lease } from "../store/lease.ts";
import type { Foundation } from "./foundation.ts";

/** How long the others wait for a node that ends in the middle; what it has begun goes on where it stopped. */
const holdMs = 30_000;
const lookAgainMs = 50;

/**
 * What must be true of the database before a node begins to work: its secrets can be read, the catalog and the first workspace are
 * there. Nodes that start together do it one after another, and whoever comes later finds it done.
 */
export async function prepareDatabase(foundation: Foundation): Promise<void> {
  const { pair, sql, vault } = foundation;
  const hold = await waitFor(pair.lease, "prepare-database");
  try {
    await vault.check();
    await rememberOrigins(sql);
    await installCatalog(foundation);
  } finally {
    await hold.release();
  }
}

async function waitFor(lease: Lease, key: string): Promise<{ release(): Promise<void> }> {
  for (;;) {
    const hold = await lease.take(key, holdMs);
    if (hold) return hold;
    await sleep(lookAgainMs);
  }
}
