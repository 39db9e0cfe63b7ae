import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { type Answer, deliver } from "../testing/test-client.ts";
import { node, testConnector } from "../testing/test-engine.ts";
import type { NewHookFlow, TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { waitForAnswer } from "./wait-for-answer.ts";

const hourMs = 3_600_000;
const ids = { event: expect.stringMatching(/^evt_/), run: expect.stringMatching(/^run_/) };

let server: TestServer;
let upstream: FakeUpstream;
let workspace: string;

beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  ({ workspace } = await server.addPerson());
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

const publish = (flow: Omit<NewHookFlow, "workspace">) => server.publish({ workspace, ...flow });

describe("a flow that answers its sender", () => {
  it("gives status, headers and body, with the ids beside them", async () => {
    const hook = await publish({
      nodes: [
        {
          ...node.respond("answer", { hello: "{{trigger.body.name}}", count: "{{trigger.body.count}}" }, 201),
          headers: { "X-Lead": "{{trigger.body.name}}" },
        } as NewHookFlow["nodes"][number],
      ],
      edges: ["event -> answer"],
    });
    const answer = await deliver(server, hook, { id: "1", body: '{"name":"Mira","count":3}' });
    expect(answer).toMatchObject({
      status: 201,
      text: '{"hello":"Mira","count":3}',
      headers: { "content-type": "application/json", "x-lead": "Mira", "x-patchbay-event": ids.event, "x-patchbay-run": ids.run },
    });
  });

  it.each([
    ["text", "<script>alert(1)</script>", "text/plain; charset=utf-8", "<script>alert(1)</script>"],
    ["nothing", null, "application/json", ""],
    ["a number", 12, "application/json", "12"],
    ["false", false, "application/json", "false"],
  ])("sends %s as what it is, inert in a browser", async (_, body, type, text) => {
    const hook = await publish({ nodes: [node.respond("answer", body)], edges: ["event -> answer"] });
    const answer = await deliver(server, hook, { id: "1" });
    expect(answer).toMatchObject({ status: 200, text });
    expect(answer.headers).toMatchObject({
      "content-type": type,
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    });
  });

  it("sends no body where the status has none", async () => {
    const hook = await publish({ nodes: [node.respond("answer", "ignored", 204)], edges: ["event -> answer"] });
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 204, text: "" });
  });

  it("cannot put its own value where ours stands", async () => {
    const headers = {
      "x-request-id": "req_mine",
      "X-PATCHBAY-RUN": "run_mine",
      "x-content-type-options": "sniff",
      "content-type": "text/csv",
    };
    const nodes = [{ ...node.respond("answer", "x"), headers } as NewHookFlow["nodes"][number]];
    const answer = await deliver(server, await publish({ nodes, edges: ["event -> answer"] }), { id: "1" });
    expect(answer.headers["x-request-id"]).toMatch(/^req_[0-9a-f]{32}$/);
    expect(answer.headers["x-patchbay-run"]).toMatch(/^run_[0-9a-f]{32}$/);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    // Its type is the flow's, however it spells the name.
    expect(answer.headers["content-type"]).toBe("text/csv");
  });

  it("gives only its first answer, also when the run goes on or fails after it", async () => {
    upstream.next({ status: 400 });
    const hook = await publish({
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [node.respond("answer", "early"), node.call("fails", "unsafe"), node.respond("late", "late")],
      edges: ["event -> answer", "answer -> fails", "fails -> late"],
    });
    const answer = await deliver(server, hook, { id: "1" });
    expect(answer).toMatchObject({ status: 200, text: "early" });
    expect(await server.reaches(String(answer.headers["x-patchbay-run"]))).toBe("failed");
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 200, text: "early" });
  });

  it("is answered with the ids when the run ends without an answer", async () => {
    upstream.next({ status: 400 });
    const hook = await publish({
      connector: { ...testConnector, baseUrl: upstream.url },
      nodes: [node.call("fails", "unsafe"), node.respond("answer", "never")],
      edges: ["event -> fails", "fails -> answer"],
    });
    const answer = await deliver(server, hook, { id: "1" });
    expect(answer).toMatchObject({ status: 200, json: ids });
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({
      status: 200,
      json: { ...(answer.json as object), duplicate: true },
    });
  });

  it("keeps its sender no longer than its hook says, and gives the answer to whoever asks again", async () => {
    const hook = await publish({
      nodes: [node.delay("pause", hourMs), node.respond("answer", { late: true })],
      edges: ["event -> pause", "pause -> answer"],
      answer: { answerWithinMs: 4_000 },
    });
    const waiting = follow(deliver(server, hook, { id: "1" }));
    const run = await runOf(hook);
    await server.reaches(run, "waiting");
    server.advance(3_999);
    expect(waiting.answer).toBeNull();
    server.advance(1);
    expect(await waiting.done).toMatchObject({ status: 202, json: { ...ids, run }, headers: { "x-patchbay-run": run } });

    // A sender that asks again before the answer waits as long once more.
    const again = follow(deliver(server, hook, { id: "1" }));
    await sendersWait(1);
    expect(again.answer).toBeNull();
    server.advance(4_000);
    expect(await again.done).toMatchObject({ status: 202, json: { ...ids, run, duplicate: true } });

    server.advance(hourMs);
    await server.reaches(run);
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 200, text: '{"late":true}' });
  });

  it("gives all who wait for one run its one answer", async () => {
    const hook = await publish({
      nodes: [node.delay("pause", 10_000), node.respond("answer", "for all")],
      edges: ["event -> pause", "pause -> answer"],
      answer: { answerWithinMs: 30_000 },
    });
    const senders = ["first", "second", "third"].map(() => follow(deliver(server, hook, { id: "same" })));
    const run = await runOf(hook);
    await server.reaches(run, "waiting");
    await sendersWait(3);
    expect(senders.map(({ answer }) => answer)).toEqual([null, null, null]);
    server.advance(10_000);
    const answers = await Promise.all(senders.map(({ done }) => done));
    expect(answers.map(({ status, text }) => ({ status, text }))).toEqual(answers.map(() => ({ status: 200, text: "for all" })));
    expect(new Set(answers.map(({ headers }) => headers["x-patchbay-run"]))).toEqual(new Set([run]));
    expect(await server.pair.sql.read("SELECT id FROM runs WHERE flow_id = $1", [hook.flow])).toHaveLength(1);
  });

  it("does not keep its sender at all where the hook says 0", async () => {
    const hook = await publish({
      nodes: [node.delay("pause", hourMs), node.respond("answer", "late")],
      edges: ["event -> pause", "pause -> answer"],
      answer: { answerWithinMs: 0, status: 202 },
    });
    expect(await deliver(server, hook, { id: "1" })).toMatchObject({ status: 202, json: ids });
  });

  it("answers a sender that comes back after a restart, from what is on disk", async () => {
    const nodes = [node.respond("answer", { kept: "{{trigger.body.n}}" }, 203)];
    const hook = await publish({ nodes, edges: ["event -> answer"] });
    const first = await deliver(server, hook, { id: "1", body: '{"n":1}' });
    await server.restart();
    const second = await deliver(server, hook, { id: "1", body: '{"n":1}' });
    expect(second).toMatchObject({ status: 203, text: '{"kept":1}' });
    expect(second.headers["x-patchbay-run"]).toBe(first.headers["x-patchbay-run"]);
  });
});

