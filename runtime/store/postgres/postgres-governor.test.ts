import { expect, it } from "vitest";
import { describeGovernor } from "../../testing/governor-contract.ts";
import { mostInAnyStretch } from "../../testing/most-in-any-stretch.ts";
import { openTestPostgres } from "../../testing/test-postgres.ts";
import { openPool } from "./database.ts";
import { createPostgresGovernor } from "./postgres-governor.ts";

/** Governors on one database, each with connections of its own as in processes of their own. */
async function openGovernors(processes: number) {
  const { url, schema, clock, close } = await openTestPostgres();
  const pools = Array.from({ length: processes }, () => openPool({ url, schema, connections: 4, lockTimeoutMs: 2_000, clock }));
  return {
    governors: pools.map(createPostgresGovernor),
    clock,
    database: pools[0],
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      await close();
    },
  };
}

describeGovernor("distributed", async () => {
  const { governors, ...rest } = await openGovernors(1);
  const [governor] = governors;
  if (!governor) return expect.unreachable();
  return { ...rest, governor };
});

it("gives no place twice, however many processes ask at once", async () => {
  const { governors, clock, close } = await openGovernors(4);
  const windows = [
    { limit: 25, perMs: 1_000 },
    { limit: 120, perMs: 20_000 },
  ];
  const asked = { key: "account", windows, atMostMs: 60_000 };
  const places = await Promise.all(governors.flatMap((governor) => Array.from({ length: 60 }, () => governor.take(asked))));
  const times = places.map(({ waitMs }) => clock() + waitMs);
  expect(mostInAnyStretch(times, 1_000)).toBe(25);
  expect(mostInAnyStretch(times, 20_000)).toBe(120);
  expect(new Set(times.map(Math.round)).size).toBe(240);
  await close();
});

it("tells every process at once that the API has nothing left", async () => {
  const { governors, close } = await openGovernors(2);
  const [here, there] = governors;
  const written = here?.pause("account", 30_000);
  // Its own next call comes behind what it was told.
  expect(await here?.pausedMs("account")).toBe(30_000);
  await written;
  expect(await there?.pausedMs("account")).toBe(30_000);
  await close();
});

it("gives nobody a place while the database is away, and begins anew when it has lost its rows", async () => {
  const { governors, database, close } = await openGovernors(2);
  const [governor, other] = governors;
  const asked = { key: "account", windows: [{ limit: 1, perMs: 10_000 }], atMostMs: 500 };
  expect(await governor?.take(asked)).toEqual({ place: "taken", waitMs: 0 });
  await database?.query("DELETE FROM places");
  expect(await governor?.take(asked)).toEqual({ place: "taken", waitMs: 0 });
  await database?.close();
  expect(await governor?.take(asked)).toEqual({ place: "not-before", waitMs: 1_000 });
  expect(await other?.take(asked)).toMatchObject({ place: "not-before" });
  await governor?.pause("account", 30_000);
  expect(await governor?.pausedMs("account")).toBe(0);
  await close().catch(() => {});
});
