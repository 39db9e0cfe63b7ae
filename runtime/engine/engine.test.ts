import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { node, startTestEngine, type TestEngine } from "../testing/test-engine.ts";

let engine: TestEngine;
beforeEach(async () => {
  engine = await startTestEngine();
});
afterEach(() => engine.close());

const { start, transform, branch, delay, respond, call } = node;
const statuses = async (run: string) => {
  const { steps } = await engine.view(run);
  return Object.fromEntries(Object.values(steps).map((step) => [step.node, step.status]));
};

describe("the graph", () => {
  it("runs pure steps to the end and keeps the type of a whole template", async () => {
    const flow = await engine.publish(
      [
        start(),
        transform("double", { list: "{{trigger.body.list}}", text: "n={{trigger.body.n}}" }),
        respond("answer", "{{steps.double.output.list}}"),
      ],
      ["start -> double", "double -> answer"],
    );
    const run = await engine.start(flow, { list: [1, { a: 2 }], n: 7 });
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded", answer: { node: "answer", status: 200 } });
    expect(await engine.output(run, "double")).toEqual({ list: [1, { a: 2 }], text: "n=7" });
    expect(await engine.output(run, "answer")).toEqual({ status: 200, headers: {}, body: [1, { a: 2 }] });
  });

  it("takes one side of a branch, skips the other and joins without a special node", async () => {
    const flow = await engine.publish(
      [
        start(),
        branch("check", "{{trigger.body.kind}}", "a"),
        transform("yes", 1),
        transform("no", 2),
        transform("join", "{{steps.yes.output}}"),
      ],
      ["start -> check", "check:true -> yes", "check:false -> no", "yes -> join", "no -> join"],
    );
    const run = await engine.start(flow, { kind: "a" });
    await engine.reaches(run);
    expect(await statuses(run)).toEqual({
      start: "succeeded",
      check: "succeeded",
      yes: "succeeded",
      no: "skipped",
      join: "succeeded",
    });
    expect(await engine.output(run, "join")).toBe(1);
  });

  it("starts a call once when another node is settled in the same turn", async () => {
    const flow = await engine.publish(
      [start(), branch("check", "{{trigger.body.kind}}", "a"), call("yes", "unsafe"), transform("no", 2), transform("side", 3)],
      ["start -> check", "check:true -> yes", "check:false -> no", "check:true -> side"],
    );
    const run = await engine.start(flow, { kind: "a" });
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
    expect(engine.upstream.requests).toHaveLength(1);
    expect((await engine.view(run)).steps.yes?.attempts).toHaveLength(1);
  });

  it("runs independent branches at the same time", async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    engine.upstream.always({ after: gate });
    const flow = await engine.publish([start(), call("one", "read"), call("two", "unsafe")], ["start -> one", "start -> two"]);
    const run = await engine.start(flow);
    await engine.upstream.received(2);
    expect(await statuses(run)).toMatchObject({ one: "running", two: "running" });
    open();
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
  });

  it("takes the error port of a step that failed, and succeeds", async () => {
    engine.upstream.next({ status: 404, body: { why: "gone" } });
    const flow = await engine.publish(
      [start(), call("get", "read"), transform("after", 1), transform("rescue", "{{steps.get.error.code}}")],
      ["start -> get", "get -> after", "get:error -> rescue"],
    );
    const run = await engine.start(flow);
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
    expect(await statuses(run)).toMatchObject({ get: "failed", after: "skipped", rescue: "succeeded" });
    expect(await engine.output(run, "rescue")).toBe("rejected");
  });

  it("fails the run when no edge takes the error: siblings are canceled, the rest skipped", async () => {
    engine.upstream.always((request) => (request.path === "/read" ? { hang: true } : { status: 400 }));
    const flow = await engine.publish(
      [start(), call("slow", "read"), call("bad", "unsafe"), transform("later", 1)],
      ["start -> slow", "start -> bad", "slow -> later"],
    );
    const run = await engine.start(flow);
    const view = await engine.reaches(run);
    expect(view).toMatchObject({ status: "failed", error: { code: "rejected", node: "bad" } });
    expect(await statuses(run)).toMatchObject({ slow: "canceled", bad: "failed", later: "skipped" });
  });

  it("treats a node called constructor as data", async () => {
    const flow = await engine.publish(
      [start(), transform("constructor", "{{trigger.body.__proto__}}")],
      ["start -> constructor"],
    );
    const run = await engine.start(flow, {});
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
    expect(await engine.output(run, "constructor")).toBeNull();
  });
});

