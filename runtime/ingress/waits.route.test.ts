import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WaitPage } from "../../shared/api/waits.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { ApprovalNode, WaitNode } from "../../shared/flow/wait-node.ts";
import type { Json } from "../../shared/json.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const hourMs = 3_600_000;
const place = { position: { x: 0, y: 0 } };

let server: TestServer;
let ada: TestPerson;
let waits: TestHook;
let asks: TestHook;

function approval(more: Record<string, Json> = {}): FlowNode {
  const form = [
    { key: "amount", name: "Amount", type: "number", required: true },
    { key: "why", name: "Why" },
  ];
  const words = { title: "Pay {{trigger.body.to}}?", description: "See {{steps.may.url}}" };
  return ApprovalNode.parse({
    ...place,
    id: "may",
    name: "May it",
    kind: "approval",
    ...words,
    form,
    deadlineMs: hourMs,
    ...more,
  });
}

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.addPerson("Ada");
  waits = await server.publish({
    workspace: ada.workspace,
    nodes: [
      node.transform("tell", { url: "{{steps.call.url}}", again: "{{= steps.call.url }}" }),
      WaitNode.parse({ ...place, id: "call", name: "Their call", kind: "wait", deadlineMs: hourMs }),
      node.transform("got", "{{steps.call.output.body}}"),
    ],
    edges: ["event -> tell", "tell -> call", "call -> got"],
  });
  asks = await server.publish({
    workspace: ada.workspace,
    nodes: [approval(), node.transform("yes", "{{steps.may.output}}"), node.transform("no", "{{steps.may.output}}")],
    edges: ["event -> may", "may:approved -> yes", "may:rejected -> no"],
  });
});
afterAll(() => server.close());

let sent = 0;

/** Starts a run that waits; gives it with the path of its link. */
async function startWaiting(hook: TestHook, step: string): Promise<{ run: string; path: string; token: string }> {
  sent += 1;
  const answer = await deliver(server, hook, { id: String(sent), body: '{"to":"Mira"}' });
  const { run } = answer.json as { run: string };
  await server.reaches(run, "waiting");
  const link = await get(`/api/v1/runs/${run}/steps/${step}/wait`, ada);
  const { url, token } = link.json as { url: string; token: string };
  expect(url).toBe(`http://patchbay.example/w/${token}`);
  return { run, token, path: `/w/${token}` };
}

function get(path: string, person?: TestPerson): Promise<Answer> {
  return ask(server.url + path, { headers: person ? { cookie: person.cookie } : {} });
}

function post(path: string, body: string, type = "application/json"): Promise<Answer> {
  return ask(server.url + path, { method: "POST", headers: { "content-type": type }, body });
}

