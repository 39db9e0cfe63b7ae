import { afterAll, beforeAll, expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import { createKeyValues } from "../engine/key-values.ts";
import { publishFlow } from "../flows/publish-flow.ts";
import { createIds } from "../ids.ts";
import { node, startTestEngine, type TestEngine, testFlow } from "../testing/test-engine.ts";
import { deleteOld } from "./retention.ts";

const dayMs = 86_400_000;
let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

async function clear(retentionDays: number): Promise<void> {
  const { clock, pair } = engine;
  const keyValues = createKeyValues({ sql: pair.sql, clock });
  await deleteOld({ sql: pair.sql, clock, keyValues, retentionDays }).run(new AbortController().signal);
}
async function left(table: string, column: string, of: string[]): Promise<number> {
  const rows = await engine.pair.sql.read<{ id: string }>(`SELECT ${column} AS id FROM ${table}`);
  return rows.filter(({ id }) => of.includes(id)).length;
}
const everything = (runs: string[]) =>
  Promise.all([left("runs", "id", runs), left("journal", "run_id", runs), left("blobs", "run_id", runs)]);

it("deletes ended runs with their journals, blobs and events after the flow's days, and leaves what goes on", async () => {
  const items = Array.from({ length: 130 }, (_, index) => index);
  const nodes = [
    node.start(),
    node.transform("large", "x".repeat(70_000)),
    FlowNode.parse({ id: "each", name: "each", kind: "for-each", items, position: { x: 0, y: 0 } }),
    FlowNode.parse({ ...node.delay("none", 0), parent: "each" }),
    node.delay("late", "{{trigger.body.ms}}"),
  ];
  const edges = ["start -> large", "large -> each", "each:done -> late"];
  const flow = await engine.publish(nodes, edges);
  const deps = { sql: engine.pair.sql, ids: createIds(engine.clock), clock: engine.clock };
  const document = { ...testFlow(nodes, edges), settings: { retentionDays: 2 } };
  await publishFlow(deps, { workspace: "wsp_test", flow, document });
  const old = [await engine.start(flow, { ms: 0 }), await engine.start(flow, { ms: 0 })];
  const live = await engine.start(flow, { ms: 300 * dayMs });
  await Promise.all([...old.map((run) => engine.reaches(run)), engine.reaches(live, "waiting")]);
  expect((await engine.entries(old[0] ?? "")).length).toBeGreaterThan(200);
  const events = await engine.pair.sql.read<{ id: string; event: string }>("SELECT id, event_id AS event FROM runs");
  const eventsOf = (runs: string[]) => events.filter(({ id }) => runs.includes(id)).map(({ event }) => event);
  engine.clock.advance(2 * dayMs);
  await clear(30);
  expect((await everything(old))[0]).toBe(2);
  engine.clock.advance(1);
  const fresh = await engine.start(flow, { ms: 0 });
  await engine.reaches(fresh);
  await clear(30);
  expect(await everything(old)).toEqual([0, 0, 0]);
  expect(await left("events", "id", eventsOf(old))).toBe(0);
  expect(await left("events", "id", eventsOf([live]))).toBe(1);
  expect((await everything([live, fresh]))[0]).toBe(2);
  expect((await everything([live]))[1]).toBeGreaterThan(200);
});

it("keeps the run that a live one waits for, and all where the operator keeps everything", async () => {
  const child = await engine.publish([node.start()], []);
  const sub = FlowNode.parse({ id: "sub", name: "sub", kind: "sub-flow", flow: child, input: {}, position: { x: 0, y: 0 } });
  const parent = await engine.publish([node.start(), sub, node.delay("late", 300 * dayMs)], ["start -> sub", "sub -> late"]);
  const run = await engine.start(parent);
  await engine.reaches(run, "waiting");
  const started = (await engine.view(run)).steps.sub?.child?.run ?? "";
  await engine.reaches(started, "succeeded");
  await engine.reaches(run, "waiting");
  engine.clock.advance(31 * dayMs);
  await clear(30);
  expect((await everything([run, started]))[0]).toBe(2);
  await engine.pair.engine.signal(run, { kind: "cancel", by: "ada" });
  await engine.reaches(run, "canceled");
  await clear(0);
  expect((await everything([started]))[0]).toBe(1);
  await clear(30);
  expect((await everything([run, started]))[0]).toBe(1);
});
