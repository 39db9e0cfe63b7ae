import { expect, it } from "vitest";
import { createLoadVersion } from "../flows/load-version.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { createIngest } from "./ingest.ts";
import { runNow } from "./run-now.ts";

it("does not ask to try again with an event that can never be stored", async () => {
  const { pair, clock, close } = await openTestDatabase();
  const { sql, engine } = pair;
  const workspace = "wsp_1";
  const flow = await createFlow({ sql, clock, ids: createIds(clock) }, { workspace, name: "Any", description: "" });
  const published = await publishFlow(
    { sql, clock, ids: createIds(clock) },
    { workspace, flow, document: testFlow([node.start()], []) },
  );
  const version = await createLoadVersion(sql)(workspace, published.version);
  // The second event has the id of the first: its row is refused.
  const ids = { next: (prefix: string) => `${prefix}_1` };
  const start = () => runNow({ ingest: createIngest({ engine, ids }), clock, ids }, { workspace, flow, version, body: null });
  expect(await start()).toEqual({ run: "run_1", event: "evt_1" });
  await expect(start()).rejects.toMatchObject({ code: "bad_request", message: "the event cannot be stored" });
  await close();
});
