import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestPostgres, type TestPostgres } from "../../testing/test-postgres.ts";
import type { Sql } from "../sql.ts";

let database: TestPostgres;
let sql: Sql;
beforeEach(async () => {
  database = await openTestPostgres();
  ({ sql } = database.pair);
});
afterEach(() => database.close());

const workspace = (id: string, name = "Name") => ({
  text: "INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)",
  params: [id, name, 1],
});

it("gives numbers for counts, sums and booleans, as the embedded database does", async () => {
  await sql.commit([workspace("a"), workspace("b")]);
  const [row] = await sql.read(
    "SELECT count(*) AS count, sum(created_at) AS sum, max(created_at) AS last, count(*) > 1 AS several, 1 = 2 AS never FROM workspaces",
  );
  expect(row).toEqual({ count: 2, sum: 2, last: 1, several: 1, never: 0 });
});

it("says whose fault a text is that Postgres cannot hold", async () => {
  await expect(sql.commit([workspace("a", "a\0b")])).rejects.toMatchObject({ code: "bad_request" });
  await expect(sql.read("SELECT id FROM workspaces WHERE id = $1", ["\0"])).rejects.toMatchObject({ code: "bad_request" });
});

it("lets one of two commits win that each take what the other has read", async () => {
  await sql.commit([workspace("a"), workspace("b")]);
  const leaveOne = (id: string) => ({
    text: "DELETE FROM workspaces WHERE id = $1 AND (SELECT count(*) FROM workspaces) > 1",
    params: [id],
    expectRows: 1,
  });
  for (let round = 0; round < 10; round += 1) {
    const outcomes = await Promise.all([sql.commit([leaveOne("a")]), sql.commit([leaveOne("b")])]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["committed", "conflict"]);
    await sql.commit([{ text: "DELETE FROM workspaces", params: [] }, workspace("a"), workspace("b")]);
  }
});

it("goes on after its connections were broken", async () => {
  // Other tests are on the same server.
  const ours = `SELECT id FROM ${database.schema}.workspaces`;
  const others = `pid <> pg_backend_pid() AND application_name LIKE 'patchbay%' AND query = '${ours}'`;
  await Promise.all(Array.from({ length: 3 }, () => sql.read(ours)));
  await sql.list(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`);
  // The first to use a broken one may hear of it.
  for (let tries = 0; tries < 10; tries += 1) await sql.read("SELECT id FROM workspaces").catch(() => []);
  expect(await sql.commit([workspace("a")])).toMatchObject({ outcome: "committed" });
  expect(database.pair.healthy()).toBe(true);
});
