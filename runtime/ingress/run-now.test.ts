import { expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
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

it("starts at any trigger, with its sample, and checks what is filled into a form", async () => {
  const { pair, clock, close } = await openTestDatabase();
  const { sql, engine } = pair;
  const ids = createIds(clock);
  const workspace = "wsp_1";
  const flow = await createFlow({ sql, clock, ids }, { workspace, name: "Any", description: "" });
  const trigger = (id: string, kind: string, more: object) =>
    FlowNode.parse({ id, name: id, position: { x: 0, y: 0 }, kind, ...more });
  const nodes = [
    trigger("timed", "schedule-trigger", { schedule: { kind: "interval", everyMs: 60_000 } }),
    trigger("called", "api-trigger", { sample: { n: 1 } }),
    trigger("asked", "manual-trigger", { form: [{ key: "name", name: "Name", required: true }] }),
  ];
  const published = await publishFlow({ sql, clock, ids }, { workspace, flow, document: testFlow(nodes, []) });
  const version = await createLoadVersion(sql)(workspace, published.version);
  const started = async (body: Json | undefined, trigger?: string) => {
    const { event } = await runNow(
      { ingest: createIngest({ engine, ids }), clock, ids },
      { workspace, flow, version, body, trigger },
    );
    const [row] = await sql.read<{ node: string; body: Uint8Array }>(`SELECT node, body FROM events WHERE id = $1`, [event]);
    return [row?.node, JSON.parse(Buffer.from(row?.body ?? []).toString())];
  };
  expect(await started({ name: "Ada" })).toEqual(["asked", { name: "Ada" }]);
  expect(await started(undefined, "called")).toEqual(["called", { n: 1 }]);
  expect(await started(undefined, "timed")).toEqual(["timed", { firedFor: new Date(clock()).toISOString() }]);
  await expect(started({}, "asked")).rejects.toMatchObject({ code: "bad_request", message: 'body.name: "Name" is required' });
  await expect(started({}, "none")).rejects.toMatchObject({ code: "bad_request" });
  await close();
});
