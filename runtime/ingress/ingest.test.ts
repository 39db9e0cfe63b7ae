import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "../../shared/json.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import { type Answer, deliver } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { openTestSqlite } from "../testing/test-sqlite.ts";

let server: TestServer;
let workspace: string;
let hook: TestHook;

beforeAll(async () => {
  server = await startTestServer();
  ({ workspace } = await server.addPerson());
  hook = await publishEcho(server, workspace);
});
afterAll(() => server.close());

describe("a delivery that comes again", () => {
  it("is answered with the first one's ids and starts no second run", async () => {
    const first = await deliver(server, hook, { id: "again", body: '{"n":1}' });
    // A provider signs each attempt anew: time and signature differ, the id is the same.
    server.advance(60_000);
    const second = await deliver(server, hook, { id: "again", body: '{"n":1}' });
    expect(first.status).toBe(200);
    expect(second).toMatchObject({ status: 200, json: { ...object(first.json), duplicate: true } });
    expect(second.headers["x-patchbay-run"]).toBe(first.headers["x-patchbay-run"]);
    expect(await runsOf(object(first.json).event)).toEqual([object(first.json).run]);
  });

  it("is one event however many copies come at the same moment", async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, () => deliver(server, hook, { id: "burst" })));
    expect(answers.filter(({ json }) => object(json).duplicate === undefined)).toHaveLength(1);
    expect(new Set(answers.map(({ status, json }) => `${status} ${object(json).event} ${object(json).run}`)).size).toBe(1);
  });

  it("is known after the server has ended and the database was opened again", async () => {
    const first = await deliver(server, hook, { id: "before", body: '{"n":1}' });
    await server.reaches(String(object(first.json).run));
    await server.restart();
    const second = await deliver(server, hook, { id: "before", body: '{"n":1}' });
    expect(second).toMatchObject({ status: 200, json: { ...object(first.json), duplicate: true } });
    expect(await runsOf(object(first.json).event)).toHaveLength(1);
  });

  it("is a new event at another hook, and when its window is over", async () => {
    const other = await publishEcho(server, workspace);
    const answers = [await deliver(server, hook, { id: "shared" }), await deliver(server, other, { id: "shared" })];
    server.advance(7 * 86_400_000 - 1);
    await server.pair.engine.purgeDedupe(server.clock());
    expect(await deliver(server, hook, { id: "shared" })).toMatchObject({ status: 200, json: { duplicate: true } });
    server.advance(2);
    await server.pair.engine.purgeDedupe(server.clock());
    answers.push(await deliver(server, hook, { id: "shared" }));
    expect(new Set(answers.map(({ json }) => object(json).event)).size).toBe(3);
  });
});

describe("when nothing can be made durable", () => {
  const unavailable = { status: 503, text: '{"error":{"code":"unavailable"}}', headers: { "retry-after": "2" } };

  it("I11: acknowledges nothing while the database is locked, and takes the same delivery afterwards", async () => {
    const database = await openTestDatabase({ busyTimeoutMs: 10 });
    const locked = await startTestServer({ database });
    const one = await publishEcho(locked, (await locked.addPerson()).workspace);
    const unlock = await database.lock();
    const answers = await Promise.all(["a", "b", "c"].map((id) => deliver(locked, one, { id })));
    for (const answer of answers) expect(answer).toMatchObject(unavailable);
    for (const { headers } of answers) expect(headers["x-request-id"]).toMatch(/^req_/);
    await unlock();
    expect(await database.pair.sql.read("SELECT id FROM events UNION ALL SELECT id FROM runs")).toEqual([]);
    const retry = await deliver(locked, one, { id: "a" });
    expect(retry.status).toBe(200);
    expect(object(retry.json)).not.toHaveProperty("duplicate");
    await locked.close();
  });

  it("I11: acknowledges nothing that does not fit on the disk, and goes on taking what does", async () => {
    const full = await startTestServer({ database: openTestSqlite({ maxPages: 150 }) });
    const one = await publishEcho(full, (await full.addPerson()).workspace);
    const big = JSON.stringify({ text: "x".repeat(900_000) });
    expect(await deliver(full, one, { id: "big", body: big })).toMatchObject(unavailable);
    expect(await full.pair.sql.read("SELECT id FROM events")).toEqual([]);
    expect(await deliver(full, one, { id: "small" })).toMatchObject({ status: 200 });
    expect(await full.pair.sql.read("SELECT id FROM events")).toHaveLength(1);
    await full.close();
  });
});