/** As the interface does. */
function send(path: string, body: Json, person?: TestPerson): Promise<Answer> {
  const headers = { "content-type": "application/json", "x-patchbay-request": "1", ...(person && { cookie: person.cookie }) };
  return ask(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function outputOf(run: string, step: string): Promise<Json | undefined> {
  const records = await server.pair.engine.journal(run, 0, { bare: false });
  const entry = foldJournal(records.map((record) => record.entry)).steps[step]?.outputEntry;
  return records.find((record) => record.entry.number === entry)?.values.output;
}

describe("the signed URL of a step that waits", () => {
  it("is known before it waits, and lets it go on once", async () => {
    const { run, path } = await startWaiting(waits, "call");
    const url = `http://patchbay.example${path}`;
    expect(await outputOf(run, "tell")).toEqual({ url, again: url });
    const first = await post(path, '{"ok":true}');
    expect([first.status, first.json]).toEqual([202, { run, outcome: "received" }]);
    expect(await server.reaches(run)).toBe("succeeded");
    expect(await outputOf(run, "got")).toEqual({ ok: true });
    const second = await post(path, '{"ok":false}');
    expect([second.status, second.json]).toEqual([200, { run, outcome: "already_received" }]);
  });

  it("takes the first of two that come together", async () => {
    const { run, path } = await startWaiting(waits, "call");
    const answers = await Promise.all([post(path, '{"n":1}'), post(path, '{"n":2}')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 202]);
    await server.reaches(run);
    expect(await outputOf(run, "got")).toEqual({ n: answers[0]?.status === 202 ? 1 : 2 });
  });

  it.each([
    ["a=1&b=two&a=3", "application/x-www-form-urlencoded", { a: "3", b: "two" }],
    ["plain words", "text/plain", "plain words"],
    ["", "application/json", null],
  ])("takes %j as %s", async (body, type, got) => {
    const { run, path } = await startWaiting(waits, "call");
    expect((await post(path, body, type)).status).toBe(202);
    await server.reaches(run);
    expect((await outputOf(run, "call")) as object).toEqual({ by: "link", body: got });
  });

  it("is only looked at by GET, and shows nothing of the workspace", async () => {
    const { run, path, token } = await startWaiting(waits, "call");
    expect((await get(path)).headers["content-type"]).toMatch("text/html");
    const page = await get(`/api/v1/waits/${token}`);
    expect(page.json).toEqual({
      ...{ kind: "wait", title: "Their call", description: "", form: [], state: "waiting", answer: null, as: null },
      until: server.clock() + hourMs,
    });
    expect((await server.pair.engine.state(run))?.status).toBe("waiting");
    const resumed = await send(`/api/v1/waits/${token}/resume`, { body: { from: "page" } });
    expect(resumed.json).toMatchObject({ state: "answered", answer: { signal: "resumed", by: null } });
    await server.reaches(run);
    expect(await outputOf(run, "got")).toEqual({ from: "page" });
  });

  it("survives a restart of the server between the answer and the run", async () => {
    const { run, path } = await startWaiting(waits, "call");
    // Left while nobody carries runs on, as by a server that dies just then.
    await server.pair.sql.commit([{ text: "UPDATE runs SET wake_at = NULL WHERE id = $1", params: [run] }]);
    await server.restart();
    expect((await post(path, '"late"')).status).toBe(202);
    await server.restart();
    expect(await server.reaches(run)).toBe("succeeded");
    expect(await outputOf(run, "got")).toBe("late");
    expect((await post(path, "1")).json).toMatchObject({ outcome: "already_received" });
  });

  it("is gone after its deadline and when the run was canceled", async () => {
    const late = await startWaiting(waits, "call");
    const canceled = await startWaiting(waits, "call");
    await send(`/api/v1/runs/${canceled.run}/cancel`, {}, ada);
    await server.reaches(canceled.run);
    server.advance(hourMs + 1);
    for (const { path } of [late, canceled]) {
      const answer = await post(path, "{}");
      expect([answer.status, answer.text]).toEqual([410, '{"error":{"code":"gone"}}']);
    }
    expect(await server.reaches(late.run)).toBe("failed");
    expect((await get(`/api/v1/waits/${late.token}`)).json).toMatchObject({ state: "late" });
    expect((await get(`/api/v1/waits/${canceled.token}`)).json).toMatchObject({ state: "over" });
  });

  it("answers each wrong one alike, whatever is wrong with it", async () => {
    const { run, path, token } = await startWaiting(waits, "call");
    const other = await startWaiting(waits, "call");
    const forged = token.slice(0, 27) + Buffer.from(JSON.stringify([ada.workspace, other.run, "call"])).toString("base64url");
    const flipped = (token.startsWith("A") ? "B" : "A") + token.slice(1);
    for (const wrong of [
      forged,
      flipped,
      token.slice(0, -1),
      `${token}A`,
      token.slice(0, 27),
      "x",
      encodeURIComponent(`${token}=`),
    ]) {
      const answer = await post(`/w/${wrong}`, "{}");
      expect([answer.status, answer.text]).toEqual([404, '{"error":{"code":"not_found"}}']);
      expect((await get(`/api/v1/waits/${wrong}`)).status).toBe(404);
    }
    expect((await server.pair.engine.state(run))?.status).toBe("waiting");
    expect((await post(path, "x".repeat(262_145))).status).toBe(413);
    expect((await post(path, "x".repeat(262_144))).status).toBe(202);
  });

  it("asks whoever comes too early to come again", async () => {
    const hook = await server.publish({
      workspace: ada.workspace,
      nodes: [node.delay("pause", hourMs), WaitNode.parse({ ...place, id: "call", name: "Call", kind: "wait" })],
      edges: ["event -> pause", "pause -> call"],
    });
    const { run, path } = await startWaiting(hook, "call");
    const early = await post(path, '"early"');
    expect([early.status, early.headers["retry-after"]]).toEqual([503, "5"]);
    server.advance(hourMs);
    await server.reaches(run, "waiting");
    while ((await post(path, '"again"')).status === 503) await server.reaches(run, "waiting");
    expect(await server.reaches(run)).toBe("succeeded");
    expect(await outputOf(run, "call")).toEqual({ by: "link", body: "again" });
  });

  it("is limited, each by itself", async () => {
    const busy = await startWaiting(waits, "call");
    const quiet = await startWaiting(waits, "call");
    const answers = await Promise.all(Array.from({ length: 61 }, () => get(`/api/v1/waits/${busy.token}`)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
    expect((await post(busy.path, "{}")).status).toBe(503);
    expect((await post(quiet.path, "{}")).status).toBe(202);
  });
});

describe("an approval", () => {
  const decide = (token: string, body: Json, person?: TestPerson) => send(`/api/v1/waits/${token}/decision`, body, person);

  it("shows its words and form to whoever has the link, who decides by it", async () => {
    const { run, path, token } = await startWaiting(asks, "may");
    const page = (await get(`/api/v1/waits/${token}`)).json as WaitPage;
    expect(page).toMatchObject({ kind: "approval", title: "Pay Mira?", state: "waiting", as: null });
    expect(page.description).toBe(`See http://patchbay.example${path}`);
    expect(page.form.map(({ key }) => key)).toEqual(["amount", "why"]);
    expect((await post(path, '{"decision":"approved"}')).status).toBe(403);
    const answer = await decide(token, { decision: "approved", form: { amount: 12 }, comment: " fine " });
    expect(answer.json).toMatchObject({ state: "answered", answer: { signal: "approved", by: null, comment: "fine" } });
    expect(await server.reaches(run)).toBe("succeeded");
    expect(await outputOf(run, "yes")).toEqual({ decision: "approved", by: "link", form: { amount: 12 }, comment: "fine" });
  });

  it("says which field is wrong, and takes a rejection without the form", async () => {
    const { run, token } = await startWaiting(asks, "may");
    const wrong = await decide(token, { decision: "approved", form: { amount: "much", other: 1 } });
    expect(wrong.status).toBe(400);
    expect(wrong.json).toMatchObject({ error: { details: { issues: [{ field: "other" }, { field: "amount" }] } } });
    expect((await decide(token, { decision: "rejected" })).status).toBe(200);
    await server.reaches(run);
    expect(await outputOf(run, "no")).toMatchObject({ decision: "rejected", form: {} });
  });

  it("is decided once, and says by whom and when to whoever comes later", async () => {
    const { run, token } = await startWaiting(asks, "may");
    const decided = server.clock();
    await decide(token, { decision: "rejected", comment: "too much" }, ada);
    await server.reaches(run);
    server.advance(1_000);
    const again = await decide(token, { decision: "approved", form: { amount: 1 } });
    expect([again.status, again.json]).toMatchObject([409, { error: { message: expect.stringMatching("answered already") } }]);
    expect((await get(`/api/v1/waits/${token}`)).json).toMatchObject({
      state: "answered",
      answer: { signal: "rejected", by: "Ada", at: decided, comment: "too much" },
    });
    expect(await outputOf(run, "no")).toMatchObject({ by: ada.id });
  });

  it("with approvers is theirs alone: others see nothing of it", async () => {
    const bob = await server.addPerson("Bob", { role: "user", workspace: ada.workspace });
    const eve = await server.addPerson("Eve");
    const named = await server.publish({
      workspace: ada.workspace,
      nodes: [approval({ approvers: [bob.id], form: [] })],
      edges: ["event -> may"],
    });
    const { run, token } = await startWaiting(named, "may");
    const approved = { decision: "approved" };
    for (const [person, status] of [
      [undefined, 401],
      [eve, 403],
      [ada, 403],
    ] as const) {
      const shown = await get(`/api/v1/waits/${token}`, person);
      expect([shown.status, shown.text.includes("Mira")]).toEqual([status, false]);
      expect((await decide(token, approved, person)).status).toBe(status);
    }
    expect((await get(`/api/v1/waits/${token}`, bob)).json).toMatchObject({ title: "Pay Mira?", as: "Bob" });
    expect((await decide(token, approved, bob)).status).toBe(200);
    await server.reaches(run);
    expect(await outputOf(run, "may")).toMatchObject({ by: bob.id });
  });

  it("is listed for whoever may decide it, as long as it waits", async () => {
    const dan = await server.addPerson("Dan", { role: "user", workspace: ada.workspace });
    const named = await server.publish({
      workspace: ada.workspace,
      name: "Named",
      nodes: [approval({ approvers: [dan.id], form: [] })],
      edges: ["event -> may"],
    });
    const { run, token } = await startWaiting(named, "may");
    const listed = async (person: TestPerson) => {
      const { waits } = (await get("/api/v1/waits", person)).json as { waits: { run: string }[] };
      return waits.filter((wait) => wait.run === run);
    };
    const item = { kind: "approval", run, step: "may", token, flow: { id: named.flow, name: "Named" }, title: "Pay Mira?" };
    expect(await listed(dan)).toEqual([{ ...item, since: server.clock(), until: server.clock() + hourMs }]);
    expect(await listed(ada)).toEqual([]);
    const open = await startWaiting(asks, "may");
    expect((await get("/api/v1/waits", ada)).text).toContain(open.run);
    expect((await get("/api/v1/waits", await server.addPerson("Fay"))).json).toEqual({ waits: [] });
    await decide(token, { decision: "rejected" }, dan);
    await server.reaches(run);
    expect(await listed(dan)).toEqual([]);
  });

  it("refuses what another site sends", async () => {
    const { token } = await startWaiting(asks, "may");
    expect((await post(`/api/v1/waits/${token}/decision`, '{"decision":"approved"}')).status).toBe(403);
  });
});