describe("calls", () => {
  it("sends an unsafe call only after its intent is on disk", async () => {
    const flow = await engine.publish([start(), call("make", "unsafe")], ["start -> make"]);
    const open = engine.holdWrites();
    const run = await engine.start(flow);
    await until(() => engine.worker.active === 1);
    await turns(20);
    expect(engine.upstream.requests).toHaveLength(0);
    open();
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
    expect(engine.upstream.requests).toHaveLength(1);
  });

  it("sends no call that has only begun when the run fails in the same turn", async () => {
    const flow = await engine.publish([start(), call("pay", "unsafe"), delay("bad", "never")], ["start -> pay", "start -> bad"]);
    const run = await engine.start(flow);
    expect(await engine.reaches(run)).toMatchObject({ status: "failed", error: { node: "bad" } });
    expect(await statuses(run)).toMatchObject({ pay: "canceled", bad: "failed" });
    expect(engine.upstream.requests).toHaveLength(0);
  });

  it("journals the intent of a call before the upstream hears of it", async () => {
    engine.upstream.always({ after: new Promise((resolve) => setImmediate(resolve)) });
    const flow = await engine.publish([start(), call("make", "unsafe")], ["start -> make"]);
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    expect((await engine.entries(run)).map((entry) => entry.kind)).toContain("attempt-started");
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
  });

  it("retries after the backoff, with a new key after a definite answer", async () => {
    engine.upstream.next({ status: 503 });
    const flow = await engine.publish([start(), call("get", "keyed")], ["start -> get"]);
    const run = await engine.start(flow);
    const waiting = await engine.reaches(run, "waiting");
    expect(waiting.steps.get).toMatchObject({ status: "waiting", reason: "retry", until: engine.clock() + 1_000 });
    engine.advance(999);
    expect(engine.upstream.requests).toHaveLength(1);
    engine.advance(1);
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
    const [first, second] = engine.upstream.requests;
    expect(second?.text).toBe(first?.text);
    expect([...engine.upstream.countBy("idempotency-key").values()]).toEqual([1, 1]);
  });

  it("keeps the key when nothing was sent or the outcome is unknown", async () => {
    engine.upstream.next({ cut: "after-reading" });
    const flow = await engine.publish([start(), call("get", "keyed")], ["start -> get"]);
    const run = await engine.start(flow);
    await engine.reaches(run, "waiting");
    engine.advance(1_000);
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
    expect([...engine.upstream.countBy("idempotency-key").values()]).toEqual([2]);
  });

  it("obeys Retry-After when it is longer than the backoff", async () => {
    engine.upstream.next({ status: 429, headers: { "retry-after": "30" } });
    const flow = await engine.publish([start(), call("get", "unsafe")], ["start -> get"]);
    const run = await engine.start(flow);
    expect((await engine.reaches(run, "waiting")).steps.get?.until).toBe(engine.clock() + 30_000);
  });

  it("gives up after the last attempt and says why", async () => {
    engine.upstream.always({ status: 500, body: { message: "broken" } });
    const flow = await engine.publish([start(), call("get", "read")], ["start -> get"]);
    const run = await engine.start(flow);
    await engine.reaches(run, "waiting");
    engine.advance(1_000);
    await engine.upstream.received(2);
    await engine.reaches(run, "waiting");
    engine.advance(2_000);
    const view = await engine.reaches(run);
    expect(view).toMatchObject({ status: "failed", error: { code: "server_error", node: "get" } });
    expect(view.steps.get?.attempts.map(({ httpStatus }) => httpStatus)).toEqual([500, 500, 500]);
  });

  it("asks a person when an unsafe call may or may not have been performed", async () => {
    engine.upstream.next({ cut: "after-reading" });
    const flow = await engine.publish([start(), call("pay", "unsafe")], ["start -> pay"]);
    const run = await engine.start(flow);
    expect((await engine.reaches(run, "waiting")).steps.pay).toMatchObject({ reason: "outcome-unknown", until: null });
    await engine.pair.engine.signal(run, { kind: "decide-outcome", step: "pay", decision: "send-again", by: "usr_1" });
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
    const attempts = (await engine.view(run)).steps.pay?.attempts ?? [];
    expect(attempts.map(({ group, idempotencyKey }) => [group, idempotencyKey])).toEqual([
      [1, `${run}/pay/1`],
      [1, `${run}/pay/1`],
    ]);
  });

  it("fails the step when the person says so", async () => {
    engine.upstream.next({ cut: "after-reading" });
    const flow = await engine.publish([start(), call("pay", "unsafe")], ["start -> pay"]);
    const run = await engine.start(flow);
    await engine.reaches(run, "waiting");
    await engine.pair.engine.signal(run, { kind: "decide-outcome", step: "pay", decision: "fail", by: "usr_1" });
    expect(await engine.reaches(run)).toMatchObject({ status: "failed", error: { code: "outcome_unknown" } });
    expect(engine.upstream.requests).toHaveLength(1);
  });

  it("fails on a required input that no template filled, without a call", async () => {
    const flow = await engine.publish(
      [start(), call("get", "read", { inputs: { value: "{{trigger.body.it}}" } })],
      ["start -> get"],
    );
    const run = await engine.start(flow, { it: {} });
    expect(await engine.reaches(run)).toMatchObject({ status: "failed", error: { code: "invalid_input" } });
    expect(engine.upstream.requests).toHaveLength(0);
  });
});

