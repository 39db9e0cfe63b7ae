import { afterEach, beforeEach, expect, it } from "vitest";
import { listRunRows } from "../../engine/run-rows.ts";
import { listEventRows } from "../../events/event-rows.ts";
import type { TestDatabase } from "../../testing/test-database.ts";
import { openTestSqlite } from "../../testing/test-sqlite.ts";
import type { Sql } from "../sql.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = openTestSqlite();
});
afterEach(() => database.close());

/** How the database finds the rows of a list. */
async function planOf(list: (sql: Sql) => Promise<unknown>): Promise<string> {
  const { sql } = database.pair;
  const plans: string[] = [];
  await list({
    ...sql,
    async list<Row>(text: string, params?: Parameters<Sql["list"]>[1]) {
      const rows = await sql.list<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, params);
      plans.push(rows.map(({ detail }) => detail).join("\n"));
      return sql.list<Row>(text, params);
    },
  });
  return plans[0] ?? "";
}

const page = { limit: 50 };
const later = { limit: 50, before: "x" };

it.each<[string, string, (sql: Sql) => Promise<unknown>]>([
  ["all events", "events_by_workspace", (sql) => listEventRows(sql, "wsp_1", page)],
  ["all events, later", "events_by_workspace", (sql) => listEventRows(sql, "wsp_1", later)],
  ["events of a flow", "events_by_flow", (sql) => listEventRows(sql, "wsp_1", { ...page, flow: "flw_1" })],
  ["events of a flow, later", "events_by_flow", (sql) => listEventRows(sql, "wsp_1", { ...later, flow: "flw_1" })],
  ["all runs", "runs_by_workspace", (sql) => listRunRows(sql, "wsp_1", page)],
  ["all runs, later", "runs_by_workspace", (sql) => listRunRows(sql, "wsp_1", later)],
  ["runs of a flow", "runs_by_flow", (sql) => listRunRows(sql, "wsp_1", { ...page, flow: "flw_1" })],
  ["failed runs", "runs_failed", (sql) => listRunRows(sql, "wsp_1", { ...page, status: "failed" })],
  ["failed runs, later", "runs_failed", (sql) => listRunRows(sql, "wsp_1", { ...later, status: "failed" })],
])("lists %s by an index, in its order", async (_, index, list) => {
  const plan = await planOf(list);
  expect(plan).toContain(`USING INDEX ${index} `);
  expect(plan).not.toContain("TEMP B-TREE");
});
