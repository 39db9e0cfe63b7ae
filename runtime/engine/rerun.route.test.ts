import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, ask, deliver } from "../testing/test-client.ts";
import { node } from "../testing/test-engine.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let person: TestPerson;
let stranger: TestPerson;
let fails: TestHook;
let waits: TestHook;

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
  stranger = await server.addPerson("Eve");
  const { workspace } = person;
  fails = await server.publish({ workspace, name: "Fails", nodes: [node.delay("bad", "x")], edges: ["event -> bad"] });
  waits = await server.publish({ workspace, name: "Waits", nodes: [node.delay("pause", 60_000)], edges: ["event -> pause"] });
});
afterAll(() => server.close());

async function start(hook: TestHook, status: "failed" | "waiting"): Promise<string> {
  const answer = await deliver(server, hook, { id: server.ids.next("dlv") });
  const run = String(answer.headers["x-patchbay-run"]);
  await server.reaches(run, status);
  return run;
}
function get(path: string, { cookie } = person): Promise<Answer> {
  return ask(`${server.url}/api/v1${path}`, { headers: { Cookie: cookie } });
}
function post(path: string, body: object, { cookie } = person): Promise<Answer> {
  const headers = { Cookie: cookie, "X-Patchbay-Request": "1" };
  return ask(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

describe("the routes of reruns", () => {
  it("start a rerun that the list shows, with the run it came from", async () => {
    const run = await start(fails, "failed");
    const { status, json } = await post(`/runs/${run}/rerun`, { from: "failed" });
    expect(status).toBe(200);
    const { run: id } = json as { run: string };
    expect(await server.reaches(id)).toBe("failed");
    const shown = await get(`/runs/${id}`);
    expect(shown.json).toMatchObject({ run: { rerunOf: run, parent: null } });
  });

  it("are closed to other workspaces", async () => {
    const run = await start(fails, "failed");
    expect((await post(`/runs/${run}/rerun`, { from: "failed" }, stranger)).status).toBe(404);
    const preview = `/runs/${run}/rerun-preview?from=failed`;
    expect((await get(preview, stranger)).status).toBe(404);
    const all = await post("/runs/bulk", { action: "rerun", filter: {} }, stranger);
    expect(all.json).toMatchObject({ found: 0, taken: 0 });
  });

  it("refuse a preview from a step that is not named", async () => {
    const run = await start(fails, "failed");
    const answer = await get(`/runs/${run}/rerun-preview?from=step`);
    expect(answer.status).toBe(400);
  });
});

describe("many runs at once", () => {
  it("are counted first, and then canceled whatever they wait for", async () => {
    const runs = [await start(waits, "waiting"), await start(waits, "waiting")];
    const wanted = { action: "cancel", filter: { flow: waits.flow } };
    expect((await post("/runs/bulk", { ...wanted, dryRun: true })).json).toEqual({
      found: 2,
      again: 0,
      repeats: null,
      taken: 0,
      refused: 0,
      reasons: [],
    });
    expect((await post("/runs/bulk", wanted)).json).toEqual({
      found: 2,
      again: 0,
      repeats: null,
      taken: 2,
      refused: 0,
      reasons: [],
    });
    expect(await Promise.all(runs.map((run) => server.reaches(run)))).toEqual(["canceled", "canceled"]);
  });

  it("run again by filter", async () => {
    const run = await start(fails, "failed");
    const answer = await post("/runs/bulk", { action: "rerun", filter: { runs: [run, "run_none"] }, from: "trigger" });
    expect(answer.json).toEqual({ found: 1, again: 0, repeats: null, taken: 1, refused: 0, reasons: [] });
    const late = { action: "rerun", filter: { flow: fails.flow, from: server.clock() + 1 } };
    expect((await post("/runs/bulk", late)).json).toMatchObject({ found: 0 });
  });

  it("leave out what was run again already, unless it is named", async () => {
    const run = await start(fails, "failed");
    const dry = { action: "rerun", dryRun: true };
    const before = (await post("/runs/bulk", { ...dry, filter: { flow: fails.flow } })).json as { found: number; again: number };
    const rerun = await post(`/runs/${run}/rerun`, { from: "failed", version: "same" });
    await server.reaches((rerun.json as { run: string }).run, "failed");
    const after = (await post("/runs/bulk", { ...dry, filter: { flow: fails.flow } })).json;
    // The new run has failed too, and takes the place of the one that it went over.
    expect(after).toMatchObject({ found: before.found, again: before.again + 1 });
    expect((await post("/runs/bulk", { ...dry, filter: { runs: [run] } })).json).toMatchObject({
      ...{ found: 1, again: 1 },
      repeats: { lookedAt: 1, calls: 0, unsafe: 0, unsafeRuns: 0, flows: 0 },
    });
  });
});