describe("waiting, canceling, resuming", () => {
  it("parks a delay and goes on when its time has come", async () => {
    const flow = await engine.publish(
      [start(), delay("wait", "{{trigger.body.ms}}"), transform("after", 1)],
      ["start -> wait", "wait -> after"],
    );
    const run = await engine.start(flow, { ms: 60_000 });
    expect((await engine.reaches(run, "waiting")).steps.wait).toMatchObject({ status: "waiting", reason: "delay" });
    expect(await engine.pair.queue.nextDue()).toBe(engine.clock() + 60_000);
    engine.advance(60_000);
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
  });

  it("goes on with a due delay while another branch still runs", async () => {
    let open: () => void = () => {};
    engine.upstream.always({
      after: new Promise<void>((resolve) => {
        open = resolve;
      }),
    });
    const flow = await engine.publish(
      [start(), call("slow", "read"), delay("wait", 1_000), call("quick", "idempotent")],
      ["start -> slow", "start -> wait", "wait -> quick"],
    );
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    engine.advance(1_000);
    await engine.upstream.received(2);
    open();
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
  });

  it("cancels a waiting run, and says who did", async () => {
    const flow = await engine.publish(
      [start(), delay("wait", 60_000), transform("after", 1)],
      ["start -> wait", "wait -> after"],
    );
    const run = await engine.start(flow);
    await engine.reaches(run, "waiting");
    await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" });
    expect(await engine.reaches(run)).toMatchObject({ status: "canceled", cancelRequested: true });
    expect(await statuses(run)).toMatchObject({ wait: "canceled", after: "skipped" });
    expect(await engine.entries(run)).toContainEqual(expect.objectContaining({ kind: "cancel-requested", by: "usr_1" }));
  });

  it("cancels a running call", async () => {
    engine.upstream.always({ hang: true });
    const flow = await engine.publish([start(), call("slow", "read")], ["start -> slow"]);
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" });
    expect(await engine.reaches(run)).toMatchObject({ status: "canceled" });
    expect(await statuses(run)).toMatchObject({ slow: "canceled" });
  });

  it("cancels a run at whatever moment the signal comes", { timeout: 20_000 }, async () => {
    engine.upstream.always({ hang: true });
    const flow = await engine.publish([start(), call("slow", "idempotent")], ["start -> slow"]);
    for (let moment = 0; moment < 25; moment += 1) {
      const run = await engine.start(flow);
      await turns(moment);
      expect(await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" })).toBe("left");
      expect(await engine.reaches(run)).toMatchObject({ status: "canceled" });
      expect(await engine.pair.engine.signals(run)).toEqual([]);
    }
  });

  it("says that a canceled call may have been performed", async () => {
    engine.upstream.always({ hang: true });
    const flow = await engine.publish([start(), call("pay", "unsafe")], ["start -> pay"]);
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" });
    const view = await engine.reaches(run);
    expect(view.steps.pay?.attempts).toMatchObject([{ status: "failed", outcome: "canceled" }]);
  });

  it("gives the answer while a sibling still runs", async () => {
    engine.upstream.always({ hang: true });
    const flow = await engine.publish(
      [start(), call("slow", "read"), respond("answer", "now")],
      ["start -> slow", "start -> answer"],
    );
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    await until(async () => (await engine.pair.engine.state(run))?.answerEntry !== null);
    expect(await engine.pair.engine.state(run)).toMatchObject({ status: "running" });
  });

  it("cancels a run that is still queued", async () => {
    const flow = await engine.publish([start(), call("get", "read")], ["start -> get"]);
    await engine.worker.stop(0);
    const run = await engine.start(flow);
    await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" });
    await engine.replaceWorker();
    expect(await engine.reaches(run)).toMatchObject({ status: "canceled" });
    expect(engine.upstream.requests).toHaveLength(0);
  });

  it("repeats only the call in flight after its worker is lost, with the same key", async () => {
    engine.upstream.always((request) =>
      request.path === "/idempotent" && engine.upstream.requests.length < 3 ? { hang: true } : {},
    );
    const flow = await engine.publish(
      [start(), call("first", "keyed"), call("second", "idempotent"), transform("after", "{{steps.first.output.ok}}")],
      ["start -> first", "first -> second", "second -> after"],
    );
    engine.upstream.next({ body: { ok: true } });
    const run = await engine.start(flow);
    await engine.upstream.received(2);
    await engine.replaceWorker();
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded", resumes: 1 });
    expect(engine.upstream.requests.map(({ path }) => path)).toEqual(["/keyed", "/idempotent", "/idempotent"]);
    const attempts = (await engine.view(run)).steps.second?.attempts ?? [];
    expect(new Set(attempts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it("asks about an unsafe call in flight after its worker is lost", async () => {
    engine.upstream.always({ hang: true });
    const flow = await engine.publish([start(), call("pay", "unsafe")], ["start -> pay"]);
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    await engine.replaceWorker();
    expect((await engine.reaches(run, "waiting")).steps.pay).toMatchObject({ reason: "outcome-unknown" });
    expect(engine.upstream.requests).toHaveLength(1);
  });
});

describe("faults of ours", () => {
  it("goes on with a run whose result could not be written, as soon as it can", async () => {
    let answer: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    engine.upstream.next({ after: answered });
    const flow = await engine.publish([start(), call("get", "keyed"), transform("after", 1)], ["start -> get", "get -> after"]);
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    const unlock = await engine.lockDatabase();
    answer();
    await until(() => engine.worker.active === 0);
    for (let tries = 0; tries < 3; tries += 1) {
      engine.advance(500);
      await turns(10);
    }
    await unlock();
    engine.advance(500);
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded", resumes: 1 });
    expect([...engine.upstream.countBy("idempotency-key").values()]).toEqual([2]);
  });

  it("takes up the runs of the last process even when the database is busy at first", async () => {
    engine.upstream.next({ hang: true });
    const flow = await engine.publish([start(), call("get", "idempotent")], ["start -> get"]);
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    const unlock = await engine.lockDatabase();
    await engine.replaceWorker();
    await turns(10);
    await unlock();
    // Long enough for the last process to count as dead.
    engine.advance(3_500);
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded", resumes: 1 });
  });

  it("goes on with a run whose step could not read what it needs, when the database answers again", async () => {
    const mend = engine.breakReads();
    const flow = await engine.publish([start(), call("get", "read", { connection: "con_none" })], ["start -> get"]);
    const run = await engine.start(flow);
    await until(() => engine.reports.length === 1 && engine.worker.active === 0);
    expect(await engine.pair.engine.state(run)).toMatchObject({ status: "running" });
    mend();
    engine.advance(500);
    expect(await engine.reaches(run)).toMatchObject({ status: "failed", error: { code: "connection_missing" } });
    expect(engine.reports).toMatchObject([{ code: "unavailable" }]);
  });

  it("asks nobody about an unsafe call that was not sent because the database did not answer, and sends it later", async () => {
    engine.breakCall();
    const flow = await engine.publish([start(), call("post", "unsafe")], ["start -> post"]);
    const run = await engine.start(flow);
    await until(() => engine.reports.length === 1 && engine.worker.active === 0);
    await until(async () => (await engine.pair.engine.state(run))?.status === "waiting");
    expect((await engine.view(run)).steps.post).toMatchObject({ status: "waiting", reason: "retry" });
    engine.advance(1_000);
    const view = await engine.reaches(run);
    expect(view.steps.post).toMatchObject({
      status: "succeeded",
      attempts: [
        { attempt: 1, group: 1 },
        { attempt: 2, group: 1 },
      ],
    });
    expect(engine.upstream.requests).toHaveLength(1);
  });

  it("goes on with a run that was begun without its worker learning of it", async () => {
    engine.loseBegin();
    const run = await engine.start(await engine.publish([start(), transform("t", 1)], ["start -> t"]));
    await until(async () => (await engine.pair.engine.state(run))?.status === "running" && engine.worker.active === 0);
    engine.advance(500);
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded" });
  });

  it("takes a signal that could not be read when the database answers again, and goes on meanwhile", async () => {
    engine.upstream.next({ hang: true });
    const run = await engine.start(await engine.publish([start(), call("get", "read")], ["start -> get"]));
    await engine.upstream.received(1);
    const mend = engine.breakReads();
    expect(await engine.pair.engine.signal(run, { kind: "cancel", by: "usr_1" })).toBe("left");
    await turns(50);
    expect(engine.worker.active).toBe(1);
    mend();
    engine.advance(500);
    expect(await engine.reaches(run)).toMatchObject({ status: "canceled", resumes: 0 });
    expect(engine.reports).toEqual([]);
  });

  it("begins nothing that it was handed while it stopped", async () => {
    const release = engine.holdClaims();
    const run = await engine.start(await engine.publish([start(), transform("t", 1)], ["start -> t"]));
    await turns(10);
    await engine.worker.stop(0);
    release();
    await turns(200);
    expect(await engine.pair.engine.state(run)).toMatchObject({ status: "queued" });
    await engine.replaceWorker();
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded", resumes: 0 });
  });

  it("fails a run whose version cannot be loaded, once, and carries the others on", async () => {
    const broken = await engine.publish([start(), transform("t", 1)], ["start -> t"]);
    const good = await engine.publish([start(), transform("t", 1)], ["start -> t"]);
    await engine.worker.stop(0);
    const [brokenRun, goodRun] = [await engine.start(broken), await engine.start(good)];
    await engine.pair.sql.commit([{ text: `UPDATE runs SET flow_version_id = 'ver_gone' WHERE id = $1`, params: [brokenRun] }]);
    await engine.replaceWorker();
    expect(await engine.reaches(goodRun)).toMatchObject({ status: "succeeded" });
    expect(await engine.reaches(brokenRun)).toMatchObject({ status: "failed", error: { code: "internal" } });
    expect(engine.reports).toHaveLength(1);
  });

  it("puts a run that cannot be read aside, and carries the others on", async () => {
    const flow = await engine.publish([start(), delay("wait", 1_000)], ["start -> wait"]);
    const [bad, good] = [await engine.start(flow), await engine.start(flow)];
    await Promise.all([engine.reaches(bad, "waiting"), engine.reaches(good, "waiting")]);
    await engine.pair.sql.commit([
      { text: `UPDATE journal SET entry = 'no json' WHERE run_id = $1 AND number = 1`, params: [bad] },
    ]);
    engine.advance(1_000);
    expect(await engine.reaches(good)).toMatchObject({ status: "succeeded" });
    await until(async () => (await engine.pair.queue.nextDue()) === engine.clock() + 60_000);
  });

  it("lets go of a run when the server stops, and the next one goes on", async () => {
    engine.upstream.next({ hang: true });
    const flow = await engine.publish([start(), call("get", "idempotent")], ["start -> get"]);
    const run = await engine.start(flow);
    await engine.upstream.received(1);
    const stopped = engine.worker.stop(1_000);
    engine.advance(1_000);
    await stopped;
    expect(engine.worker.active).toBe(0);
    expect(await statuses(run)).toMatchObject({ get: "running" });
    await engine.replaceWorker();
    expect(await engine.reaches(run)).toMatchObject({ status: "succeeded", resumes: 1 });
  });
});

/** Lets the event loop turn until something is so; the runner's time limit is its bound. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await turns(1);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