describe("a body that is not what one expects", () => {
  const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  // What JSON.parse makes of it, where it can; else the text.
  const bodies: [string, string | Uint8Array, (output: Json) => void][] = [
    ["no JSON", "name=Mira&x=1", (output) => expect(output).toBe("name=Mira&x=1")],
    ["cut JSON", '{"name":"Mi', (output) => expect(output).toBe('{"name":"Mi')],
    ["nothing", "", (output) => expect(output).toBeNull()],
    ["JSON behind a byte order mark", "\ufeff{}", (output) => expect(typeof output).toBe("string")],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), (output) => expect(output).toBe("\ufffd\ufffd")],
    ["a NUL", '{"a":"\\u0000"}', (output) => expect(output).toEqual({ a: "\0" })],
    ["half a surrogate pair", '{"a":"\\ud83d"}', (output) => expect(object(output)).toHaveProperty("a")],
    ["a key twice", '{"a":1,"a":2}', (output) => expect(output).toEqual({ a: 2 })],
    ["a number beyond all numbers", '{"a":1e400}', (output) => expect(object(output)).toHaveProperty("a")],
    ["a long whole number", '{"a":12345678901234567890}', (output) => expect(object(output)).toHaveProperty("a")],
    ["arrays in arrays, 100 deep", deep(100), (output) => expect(JSON.stringify(output)).toBe(deep(100))],
    ["arrays in arrays, 500 deep", deep(500), (output) => expect(JSON.stringify(output)).toBe(deep(500))],
    ["arrays in arrays, 10,000 deep", deep(10_000), (output) => expect(output).toBe(deep(10_000))],
    [
      "keys of every object",
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}',
      (output) => {
        expect(Object.keys(object(output))).toEqual(["__proto__", "constructor", "toString"]);
        expect(Object.hasOwn(object(output), "__proto__")).toBe(true);
        expect(Reflect.get({}, "polluted")).toBeUndefined();
      },
    ],
    [
      "what looks like our own records",
      '{"id":"evt_1","event":"evt_1","run":"run_1","runId":"run_1","headers":{"x":"1"},"binary":{"data":"AAAA"},' +
        '"files":[{"filepath":"/etc/passwd","path":"/etc/passwd"}],"$ref":"file:///etc/passwd","body":"{{trigger.id}}"}',
      (output) =>
        expect(output).toMatchObject({
          id: "evt_1",
          files: [{ filepath: "/etc/passwd", path: "/etc/passwd" }],
          body: "{{trigger.id}}",
        }),
    ],
  ];

  it.each(bodies)("I8, I9: is stored byte for byte and starts its run: %s", async (name, body, check) => {
    const answer = await deliver(server, hook, { id: `odd ${name.replace(/\W+/g, "-")}`, body });
    expect(answer).toMatchObject({
      status: 200,
      json: { event: expect.stringMatching(/^evt_/), run: expect.stringMatching(/^run_/) },
    });
    const { event, run } = object(answer.json);
    const [row] = await server.pair.sql.read<{ body: Uint8Array }>("SELECT body FROM events WHERE id = $1", [event ?? ""]);
    expect(Buffer.from(row?.body ?? []).equals(Buffer.from(body))).toBe(true);
    expect(await server.reaches(String(run))).toBe("succeeded");
    check(await outputOf(String(run), "shape"));
    expect(server.faults).toEqual([]);
  });
});

function publishEcho(at: TestServer, workspaceId: string): Promise<TestHook> {
  const nodes = [node.transform("shape", "{{trigger.body}}")];
  return at.publish({ workspace: workspaceId, nodes, edges: ["event -> shape"] });
}

async function runsOf(event: string | undefined): Promise<string[]> {
  const rows = await server.pair.sql.read<{ id: string }>("SELECT id FROM runs WHERE event_id = $1", [event ?? ""]);
  return rows.map(({ id }) => id);
}

async function outputOf(run: string, step: string): Promise<Json> {
  const records = await server.pair.engine.journal(run, 0, { bare: false });
  const number = foldJournal(records.map(({ entry }) => entry)).steps[step]?.outputEntry;
  return records.find(({ entry }) => entry.number === number)?.values.output ?? null;
}

function object(json: Json): Record<string, string | undefined> {
  return json as Answer["json"] & Record<string, string>;
}
