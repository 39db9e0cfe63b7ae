import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RunHint, RunStreamMessage } from "../../shared/api/live.ts";
import type { Json } from "../../shared/json.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { ask, deliver, type EventStream, openStream } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const hourMs = 3_600_000;
const secretValue = "VALUE-THAT-ONLY-STEPS-MAY-SEE";

let server: TestServer;
let person: TestPerson;
let stranger: TestPerson;
let hook: TestHook;
const open: EventStream[] = [];

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
  stranger = await server.addPerson("Eve");
  hook = await publishPausing(person);
});
afterEach(() => {
  for (const stream of open.splice(0)) stream.close();
});
afterAll(() => server.close());

describe("a run's stream", () => {
  it("gives the whole journal, each entry under its number, to the one that says the run has finished", async () => {
    const run = await finishedRun("whole");
    const stream = await follow(run);
    expect(stream.headers).toMatchObject({ "content-type": "text/event-stream", "x-accel-buffering": "no" });
    const events = await stream.until(hasFinished);
    expect(events.map(({ event }) => event)).toEqual(events.map(() => "entry"));
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => String(index + 1)));
    const entries = events.map(({ data }) => RunStreamMessage.parse(data));
    expect(entries).toEqual((await server.pair.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry));
    expect(foldJournal(entries)).toMatchObject({ status: "succeeded", steps: { shape: { status: "succeeded" } } });
  });

  it("goes on after any entry that a browser has seen, with nothing left out and nothing twice", async () => {
    const run = await finishedRun("resumed");
    const all = (await (await follow(run)).until(hasFinished)).map(({ id }) => id);
    for (let seen = 0; seen < all.length; seen += 1) {
      const rest = all.slice(seen);
      const byHeader = await follow(run, { "Last-Event-ID": String(seen) });
      expect((await byHeader.until(hasFinished)).map(({ id }) => id)).toEqual(rest);
      const byQuery = await follow(run, {}, `?after=${seen}`);
      expect((await byQuery.until(hasFinished)).map(({ id }) => id)).toEqual(rest);
    }
    // The header is newer than the address: EventSource reconnects to the same one.
    const both = await follow(run, { "Last-Event-ID": "3" }, "?after=1");
    expect((await both.until(hasFinished))[0]?.id).toBe("4");
  });

  it.each(["-1", "1.5", "x", "", "99999999999", "1 OR 1=1"])(
    "begins at the beginning when told to go on after %j",
    async (last) => {
      const run = await finishedRun(`odd-${last.replace(/\W+/g, "-")}-number`);
      expect((await (await follow(run, { "Last-Event-ID": last })).until(hasFinished))[0]?.id).toBe("1");
    },
  );

  it("sends what happens while it is open, and only that after a break", async () => {
    const run = await startRun("live");
    const [whole, before] = [await follow(run), await follow(run)];
    await whole.until(({ events }) => events.some(({ data }) => object(data).kind === "step-waiting"));
    await before.until(({ events }) => events.some(({ data }) => object(data).kind === "step-waiting"));
    const seen = before.events.at(-1)?.id ?? "";
    before.close();
    const after = await follow(run, { "Last-Event-ID": seen });
    await after.until(({ text }) => text.includes(": still here"));
    expect(after.events).toEqual([]);
    server.advance(hourMs);
    const events = await after.until(hasFinished);
    expect(events.map(({ id }) => Number(id))).toEqual(events.map((_, index) => Number(seen) + 1 + index));
    const uninterrupted = await whole.until(hasFinished);
    expect(uninterrupted.map(({ id }) => Number(id))).toEqual(uninterrupted.map((_, index) => index + 1));
  });

  it("has no value of any step in it", async () => {
    const run = await finishedRun("values");
    const stream = await follow(run);
    await stream.until(hasFinished);
    expect(stream.text).not.toContain(secretValue);
    const records = await server.pair.engine.journal(run, 0, { bare: false });
    expect(JSON.stringify(records)).toContain(secretValue);
  });

  it("is only for who is signed in to the run's workspace", async () => {
    const run = await finishedRun("private");
    const path = `${server.url}/api/v1/live/runs/${run}`;
    expect(await ask(path)).toMatchObject({ status: 401, json: { error: { code: "unauthenticated" } } });
    expect(await ask(path, { headers: { Cookie: stranger.cookie } })).toMatchObject({ status: 404 });
    const unknown = await ask(`${server.url}/api/v1/live/runs/run_unknown`, { headers: { Cookie: person.cookie } });
    expect(unknown).toMatchObject({ status: 404, json: { error: { code: "not_found" } } });
  });
});