function follow(pending: Promise<Answer>): { done: Promise<Answer>; readonly answer: Answer | null } {
  let answer: Answer | null = null;
  const done = pending.then((came) => {
    answer = came;
    return came;
  });
  return {
    done,
    get answer() {
      return answer;
    },
  };
}

/** The run of a delivery whose sender has no answer yet. */
async function runOf({ flow }: TestHook): Promise<string> {
  const find = async () => (await server.pair.sql.read<{ id: string }>("SELECT id FROM runs WHERE flow_id = $1", [flow]))[0]?.id;
  return expect
    .poll(find)
    .toMatch(/^run_/)
    .then(async () => (await find()) ?? "");
}

/** Settles when so many senders are kept waiting. */
async function sendersWait(count: number): Promise<void> {
  await expect.poll(() => server.waitingSenders).toBe(count);
}

describe("waitForAnswer", () => {
  it("lets the sender go when the journal cannot be read: its event is on disk", async () => {
    const { engine, bus } = server.pair;
    const broken = { ...engine, state: () => Promise.reject(new AppError("unavailable", "the disk is gone")) };
    const callOffs: number[] = [];
    const setTimer = (ms: number) => () => void callOffs.push(ms);
    const waiter = waitForAnswer({ engine: broken, bus, setTimer }, "run_1", 1_000);
    waiter.look();
    expect(await waiter.answer).toEqual({ outcome: "timed-out" });
    expect(callOffs).toEqual([1_000]);
  });
});
