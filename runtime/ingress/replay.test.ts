import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventDetail } from "../../shared/api/events.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;
let hook: TestHook;
let first: string;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson();
  hook = await publish();
  first = await accepted("first", '{ "name":  "Mira" }');
});
afterAll(() => server.close());

function publish(): Promise<TestHook> {
  return server.publish({
    workspace: person.workspace,
    nodes: [node.transform("shape", "{{trigger.body}}")],
    edges: ["event -> shape"],
    filters: [{ path: "kind", operator: "not-equals", value: "skipped" }],
  });
}

async function accepted(id: string, body: string, to = hook): Promise<string> {
  const { status, json } = await deliver(server, to, { id, body });
  expect(status).toBe(200);
  return (json as { event: string }).event;
}

function post(path: string, body: object, who = person): Promise<Answer> {
  const headers = { Cookie: who.cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function event(id: string): Promise<EventDetail> {
  const { json } = await ask(`${server.url}/api/v1/events/${id}`, { headers: { Cookie: person.cookie } });
  return (json as unknown as { event: EventDetail }).event;
}

async function set(text: string, ...params: string[]): Promise<void> {
  await server.pair.sql.commit([{ text, params }]);
}

describe("an event that is sent again", () => {
  it("is a new one with the same bytes, linked to the first, however often", async () => {
    for (let time = 0; time < 2; time += 1) {
      server.advance(600_000);
      const answer = await post(`/events/${first}/replay`, { to: "published" });
      const { event: id, run } = answer.json as { event: string; run: string };
      expect(answer.status).toBe(200);
      expect(await server.reaches(run)).toBe("succeeded");
      const { body, headers, verified } = await event(first);
      expect(await event(id)).toMatchObject({ body, headers, verified, replayOf: first, replayedBy: person.id, dedupeKey: null });
    }
    expect(await event(first)).toMatchObject({ duplicates: 0, replayOf: null });
  });

  it("runs the draft as it is now when asked to", async () => {
    const { run } = (await post(`/events/${first}/replay`, { to: "draft" })).json as { run: string };
    expect(await server.reaches(run)).toBe("succeeded");
    const [row] = await server.pair.sql.read<{ number: number | null }>(
      "SELECT v.number FROM runs r JOIN flow_versions v ON v.id = r.flow_version_id WHERE r.id = $1",
      [run],
    );
    expect(row?.number).toBeNull();
  });

  it("goes through the filters again, and is held while its flow is paused", async () => {
    const skipped = await accepted("skipped", '{"kind":"skipped"}');
    const again = (await post(`/events/${skipped}/replay`, { to: "published" })).json as { event: string; run: null };
    expect(again.run).toBeNull();
    expect(await event(again.event)).toMatchObject({ filtered: true, runs: [] });
    await set("UPDATE flows SET state = 'paused' WHERE id = $1", hook.flow);
    const held = (await post(`/events/${first}/replay`, { to: "published" })).json as { event: string };
    expect(await event(held.event)).toMatchObject({ held: true, runs: [] });
    await set("UPDATE flows SET state = 'published' WHERE id = $1", hook.flow);
  });

  it("is refused with the reason when there is nothing that it could start", async () => {
    const other = await publish();
    const lost = await accepted("lost", "{}", other);
    await set("UPDATE flows SET published_version_id = NULL WHERE id = $1", other.flow);
    expect(await post(`/events/${lost}/replay`, { to: "published" })).toMatchObject({ status: 409 });
    await set("DELETE FROM flows WHERE id = $1", other.flow);
    const gone = await post(`/events/${lost}/replay`, { to: "published" });
    expect(gone).toMatchObject({ status: 409, json: { error: { message: expect.stringContaining("is gone") } } });
    expect(await post("/events/evt_none/replay", { to: "published" })).toMatchObject({ status: 404 });
    const stranger = await server.addPerson("Eve");
    expect(await post(`/events/${first}/replay`, { to: "published" }, stranger)).toMatchObject({ status: 404 });
    const viewer = await server.addPerson("Vi", { role: "user", workspace: person.workspace });
    expect(await post(`/events/${first}/replay`, { to: "published" }, viewer)).toMatchObject({ status: 403 });
  });
});

describe("many events that are sent again", () => {
  it("go in their order, and what cannot go does not hold the others up", async () => {
    const other = await publish();
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.push(await accepted(`m${index}`, `{"n":${index}}`, other));
    const byIds = await post("/events/replay", { events: { ids: [...ids.slice(1), "evt_none"] }, to: "published" });
    expect(byIds).toMatchObject({ status: 200, json: { replayed: 2, failed: [{ event: "evt_none" }], left: false } });
    const byFilter = await post("/events/replay", { events: { filter: { flow: other.flow, text: '"n":0' } }, to: "published" });
    expect(byFilter).toMatchObject({ status: 200, json: { replayed: 1, failed: [], left: false } });
    const rows = await server.pair.sql.read<{ of: string }>(
      "SELECT replay_of AS of FROM events WHERE flow_id = $1 AND replay_of IS NOT NULL ORDER BY id",
      [other.flow],
    );
    expect(rows.map(({ of }) => of)).toEqual([ids[1], ids[2], ids[0]]);
    expect(await post("/events/replay", { events: { ids: Array(1_001).fill("x") }, to: "published" })).toMatchObject({
      status: 400,
    });
  });
});
