import { expect, it } from "vitest";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { testConnector } from "../testing/test-engine.ts";
import { rememberOrigins } from "./credentials-origin.ts";

it("gives older connections the origin of their connector's newest version, and leaves what is known", async () => {
  const { pair, clock, close } = await openTestDatabase();
  const { sql } = pair;
  const deps = { sql, clock, ids: createIds(clock) };
  await publishConnector(deps, "wsp_1", { ...testConnector, baseUrl: "https://old.example.com/v1" });
  const { connector } = await publishConnector(deps, "wsp_1", { ...testConnector, baseUrl: "https://API.example.com:443/v2/" });
  for (const [id, target, origin] of [
    ["con_1", "live", null],
    ["con_2", "live", "https://elsewhere.example.com"],
    ["con_3", "sandbox", null],
  ] as const)
    await sql.commit([
      {
        text: `INSERT INTO connections (id, workspace_id, connector_id, name, target, credentials, created_at, origin)
          VALUES ($1, 'wsp_1', $2, $1, $3, '', 0, $4)`,
        params: [id, connector, target, origin],
      },
    ]);
  await rememberOrigins(sql);
  expect(await sql.read("SELECT id, origin FROM connections ORDER BY id")).toEqual([
    { id: "con_1", origin: "https://api.example.com" },
    { id: "con_2", origin: "https://elsewhere.example.com" },
    { id: "con_3", origin: null },
  ]);
  await close();
});
