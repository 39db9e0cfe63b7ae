import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EventDetail, EventSummary, Refusal } from "../../shared/api/events.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import { signedHeaders, type TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;
let stranger: TestPerson;
let hooks: TestHook[];
let all: string[];

beforeAll(async () => {
  server = await startTestServer();
  [person, stranger] = [await server.addPerson("Ada"), await server.addPerson("Eve")];
  const publish = (workspace: string, name: string) =>
    server.publish({ workspace, name, nodes: [node.transform("shape", "{{trigger.body}}")], edges: ["event -> shape"] });
  hooks = [await publish(person.workspace, "First"), await publish(person.workspace, "Second")];
  const foreign = await publish(stranger.workspace, "Foreign");
  all = [];
  for (let index = 0; index < 6; index += 1) {
    for (const hook of hooks) all.unshift(await accepted(hook, `event-${index}`));
    await accepted(foreign, `event-${index}`);
    server.advance(1);
  }
});
afterAll(() => server.close());

describe("the inbox", () => {
  it("is whole, newest first, and without repeats, whatever the size of its pages", async () => {
    for (let limit = 1; limit <= all.length + 1; limit += 1)
      expect((await pages(`limit=${limit}`)).map(({ id }) => id)).toEqual(all);
  });

  it("shows what each event is and what became of it", async () => {
    const [event] = await pages("limit=1");
    const run = event?.runs[0]?.id ?? "";
    await server.reaches(run);
    expect((await pages("limit=1"))[0]).toEqual({
      id: all[0] ?? "",
      source: "webhook",
      flow: { id: hooks[1]?.flow ?? "", name: "Second" },
      receivedAt: server.clock() - 1,
      size: 15,
      contentType: "application/json",
      dedupeKey: "header:x-patchbay-id:event-5",
      node: "event",
      eventType: null,
      verified: expect.stringContaining("HMAC"),
      duplicates: 0,
      lastDuplicateAt: null,
      held: false,
      filtered: false,
      replayOf: null,
      runs: [{ id: run, status: "succeeded" }],
    } satisfies EventSummary);
  });

  it("shows only one flow's events, or one source's, when asked to", async () => {
    const ofFirst = await pages(`limit=2&flow=${hooks[0]?.flow}`);
    expect(ofFirst.map(({ id }) => id)).toEqual(all.filter((_, index) => index % 2 === 1));
    expect(await pages("limit=2&source=manual")).toEqual([]);
    expect(await pages("limit=5&source=webhook")).toHaveLength(all.length);
    expect(await get("/events?source=pigeon")).toMatchObject({ status: 400 });
  });
});

describe("an event", () => {
  const bodies: [string, string | Uint8Array, Partial<EventDetail>][] = [
    ["JSON", ' {"a": [1,2] }\n', { body: ' {"a": [1,2] }\n', parseError: null }],
    ["no JSON", "a=1&b=2", { body: "a=1&b=2", parseError: expect.stringMatching(/JSON/) }],
    ["nothing", "", { body: "", parseError: null, size: 0 }],
    ["no UTF-8", Buffer.from([0x22, 0xe9, 0x22]), { body: '"\ufffd"', parseError: null, size: 3 }],
    ["too deep", "[".repeat(501) + "]".repeat(501), { parseError: "nested deeper than 500 levels" }],
  ];

  it.each(bodies)("shows its body as it came, and why it is no JSON: %s", async (name, body, expected) => {
    const [hook] = hooks;
    if (!hook) return expect.unreachable();
    const id = await accepted(hook, `body-${name.replace(" ", "-")}`, body);
    const { json } = await get(`/events/${id}`);
    expect(json).toMatchObject({ event: { id, method: "POST", query: {}, size: Buffer.byteLength(body), ...expected } });
  });

  it("shows its headers without what proves where it came from", async () => {
    const { json } = await get(`/events/${all[0]}`);
    const { headers } = (json as unknown as { event: EventDetail }).event;
    expect(headers).toMatchObject({ "content-type": "application/json", "x-patchbay-id": "event-5" });
    expect(headers["x-patchbay-signature"]).not.toMatch(/[0-9a-f]{8}/);
  });
});

describe("a search", () => {
  const found = async (query: string) => (await pages(`limit=2&${query}`)).length;

  it("finds events by state, type, time and what their bodies hold", async () => {
    const [hook] = hooks;
    if (!hook) return expect.unreachable();
    const text = "Grüße & 100% <ok>";
    const from = server.clock() + 10;
    server.advance(10);
    for (const id of ["s1", "s2"]) await accepted(hook, id, JSON.stringify({ text }));
    await accepted(hook, "s1", JSON.stringify({ text }));
    server.advance(5);
    await accepted(hook, "s3");
    expect(await found(`text=${encodeURIComponent(text)}`)).toBe(2);
    expect(await found(`text=${encodeURIComponent(text.toUpperCase())}`)).toBe(0);
    expect(await found(`from=${from}`)).toBe(3);
    expect(await found(`from=${from}&to=${from + 5}&hook=${hook.hook}`)).toBe(2);
    expect(await found(`from=${from}&state=duplicated`)).toBe(1);
    expect(await found(`from=${from}&state=accepted`)).toBe(3);
    expect(await found(`from=${from}&state=no-run`)).toBe(0);
    expect(await found("type=deal.won")).toBe(0);
    const [again] = await pages(`limit=1&state=duplicated`);
    expect(again).toMatchObject({ duplicates: 1, lastDuplicateAt: from });
    expect(await get("/events?state=lost")).toMatchObject({ status: 400 });
  });

  it("reads a bounded stretch at a time and goes on from there", async () => {
    const flow = "flw_search";
    const rows = (at: number, count: number, body: string) => ({
      text: `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
             INSERT INTO events (id, workspace_id, flow_id, source, received_at, method, headers, query, runs, body)
             SELECT 'evt_0' || (${at} + i), $1, $2, 'manual', 1, 'POST', '{}', '{}', '[]', $3 FROM n`,
      params: [person.workspace, flow, Buffer.from(body)],
    });
    await server.pair.sql.commit([rows(100_000, 1, "needle"), rows(200_000, 20_000, "hay"), rows(300_000, 1, "needle")]);
    const first = await get(`/events?flow=${flow}&text=needle&limit=10`);
    expect(first.json).toMatchObject({ events: [{ id: "evt_0300001" }], next: expect.stringMatching(/^evt_020/) });
    expect((await pages(`flow=${flow}&text=needle&limit=10`)).map(({ id }) => id)).toEqual(["evt_0300001", "evt_0100001"]);
  });
});

