import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WaitNode } from "../../shared/flow/wait-node.ts";
import type { Json } from "../../shared/json.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { deliver } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const hourMs = 3_600_000;

let server: TestServer;
let hook: TestHook;
let sent = 0;

beforeAll(async () => {
  server = await startTestServer();
  const { workspace } = await server.addPerson();
  const correlation = { key: "{{trigger.body.order}}", trigger: "event", path: "data.order" };
  const wait = { id: "paid", name: "Paid", kind: "wait", position: { x: 0, y: 0 }, deadlineMs: hourMs, correlation };
  hook = await server.publish({
    workspace,
    nodes: [WaitNode.parse(wait), node.transform("got", "{{steps.paid.output}}")],
    edges: ["event -> paid", "paid -> got"],
  });
});
afterAll(() => server.close());

async function send(body: Json, id = String(++sent)): Promise<{ event: string; run: string; duplicate?: true }> {
  const answer = await deliver(server, hook, { id, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return answer.json as { event: string; run: string };
}

async function startWaiting(order: Json): Promise<string> {
  const { run } = await send({ order });
  await server.reaches(run, "waiting");
  return run;
}

async function gotBy(run: string): Promise<Json | undefined> {
  expect(await server.reaches(run)).toBe("succeeded");
  const records = await server.pair.engine.journal(run, 0, { bare: false });
  const entry = foldJournal(records.map((record) => record.entry)).steps.got?.outputEntry;
  return records.find((record) => record.entry.number === entry)?.values.output;
}

const count = async (table: "runs" | "waits") =>
  (await server.pair.sql.read<{ n: number }>(`SELECT count(*) AS n FROM ${table}`, []))[0]?.n;

describe("an event with the key that a step waits for", () => {
  it("lets it go on and starts no run; the next one with the key starts one", async () => {
    const run = await startWaiting("A-1");
    const before = await count("runs");
    const resuming = await send({ data: { order: "A-1", paid: true } });
    expect(resuming.run).toBe(run);
    expect(await gotBy(run)).toEqual({ by: resuming.event, body: { data: { order: "A-1", paid: true } } });
    expect([await count("runs"), await count("waits")]).toEqual([before, 0]);
    const next = await send({ data: { order: "A-1" } });
    expect(next.run).not.toBe(run);
  });

  it("resumes all that wait for it, and compares numbers as text", async () => {
    const runs = [await startWaiting(7), await startWaiting("7"), await startWaiting("8")];
    const { event } = await send({ data: { order: 7 } });
    for (const run of runs.slice(0, 2)) expect(await gotBy(run)).toMatchObject({ by: event });
    expect((await server.pair.engine.state(runs[2] ?? ""))?.status).toBe("waiting");
  });

  it("counts once when it is sent again", async () => {
    const run = await startWaiting("B-1");
    const first = await send({ data: { order: "B-1" } }, "again");
    await gotBy(run);
    const other = await startWaiting("B-1");
    expect(await send({ data: { order: "B-1" } }, "again")).toEqual({ ...first, duplicate: true });
    expect((await server.pair.engine.state(other))?.status).toBe("waiting");
  });

  it("finds the step after a restart between the event and the run", async () => {
    const run = await startWaiting("C-1");
    await server.restart();
    const { event } = await send({ data: { order: "C-1" } });
    await server.restart();
    expect(await gotBy(run)).toMatchObject({ by: event });
  });

  it("comes too late behind the deadline, and for a run that has ended", async () => {
    const late = await startWaiting("D-1");
    server.advance(hourMs + 1);
    expect((await send({ data: { order: "D-1" } })).run).not.toBe(late);
    expect(await server.reaches(late)).toBe("failed");
    const canceled = await startWaiting("D-2");
    await server.pair.engine.signal(canceled, { kind: "cancel", by: "usr_1" });
    await server.reaches(canceled);
    expect((await send({ data: { order: "D-2" } })).run).not.toBe(canceled);
  });

  it.each([
    ["no key", null],
    ["an empty key", ""],
    ["one that is too long", "x".repeat(2_001)],
  ])("is never found by %s", async (_, order) => {
    const run = await startWaiting(order);
    expect((await send({ data: { order } })).run).not.toBe(run);
  });
});
