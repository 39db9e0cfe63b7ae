import { afterEach, expect, test, vi } from "vitest";
import type { saveEdits as saveEditsRoute } from "../../shared/api/flows.ts";
import type { Body } from "../../shared/api/route.ts";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { lastOfEach } from "../stores/flow-history.ts";
import { type Call, fakeServer, Refused } from "../testing/fake-server.ts";
import { call } from "./client.ts";
import { saveEdits } from "./routes.ts";
import { createSaveQueue } from "./save-queue.ts";

type Save = Body<typeof saveEditsRoute>;
const path = "POST /flows/flw_1/draft/edits";
const add = (id: string): FlowEdit => ({
  edit: "add",
  nodes: [{ node: { id, name: id, kind: "transform", output: {}, position: { x: 0, y: 0 } } }],
  edges: [],
});
const rename = (id: string, name: string): FlowEdit => ({
  edit: "set-node",
  node: { id, name, kind: "transform", output: {}, position: { x: 0, y: 0 } },
});

afterEach(() => vi.unstubAllGlobals());

/** A server that keeps a draft as ours does: stale bases are conflicts, a save is taken once. */
function draftServer() {
  const draft = { revision: 4, document: { schemaVersion: 1, nodes: [], edges: [] } as Flow, saves: new Map<string, number>() };
  function save({ body }: Call): unknown {
    const { base, save: id, edits } = body as Save;
    const before = draft.saves.get(id);
    if (before !== undefined) return { revision: before, savedAt: 1_000 + before };
    if (base !== draft.revision) return new Refused(409, "conflict", "the draft has moved on", { revision: draft.revision });
    for (const edit of edits) {
      const applied = applyEdit(draft.document, edit);
      if (applied.outcome === "refused") return new Refused(400, "bad_request", applied.message);
      draft.document = applied.flow;
    }
    draft.revision += 1;
    draft.saves.set(id, draft.revision);
    return { revision: draft.revision, savedAt: 1_000 + draft.revision };
  }
  const server = fakeServer({ [path]: save });
  const saves = () => server.callsTo(path).map((each) => each.body as Save);
  return { ...server, draft, save, saves };
}

/** Timers that a test moves by hand. */
function handClock() {
  let now = 0;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    after(ms: number, callback: () => void) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    async pass(ms: number) {
      const until = now + ms;
      for (;;) {
        const next = timers.toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > until) break;
        timers = timers.filter((each) => each !== next);
        now = next.at;
        next.callback();
        await answers();
      }
      now = until;
    },
    waiting: () => timers.length,
  };
}