describe("the refused deliveries", () => {
  it("are listed newest first, to their own workspace alone, and gone after a restart", async () => {
    const [hook] = hooks;
    if (!hook) return expect.unreachable();
    for (const id of ["x", "y"]) expect((await deliver(server, { ...hook, secret: "another" }, { id })).status).toBe(401);
    const refused = (await get("/refusals")).json as unknown as { refusals: Refusal[] };
    expect(refused.refusals.map(({ reason, headers }) => [reason, headers["x-patchbay-id"]])).toEqual([
      ["signature_mismatch", "y"],
      ["signature_mismatch", "x"],
    ]);
    expect((await get("/refusals", stranger)).json).toEqual({ refusals: [] });
    expect((await get("/overview")).json).toMatchObject({ refusals: 2 });
    expect((await get("/overview", stranger)).json).toMatchObject({ refusals: 0, events: 6 });
    await server.restart();
    expect((await get("/refusals")).json).toEqual({ refusals: [] });
  });

  it("are shown as they came, masked, with what we would have signed, and the detective says why", async () => {
    const [hook] = hooks;
    if (!hook) return expect.unreachable();
    const body = '{"name":"Mira"}';
    const signed = signedHeaders(hook.secret, "spoilt", body, server.clock());
    const sent = await ask(`${server.url}/hooks/${hook.hook}?token=abc&page=2`, {
      method: "POST",
      headers: signed,
      body: `${body}\n`,
    });
    const id = String(sent.headers["x-request-id"]);
    const { json, text } = await get(`/refusals/${id}`);
    expect(json).toMatchObject({
      refusal: { id, reason: "signature_mismatch" },
      request: { method: "POST", path: `/hooks/${hook.hook}?token=***&page=2`, body: `${body}\n`, cut: false },
      signedContent: { text: `spoilt.${Math.floor(server.clock() / 1_000)}.${body}\\n`, note: null },
    });
    for (const secret of [hook.secret, signed["X-Patchbay-Signature"].slice(3)]) expect(text).not.toContain(secret);
    const detected = await post(`/refusals/${id}/detect`, {});
    expect(detected).toMatchObject({ status: 200, json: { matched: null, reason: expect.stringMatching(/line|newline|body/i) } });
    const raw = ["POST / HTTP/1.1", "Host: example.com", ...Object.entries(signed).map((pair) => pair.join(": ")), "", body].join(
      "\r\n",
    );
    const found = await post("/webhooks/detect", { request: { raw }, secret: hook.secret });
    expect(found.json).toMatchObject({ matched: { recipe: { kind: "hmac", algorithm: "sha256" } } });
    expect(await post("/webhooks/detect", { request: { raw: "no request\r\n\r\n" }, secret: "x" })).toMatchObject({
      status: 400,
    });
    expect(await get(`/refusals/${id}`, stranger)).toMatchObject({ status: 404 });
  });

  it("are bounded: a flood keeps the newest 200", async () => {
    const [hook] = hooks;
    if (!hook) return expect.unreachable();
    for (let batch = 0; batch < 21; batch += 1) {
      // Slow enough that every one of them is noted.
      server.advance(1_000);
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          deliver(server, { ...hook, secret: "another" }, { id: `flood-${batch * 10 + index}` }),
        ),
      );
    }
    const { refusals } = (await get("/refusals")).json as unknown as { refusals: Refusal[] };
    expect(refusals).toHaveLength(200);
    expect(refusals[0]?.headers["x-patchbay-id"]).toMatch(/^flood-20\d$/);
  });
});

async function accepted(hook: TestHook, id: string, body: string | Uint8Array = '{"name":"Mira"}'): Promise<string> {
  const answer = await deliver(server, hook, { id, body });
  expect(answer.status).toBe(200);
  return String(answer.headers["x-patchbay-event"]);
}

function get(path: string, who: TestPerson = person): Promise<Answer> {
  return ask(`${server.url}/api/v1${path}`, { headers: { Cookie: who.cookie } });
}

function post(path: string, body: object): Promise<Answer> {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function pages(query: string): Promise<EventSummary[]> {
  const found: EventSummary[] = [];
  for (let next: string | null = "", first = true; first || next !== null; first = false) {
    const answer: Answer = await get(`/events?${query}${next ? `&before=${next}` : ""}`);
    const page = answer.json as unknown as { events: EventSummary[]; next: string | null };
    expect(answer.status).toBe(200);
    found.push(...page.events);
    next = page.next;
  }
  return found;
}