describe("the workspace's stream", () => {
  const connect = async (who: TestPerson) => {
    const stream = await openStream(`${server.url}/api/v1/live/workspace`, { Cookie: who.cookie });
    open.push(stream);
    await stream.until(({ text }) => text.includes(": connected"));
    return stream;
  };

  it("says which runs have changed and how they stand, and nothing more", async () => {
    const [mine, theirs] = [await connect(person), await connect(stranger)];
    const run = await startRun("hinted");
    await mine.until(({ events }) => events.some(({ data }) => object(data).run === run && object(data).status === "waiting"));
    server.advance(hourMs);
    await mine.until(({ events }) => events.some(({ data }) => object(data).run === run && object(data).status === "succeeded"));
    const hints = mine.events.filter(({ event }) => event === "hint");
    expect(mine.events.filter(({ event }) => event !== "hint")).toEqual([
      { event: "event", id: null, data: { event: expect.stringMatching(/^evt_/), flow: hook.flow } },
    ]);
    for (const { data } of hints) {
      expect(RunHint.strict().parse(data)).toMatchObject({ flow: hook.flow });
    }
    expect(theirs.events).toEqual([]);
    expect(mine.text).not.toContain(secretValue);
  });

  it("says that something was refused, not what", async () => {
    const [mine, theirs] = [await connect(person), await connect(stranger)];
    await deliver(server, { ...hook, secret: "another" }, { id: "refused" });
    await mine.until(({ events }) => events.some(({ event }) => event === "refusal"));
    expect(mine.events).toEqual([{ event: "refusal", id: null, data: {} }]);
    expect(theirs.events).toEqual([]);
  });

  it("says at most fifty things at a time, however much happens", async () => {
    const mine = await connect(person);
    const runs = Array.from({ length: 120 }, (_, index) => `run_${index}`);
    for (const run of runs)
      server.pair.bus.publish({
        topic: "run",
        workspace: person.workspace,
        flow: hook.flow,
        run,
        status: "running",
        length: 1,
        answered: false,
      });
    await mine.until(({ events }) => events.length > 0);
    expect(mine.events.map(({ data }) => object(data).run)).toEqual(runs.slice(-50));
  });

  it("needs a session", async () => {
    expect(await ask(`${server.url}/api/v1/live/workspace`)).toMatchObject({ status: 401 });
  });
});

function publishPausing({ workspace }: TestPerson): Promise<TestHook> {
  return server.publish({
    workspace,
    nodes: [node.delay("pause", hourMs), node.transform("shape", "{{trigger.body.value}}")],
    edges: ["event -> pause", "pause -> shape"],
  });
}

async function startRun(id: string): Promise<string> {
  const answer = await deliver(server, hook, { id, body: JSON.stringify({ value: secretValue }) });
  expect(answer.status).toBe(200);
  return String(object(answer.json).run);
}

async function finishedRun(id: string): Promise<string> {
  const run = await startRun(id);
  await server.reaches(run, "waiting");
  server.advance(hourMs);
  expect(await server.reaches(run)).toBe("succeeded");
  return run;
}

async function follow(run: string, headers: Record<string, string> = {}, query = ""): Promise<EventStream> {
  const stream = await openStream(`${server.url}/api/v1/live/runs/${run}${query}`, { Cookie: person.cookie, ...headers });
  open.push(stream);
  return stream;
}

function hasFinished({ events }: EventStream): boolean {
  return events.some(({ data }) => object(data).kind === "run-finished");
}

function object(json: Json): Record<string, Json> {
  return json as Record<string, Json>;
}
