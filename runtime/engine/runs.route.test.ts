import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunSummary } from "../../shared/api/runs.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import type { RunStatus } from "../../shared/run/run.ts";
import { foldJournal } from "../../shared/run/run-view.ts";
import { removeMember } from "../people/members.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node, testConnector } from "../testing/test-engine.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

const hourMs = 3_600_000;

let server: TestServer;
let upstream: FakeUpstream;
let person: TestPerson;
let waits: TestHook;
let ends: TestHook;
let fails: TestHook;
let all: string[];

beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  person = await server.addPerson("Ada");
  const { workspace } = person;
  const nodes = [node.delay("pause", hourMs), node.transform("shape", "late")];
  waits = await server.publish({ workspace, name: "Waits", nodes, edges: ["event -> pause", "pause -> shape"] });
  ends = await server.publish({
    workspace,
    name: "Ends",
    nodes: [node.transform("shape", { name: "{{trigger.body.name}}" })],
    edges: ["event -> shape"],
  });
  upstream.always({ status: 422, body: { message: "no such thing" } });
  fails = await server.publish({
    workspace,
    name: "Fails",
    connector: { ...testConnector, baseUrl: upstream.url },
    nodes: [node.call("ask", "unsafe")],
    edges: ["event -> ask"],
  });
  // Somebody else's runs, among them in time, never show up.
  const stranger = await server.addPerson("Eve");
  const foreign = await server.publish({ workspace: stranger.workspace, nodes: [], edges: [] });
  all = [];
  for (let index = 0; index < 5; index += 1) {
    for (const hook of [waits, ends, fails]) all.unshift(await start(hook));
    await start(foreign);
    server.advance(1);
  }
  const ids = await server.pair.sql.read<{ id: string }>("SELECT id FROM runs WHERE flow_id <> $1", [waits.flow]);
  await Promise.all(ids.map(({ id }) => server.reaches(id)));
  const paused = await server.pair.sql.read<{ id: string }>("SELECT id FROM runs WHERE flow_id = $1", [waits.flow]);
  await Promise.all(paused.map(({ id }) => server.reaches(id, "waiting")));
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

describe("the list of runs", () => {
  it("is whole, newest first, and without repeats, whatever the size of its pages", async () => {
    for (let limit = 1; limit <= all.length + 1; limit += 1)
      expect((await pages(`limit=${limit}`)).map(({ id }) => id)).toEqual(all);
  });

  it("has an end that says so, also where it falls on the end of a page", async () => {
    for (const [limit, ended] of [
      [all.length - 1, false],
      [all.length, true],
      [all.length + 1, true],
    ] as const)
      expect((await get(`/runs?limit=${limit}`)).json).toMatchObject({ next: ended ? null : expect.any(String) });
  });

  it("does not move under a reader when runs are added", async () => {
    const first = (await get("/runs?limit=6")).json as { runs: RunSummary[]; next: string };
    const added = await start(ends);
    all.unshift(added);
    await server.reaches(added);
    const rest = await pages("limit=6", first.next);
    expect([...first.runs, ...rest].map(({ id }) => id)).toEqual(all.slice(1));
  });

  it.each<RunStatus>(["waiting", "succeeded", "failed", "queued"])(
    "shows only runs that are %s when asked to",
    async (status) => {
      const found = await pages(`limit=2&status=${status}`);
      expect(found.every((run) => run.status === status)).toBe(true);
      const expected = { waiting: waits, succeeded: ends, failed: fails }[status as "waiting"];
      const everything = await pages("limit=100");
      expect(found).toEqual(everything.filter((run) => run.status === status));
      expect(new Set(found.map(({ flow }) => flow.id))).toEqual(new Set(expected ? [expected.flow] : []));
    },
  );

  it("shows only one flow's runs when asked to", async () => {
    const found = await pages(`limit=2&flow=${fails.flow}`);
    expect(found).toHaveLength(5);
    for (const run of found)
      expect(run).toMatchObject({
        flow: { id: fails.flow, name: "Fails" },
        version: 1,
        source: "webhook",
        error: { code: expect.any(String), message: expect.stringContaining("no such thing"), node: "ask" },
      });
  });
});

describe("a run", () => {
  it("comes with its version and the journal that its state is folded from", async () => {
    const [run = ""] = (await pages(`limit=1&flow=${ends.flow}`)).map(({ id }) => id);
    const { json } = await get(`/runs/${run}`);
    expect(json).toMatchObject({
      run: { id: run, status: "succeeded", flow: { name: "Ends" } },
      version: { number: 1, connectors: [], document: { nodes: [{ id: "event" }, { id: "shape" }] } },
    });
    const { entries } = json as unknown as { entries: JournalEntry[] };
    expect(foldJournal(entries)).toMatchObject({ status: "succeeded", length: entries.length });
    expect(JSON.stringify(json)).not.toContain("Mira");
  });

  it("names its connectors and endpoints, and no more of them", async () => {
    const [run = ""] = (await pages(`limit=1&flow=${fails.flow}`)).map(({ id }) => id);
    const { json } = await get(`/runs/${run}`);
    const endpoints = testConnector.endpoints.map(({ key, name, method, path }) => ({ key, name, method, path }));
    expect(json).toMatchObject({ version: { connectors: [{ key: "upstream", name: "Upstream", endpoints }] } });
    expect(JSON.stringify(json)).not.toContain(upstream.url);
  });

  it("gives the values of one entry by its number, and of none that it does not have", async () => {
    const [run = ""] = (await pages(`limit=1&flow=${ends.flow}`)).map(({ id }) => id);
    const view = foldJournal((await server.pair.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry));
    const number = view.steps.shape?.outputEntry;
    expect((await get(`/runs/${run}/entries/${number}`)).json).toMatchObject({
      entry: { number, node: "shape" },
      values: { output: { name: "Mira" } },
    });
    for (const missing of [view.length + 1, 999_999])
      expect(await get(`/runs/${run}/entries/${missing}`)).toMatchObject({ status: 404 });
    for (const odd of ["0", "-1", "1.5", "x"]) expect(await get(`/runs/${run}/entries/${odd}`)).toMatchObject({ status: 400 });
  });
});