/** Lets the requests under way come to their end: the fake server answers within a few turns. */
async function answers(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function open() {
  const clock = handClock();
  let ids = 0;
  const queue = createSaveQueue({
    revision: 4,
    savedAt: 7,
    send: (body) => call(saveEdits, { params: { flow: "flw_1" }, body }),
    newId: () => `save_${++ids}`,
    after: clock.after,
    merge: lastOfEach,
  });
  return { clock, queue };
}

test("saves what was done 400 ms after the last edit, in one request", async () => {
  const { saves, draft } = draftServer();
  const { clock, queue } = open();
  expect(queue.state()).toEqual({ state: "saved", at: 7 });
  queue.push([add("a")]);
  await clock.pass(399);
  queue.push([add("b")]);
  expect(queue.state()).toEqual({ state: "saving" });
  await clock.pass(399);
  expect(saves()).toEqual([]);
  await clock.pass(1);
  expect(saves()).toEqual([{ base: 4, save: "save_1", edits: [add("a"), add("b")] }]);
  expect(queue.state()).toEqual({ state: "saved", at: 1_005 });
  expect(queue.revision()).toBe(5);
  expect(draft.document.nodes.map(({ id }) => id)).toEqual(["a", "b"]);
});

test("saves after two seconds while somebody goes on and on, and what is typed as one edit", async () => {
  const { saves } = draftServer();
  const { clock, queue } = open();
  queue.push([add("a")]);
  for (let typed = 0; typed < 8; typed += 1) {
    queue.push([rename("a", `name ${typed}`)]);
    await clock.pass(250);
  }
  expect(saves()).toEqual([{ base: 4, save: "save_1", edits: [add("a"), rename("a", "name 7")] }]);
});

test("sends one save at a time, each on the revision that the one before gave", async () => {
  const { answers: given, save, saves, draft } = draftServer();
  const { clock, queue } = open();
  let letGo: () => void = () => {};
  given[path] = async (asked: Call) => {
    await new Promise<void>((resolve) => {
      letGo = resolve;
    });
    return save(asked);
  };
  queue.push([add("a")]);
  await clock.pass(400);
  queue.push([add("b")]);
  await clock.pass(5_000);
  expect(saves()).toHaveLength(1);
  given[path] = save;
  letGo();
  await answers();
  await clock.pass(400);
  expect(saves().map(({ base }) => base)).toEqual([4, 5]);
  expect(draft.document.nodes.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(queue.state().state).toBe("saved");
});

test("sends a save whose answer was lost again unchanged, and it is taken once", async () => {
  const { answers: given, save, saves, draft } = draftServer();
  const { clock, queue } = open();
  given[path] = (asked: Call) => {
    save(asked);
    throw new TypeError("the network broke");
  };
  queue.push([add("a")]);
  await clock.pass(400);
  expect(queue.state()).toEqual({ state: "offline" });
  queue.push([add("b")]);
  given[path] = save;
  await clock.pass(999);
  expect(saves()).toHaveLength(1);
  await clock.pass(1);
  await clock.pass(400);
  const [first, again, next] = saves();
  expect(again).toEqual(first);
  expect(next).toEqual({ base: 5, save: "save_2", edits: [add("b")] });
  expect(draft.document.nodes.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(queue.hasUnsaved()).toBe(false);
});

test("tries again ever more rarely while nothing answers, and keeps every edit", async () => {
  const { answers: given, saves } = draftServer();
  const { clock, queue } = open();
  given[path] = new Refused(503, "unavailable", "starting");
  queue.push([add("a")]);
  await clock.pass(400);
  for (const wait of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
    const before = saves().length;
    await clock.pass(wait - 1);
    expect(saves()).toHaveLength(before);
    await clock.pass(1);
    expect(saves()).toHaveLength(before + 1);
  }
  expect(queue.hasUnsaved()).toBe(true);
  expect(await queue.flush()).toBe(false);
});

test("stops at a conflict with what somebody else saved: nothing is sent, nothing is dropped", async () => {
  const { draft, saves } = draftServer();
  const { clock, queue } = open();
  draft.revision = 9;
  queue.push([add("a")]);
  await clock.pass(400);
  expect(queue.state()).toEqual({ state: "conflict" });
  queue.push([add("b")]);
  await clock.pass(60_000);
  expect(saves()).toHaveLength(1);
  expect(queue.hasUnsaved()).toBe(true);
  expect(await queue.flush()).toBe(false);
});

test.each([
  [
    new Refused(400, "bad_request", "edits[0]: there is a node already"),
    "The server refused: edits[0]: there is a node already.",
  ],
  [new Refused(401, "unauthenticated", "sign in"), "Your session has ended."],
  [new Refused(403, "forbidden", "no"), "Your role does not allow changes."],
])("stops at a refusal and says why: %o", async (refused, message) => {
  const { answers: given } = draftServer();
  const { clock, queue } = open();
  given[path] = refused;
  queue.push([add("a")]);
  await clock.pass(400);
  expect(queue.state()).toEqual({ state: "refused", message });
  expect(clock.waiting()).toBe(0);
});

test("goes on where it stopped once the reason of a refusal is gone", async () => {
  const { answers: given, save, draft } = draftServer();
  const { clock, queue } = open();
  given[path] = new Refused(401, "unauthenticated", "sign in");
  queue.push([add("a")]);
  await clock.pass(400);
  queue.push([add("b")]);
  given[path] = save;
  queue.retry();
  expect(await queue.flush()).toBe(true);
  expect(draft.document.nodes.map(({ id }) => id)).toEqual(["a", "b"]);
});

test("flushes at once, what is pushed meanwhile too, and says that all is saved", async () => {
  const { saves } = draftServer();
  const { queue, clock } = open();
  queue.push([add("a")]);
  const flushed = queue.flush();
  queue.push([add("b")]);
  expect(await flushed).toBe(true);
  expect(saves().map(({ edits }) => edits)).toEqual([[add("a")], [add("b")]]);
  expect(await queue.flush()).toBe(true);
  expect(clock.waiting()).toBe(0);
});

test("tells its listeners, until they leave", async () => {
  draftServer();
  const { queue } = open();
  const heard: string[] = [];
  const leave = queue.subscribe(() => heard.push(queue.state().state));
  queue.push([add("a")]);
  await queue.flush();
  leave();
  queue.push([add("b")]);
  expect(heard).toEqual(["saving", "saving", "saved"]);
});

test("sends nothing after it was closed", async () => {
  const { saves } = draftServer();
  const { queue, clock } = open();
  queue.push([add("a")]);
  queue.close();
  await clock.pass(10_000);
  expect(saves()).toEqual([]);
});
