import { afterEach, beforeEach, expect, it } from "vitest";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createIds } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { node, testConnector, testFlow } from "../testing/test-engine.ts";
import { createFlow, publishFlow } from "./publish-flow.ts";

const workspace = "wsp_1";
let database: TestDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

/** As Postgres gives a BIGINT: as text. */
function withTexts(sql: Sql): Sql {
  return {
    ...sql,
    async read<Row>(text: string, params?: Parameters<Sql["read"]>[1]) {
      const rows = await sql.read<Record<string, unknown>>(text, params);
      // The row's other columns are what the caller says they are.
      return rows.map((row) => ({ ...row, ...(typeof row.number === "number" && { number: String(row.number) }) })) as Row[];
    },
  };
}

it("numbers versions from 1, whatever a database gives for a number", async () => {
  const { clock, pair } = database;
  const deps = { sql: withTexts(pair.sql), clock, ids: createIds(clock) };
  const flow = await createFlow(deps, { workspace, name: "Any", description: "" });
  const document = testFlow([node.start()], []);
  for (const number of [1, 2, 3]) {
    expect(await publishFlow(deps, { workspace, flow, document })).toMatchObject({ number });
    const connector = { ...testConnector, name: `Version ${number}` };
    expect(await publishConnector(deps, workspace, connector)).toMatchObject({ number });
    expect(await publishConnector(deps, workspace, connector)).toMatchObject({ number });
  }
  expect(await pair.sql.read("SELECT number FROM flow_versions ORDER BY number")).toEqual(
    [1, 2, 3].map((number) => ({ number })),
  );
});