describe("those whom a run's journal names", () => {
  const people = async (run: string) => ((await get(`/runs/${run}`)).json as { people?: unknown }).people;
  async function canceledBy(by: string): Promise<string> {
    const run = await start(waits);
    await server.reaches(run, "waiting");
    await server.pair.engine.signal(run, { kind: "cancel", by });
    await server.reaches(run);
    return run;
  }

  it("come with their names as long as they are in the workspace", async () => {
    const ben = await server.addPerson("Ben", { workspace: person.workspace });
    const run = await canceledBy(ben.id);
    expect(await people(run)).toEqual({ [ben.id]: "Ben" });
    await removeMember(server.pair.sql, { workspace: person.workspace, person: ben.id });
    expect(await people(run)).toEqual({ [ben.id]: null });
  });

  it("are no strangers, and nobody who is no person", async () => {
    const mallory = await server.addPerson("Mallory");
    expect(await people(await canceledBy(mallory.id))).toEqual({ [mallory.id]: null });
    expect(await people(await canceledBy("concurrency"))).toEqual({});
  });
});

describe("canceling", () => {
  it("ends a run that waits, once; what has ended cannot be canceled", async () => {
    const run = await start(waits);
    await server.reaches(run, "waiting");
    expect(await post(`/runs/${run}/cancel`)).toMatchObject({ status: 200, text: "{}" });
    expect(await server.reaches(run)).toBe("canceled");
    const view = foldJournal((await server.pair.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry));
    expect(view).toMatchObject({ status: "canceled", steps: { pause: { status: "canceled" }, shape: { status: "skipped" } } });
    expect(await post(`/runs/${run}/cancel`)).toMatchObject({ status: 409, json: { error: { code: "conflict" } } });
    const [entry] = (await server.pair.engine.journal(run, 0, { bare: true })).filter(
      ({ entry: e }) => e.kind === "cancel-requested",
    );
    expect(entry?.entry).toMatchObject({ by: expect.stringMatching(/^usr_/) });
  });

  it.each(["succeeded", "failed"])("is a conflict for a run that has %s, and leaves it as it is", async (status) => {
    const [run = ""] = (await pages(`limit=1&status=${status}`)).map(({ id }) => id);
    const before = await get(`/runs/${run}`);
    expect(await post(`/runs/${run}/cancel`)).toMatchObject({ status: 409, json: { error: { code: "conflict" } } });
    expect((await get(`/runs/${run}`)).text).toBe(before.text);
  });

  it("asked for twice at once ends the run once", async () => {
    const run = await start(waits);
    await server.reaches(run, "waiting");
    const answers = await Promise.all([post(`/runs/${run}/cancel`), post(`/runs/${run}/cancel`)]);
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(await server.reaches(run)).toBe("canceled");
    const kinds = (await server.pair.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry.kind);
    expect(kinds.filter((kind) => kind === "run-finished")).toHaveLength(1);
  });
});

describe("deciding an unknown outcome", () => {
  it("needs a decision that there is, and changes nothing for a step that asks nothing", async () => {
    const run = await start(waits);
    await server.reaches(run, "waiting");
    expect(await post(`/runs/${run}/steps/pause/outcome`, { decision: "maybe" })).toMatchObject({ status: 400 });
    expect(await post(`/runs/${run}/steps/pause/outcome`)).toMatchObject({ status: 400 });
    expect(await post(`/runs/${run}/steps/pause/outcome`, { decision: "fail" })).toMatchObject({ status: 409 });
    expect(await server.pair.engine.signals(run)).toEqual([]);
    expect(await server.pair.engine.state(run)).toMatchObject({ status: "waiting" });
    server.advance(hourMs);
    expect(await server.reaches(run)).toBe("succeeded");
  });
});

async function start(hook: TestHook): Promise<string> {
  const answer = await deliver(server, hook, { id: `d ${server.ids.next("dlv")}`, body: '{"name":"Mira"}' });
  expect(answer.status).toBe(200);
  return String(answer.headers["x-patchbay-run"]);
}

function get(path: string): Promise<Answer> {
  return ask(`${server.url}/api/v1${path}`, { headers: { Cookie: person.cookie } });
}

function post(path: string, body?: object): Promise<Answer> {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1${path}`, { method: "POST", headers, ...(body && { body: JSON.stringify(body) }) });
}

/** All pages of the list, from `before` on. */
async function pages(query: string, before: string | null = null): Promise<RunSummary[]> {
  const found: RunSummary[] = [];
  for (let next = before, first = true; first || next !== null; first = false) {
    const answer = await get(`/runs?${query}${next === null ? "" : `&before=${next}`}`);
    const page = answer.json as unknown as { runs: RunSummary[]; next: string | null };
    expect(answer.status).toBe(200);
    found.push(...page.runs);
    next = page.next;
  }
  return found;
}
