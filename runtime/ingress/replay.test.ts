import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventDetail } from "../../shared/api/events.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { publishFlow } from "../flows/publish-flow.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { type TestHook, trigger } from "../testing/test-hook.ts";
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

  it("runs the version that is published now, or the draft as it is now, whatever it ran before", async () => {
    const other = await publish();
    const event = await accepted("versions", "{}", other);
    const { workspace } = person;
    const document = (value: string) => testFlow([trigger, node.transform("shape", value)], ["event -> shape"]);
    await publishFlow(
      { sql: server.pair.sql, ids: server.ids, clock: server.clock },
      { workspace, flow: other.flow, document: document("second") },
    );
    const draft = JSON.stringify(Flow.parse(document("drawn since")));
    await set("UPDATE flows SET draft = $1, draft_revision = draft_revision + 1 WHERE id = $2", draft, other.flow);
    for (const [to, number, output] of [
      ["published", 2, "second"],
      ["draft", null, "drawn since"],
    ] as const) {
      const { run } = (await post(`/events/${event}/replay`, { to })).json as { run: string };
      expect(await server.reaches(run)).toBe("succeeded");
      const rows = await server.pair.sql.read(
        "SELECT v.number FROM runs r JOIN flow_versions v ON v.id = r.flow_version_id WHERE r.id = $1",
        [run],
      );
      expect(rows).toEqual([{ number }]);
      const entries = await server.pair.engine.journal(run, 0, { bare: false });
      expect(entries.map(({ values }) => values?.output ?? null)).toContain(output);
    }
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
    server.advance(1);
    const filter = { flow: other.flow, text: '"n":', to: server.clock() };
    const byFilter = await post("/events/replay", { events: { filter }, to: "published" });
    expect(byFilter).toMatchObject({ status: 200, json: { replayed: 5, failed: [], left: false } });
    const rows = await server.pair.sql.read<{ of: string }>(
      "SELECT replay_of AS of FROM events WHERE flow_id = $1 AND replay_of IS NOT NULL ORDER BY id",
      [other.flow],
    );
    expect(rows.map(({ of }) => of).slice(0, 5)).toEqual([...ids.slice(1), ...ids]);
    expect(await post("/events/replay", { events: { ids: Array(1_001).fill("x") }, to: "published" })).toMatchObject({
      status: 400,
    });
  });
});
