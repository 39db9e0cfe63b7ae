import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../shared/run/journal.ts";
import type { BusMessage } from "../store/bus.ts";
import type { ClaimedRun, JournalRecord, NewDelivery, NewEvent, RunWrite } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import type { TestClock } from "./test-database.ts";

export type OpenPair = { pair: Pair; clock: TestClock; close(): Promise<void> };

const week = 7 * 86_400_000;
let counter = 0;

function event(clock: TestClock, key: string | null = null, scope = "hook_1"): NewEvent {
  counter += 1;
  return {
    id: `evt_${String(counter).padStart(8, "0")}`,
    workspace: "wsp_1",
    source: "webhook",
    hook: "hook_1",
    flow: "flow_1",
    receivedAt: clock(),
    method: "POST",
    headers: "{}",
    query: "{}",
    contentType: "application/json",
    body: Buffer.from("{}"),
    dedupe: key === null ? null : { scope, key, expiresAt: clock() + week },
  };
}

function delivery(clock: TestClock): NewDelivery {
  return { id: "dlv_1", workspace: "wsp_1", hook: "hook_1", receivedAt: clock(), body: Buffer.from("[]") };
}

function run() {
  counter += 1;
  return { id: `run_${String(counter).padStart(8, "0")}`, flowVersion: "ver_1", trigger: "start" };
}

function record(number: number, text = "x"): JournalRecord {
  const entry: JournalEntry = {
    number,
    at: 1,
    kind: "step-succeeded",
    node: `n${number}`,
    startedAt: 1,
    ports: ["out"],
    values: ["output"],
  };
  return { entry, values: { output: text } };
}

function write(claimed: ClaimedRun, records: JournalRecord[], release: RunWrite["release"] = { to: "running" }): RunWrite {
  return { ref: { run: claimed.run, epoch: claimed.epoch }, records, release, consumed: [] };
}

/** What every pair promises, whatever it stands on. Each pair's own test runs it. */
export function describePair(name: string, open: () => Promise<OpenPair>): void {
  describe(`the ${name} pair`, () => {
    let opened: OpenPair;
    let pair: Pair;
    let clock: TestClock;
    beforeEach(async () => {
      opened = await open();
      ({ pair, clock } = opened);
    });
    afterEach(() => opened.close());

    async function accepted(): Promise<string> {
      const started = run();
      expect(await pair.engine.ingest(event(clock), [started])).toMatchObject({ outcome: "accepted", runs: [started.id] });
      return started.id;
    }

    async function stored(id: string): Promise<Record<string, unknown> | undefined> {
      return (await pair.sql.read<Record<string, unknown>>("SELECT * FROM events WHERE id = $1", [id]))[0];
    }

    async function claim(): Promise<ClaimedRun> {
      const claimed = await pair.engine.begin(await pair.queue.claim(1), "worker_1");
      expect(claimed).toHaveLength(1);
      return claimed?.[0] as ClaimedRun;
    }

    it("keeps an event without a run, and knows its key", async () => {
      const kept = event(clock, "k1");
      const told: string[] = [];
      pair.bus.subscribe("event", ({ event: id, flow }) => void told.push(`${id} of ${flow}`));
      expect(await pair.engine.ingest(kept, [])).toEqual({ outcome: "accepted", event: kept.id, runs: [] });
      expect(await pair.engine.ingest(event(clock, "k1"), [run()])).toEqual({ outcome: "duplicate", event: kept.id, runs: [] });
      expect(await pair.queue.claim(10)).toEqual([]);
      expect(told).toEqual([`${kept.id} of ${kept.flow}`]);
    });

    it("accepts one of two events with the same key in one batch and names it to the other", async () => {
      const [first, second] = [event(clock, "k1"), event(clock, "k1")];
      const [firstRun, secondRun] = [run(), run()];
      const outcomes = await Promise.all([pair.engine.ingest(first, [firstRun]), pair.engine.ingest(second, [secondRun])]);
      expect(outcomes).toEqual([
        { outcome: "accepted", event: first.id, runs: [firstRun.id] },
        { outcome: "duplicate", event: first.id, runs: [firstRun.id] },
      ]);
      expect(await pair.queue.claim(10)).toHaveLength(1);
    });

    it("keeps keys per hook and only for their window", async () => {
      const first = event(clock, "k1");
      await pair.engine.ingest(first, [run()]);
      expect(await pair.engine.ingest(event(clock, "k1", "hook_2"), [run()])).toMatchObject({ outcome: "accepted" });
      clock.advance(week - 1);
      expect(await pair.engine.ingest(event(clock, "k1"), [run()])).toMatchObject({ outcome: "duplicate", event: first.id });
      clock.advance(1);
      expect(await pair.engine.ingest(event(clock, "k1"), [run()])).toMatchObject({ outcome: "accepted" });
    });

    it("keeps keys of events that no hook brought, and counts what comes again", async () => {
      const first = { ...event(clock, "12:00", "schedule:flow_1:tick"), hook: null };
      expect(await pair.engine.ingest(first, [])).toMatchObject({ outcome: "accepted" });
      clock.advance(5);
      const again = () => ({ ...event(clock, "12:00", "schedule:flow_1:tick"), hook: null });
      for (const each of await Promise.all([pair.engine.ingest(again(), [run()]), pair.engine.ingest(again(), [])]))
        expect(each).toEqual({ outcome: "duplicate", event: first.id, runs: [] });
      expect(await stored(first.id)).toMatchObject({ duplicates: 2, last_duplicate_at: clock() });
    });

    it("takes the events of one delivery together, each with its own key and run, and keeps its body once", async () => {
      const known = event(clock, "k1");
      await pair.engine.ingest(known, []);
      const heard: string[] = [];
      pair.bus.subscribe("event", ({ event: id }) => void heard.push(id));
      const items = ["k1", "k2", "k3", "k2"].map((key) => ({ event: event(clock, key), run: run() }));
      const ids = items.map((item) => item.event.id);
      const runs = items.map((item) => item.run.id);
      expect(await pair.engine.ingestAll(delivery(clock), items)).toEqual({
        outcome: "stored",
        items: [
          { outcome: "duplicate", event: known.id, runs: [] },
          { outcome: "accepted", event: ids[1], runs: [runs[1]] },
          { outcome: "accepted", event: ids[2], runs: [runs[2]] },
          { outcome: "duplicate", event: ids[1], runs: [runs[1]] },
        ],
      });
      expect(heard).toEqual([ids[1], ids[2]]);
      expect(await stored(ids[2] ?? "")).toMatchObject({ delivery_id: "dlv_1", item: 2 });
      expect(await stored(ids[1] ?? "")).toMatchObject({ duplicates: 1 });
      expect(await pair.queue.claim(10)).toHaveLength(2);
      // Nothing new: no second place for it.
      const again = items.map((item) => ({ ...item, event: { ...item.event, id: `${item.event.id}b` } }));
      expect(await pair.engine.ingestAll({ ...delivery(clock), id: "dlv_2" }, again)).toMatchObject({ outcome: "stored" });
      expect(await pair.sql.read("SELECT id, hook_id AS hook FROM deliveries")).toEqual([{ id: "dlv_1", hook: "hook_1" }]);
    });

    it("stores all events of a delivery or none, whatever comes beside it", async () => {
      const bad = { ...event(clock, "k2"), workspace: null as unknown as string };
      const good = event(clock, "k3");
      const [batch, alone] = await Promise.all([
        pair.engine.ingestAll(delivery(clock), [
          { event: event(clock, "k1"), run: run() },
          { event: bad, run: run() },
        ]),
        pair.engine.ingest(good, [run()]),
      ]);
      expect([batch.outcome, alone.outcome]).toEqual(["refused", "accepted"]);
      expect(await pair.sql.read("SELECT id FROM events")).toEqual([{ id: good.id }]);
      // The keys of what was not stored are free.
      expect(await pair.engine.ingest(event(clock, "k1"), [])).toMatchObject({ outcome: "accepted" });
    });

    it("settles one key that comes in two deliveries and alone at the same time once", async () => {
      const items = (...keys: string[]) => keys.map((key) => ({ event: event(clock, key), run: run() }));
      const outcomes = await Promise.all([
        pair.engine.ingestAll(null, items("a", "b")),
        pair.engine.ingestAll(null, items("b", "c")),
        pair.engine.ingest(event(clock, "c"), [run()]),
        pair.engine.ingest(event(clock, "b"), [run()]),
      ]);
      const each = outcomes.map((outcome) => ("items" in outcome ? outcome.items.map((item) => item.outcome) : outcome.outcome));
      expect(each).toEqual([["accepted", "accepted"], ["duplicate", "accepted"], "duplicate", "duplicate"]);
      expect(await pair.queue.claim(10)).toHaveLength(3);
    });

    it("holds events without a run, and starts each once when they are released, oldest first", async () => {
      const held = [1, 2, 3, 4, 5].map(() => ({ ...event(clock), node: "start", held: true }));
      for (const each of held) await pair.engine.ingest(each, []);
      await pair.engine.ingest({ ...event(clock), node: "start", filtered: true }, []);
      await pair.engine.ingest({ ...event(clock), flow: "flow_2", node: "start", held: true }, []);
      expect(await pair.queue.claim(10)).toEqual([]);
      const first = await pair.engine.release("flow_1", "ver_2", 2);
      expect(first).toMatchObject({ outcome: "released", runs: [expect.any(String), expect.any(String)], left: 3 });
      const both = await Promise.all([pair.engine.release("flow_1", "ver_2", 10), pair.engine.release("flow_1", "ver_2", 10)]);
      expect(both.flatMap((each) => (each.outcome === "released" ? each.runs : []))).toHaveLength(3);
      const claimed = await pair.engine.begin(await pair.queue.claim(10), "worker_1");
      expect(claimed?.map((each) => each.event?.id).sort()).toEqual(held.map(({ id }) => id));
      expect(claimed?.[0]).toMatchObject({ flowVersion: "ver_2", trigger: "start", flow: "flow_1" });
      const [oldest] = first.outcome === "released" ? first.runs : [];
      expect(await stored(held[0]?.id ?? "")).toMatchObject({ held: 0, runs: JSON.stringify([oldest]) });
    });

    it("purges keys whose window is over and no others", async () => {
      await pair.engine.ingest(event(clock, "old"), [run()]);
      clock.advance(week);
      await pair.engine.ingest(event(clock, "new"), [run()]);
      expect(await pair.engine.purgeDedupe(clock())).toBe(1);
      expect(await pair.engine.purgeDedupe(clock())).toBe(0);
      expect(await pair.engine.ingest(event(clock, "new"), [run()])).toMatchObject({ outcome: "duplicate" });
    });

    it("refuses an unstorable event amid good ones without touching them", async () => {
      const good = [event(clock), event(clock)];
      const bad = { ...event(clock), workspace: null as unknown as string };
      const outcomes = await Promise.all([
        pair.engine.ingest(good[0] as NewEvent, [run()]),
        pair.engine.ingest(bad, [run()]),
        pair.engine.ingest(good[1] as NewEvent, [run()]),
      ]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["accepted", "refused", "accepted"]);
      expect(await pair.queue.claim(10)).toHaveLength(2);
    });

    it("refuses an unstorable journal entry amid good ones without touching them", async () => {
      await accepted();
      await accepted();
      const [one, two] = [await claim(), await claim()];
      const circular: { self?: unknown } = {};
      circular.self = circular;
      const bad = { ...record(1), values: { output: circular as unknown as string } };
      const outcomes = await Promise.all([pair.engine.write(write(one, [bad])), pair.engine.write(write(two, [record(1)]))]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["refused", "written"]);
      expect(await pair.engine.journal(one.run, 0, { bare: true })).toEqual([]);
      expect(await pair.engine.journal(two.run, 0, { bare: true })).toHaveLength(1);
    });

    it("takes no entry whose number is taken or leaves a gap, and writes the rest of the batch", async () => {
      await accepted();
      await accepted();
      const [one, two] = [await claim(), await claim()];
      await pair.engine.write(write(one, [record(1)]));
      const outcomes = await Promise.all([
        pair.engine.write(write(one, [record(1)])),
        pair.engine.write(write(one, [record(3)])),
        pair.engine.write(write(two, [record(1)])),
      ]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["stale", "stale", "written"]);
      expect(await pair.engine.journal(one.run, 0, { bare: true })).toHaveLength(1);
    });

    it("writes nothing for a stale epoch amid good writes", async () => {
      const id = await accepted();
      await accepted();
      const stale = await claim();
      const other = await claim();
      await pair.engine.recover("worker_1", new Set([other.run]));
      const fresh = await claim();
      expect(fresh.run).toBe(id);
      expect(fresh.epoch).toBe(stale.epoch + 1);
      const outcomes = await Promise.all([
        pair.engine.write(write(other, [record(1)])),
        pair.engine.write(write(stale, [record(1, "stale")], { to: "final", status: "failed", error: null })),
        pair.engine.write(write(fresh, [record(1, "fresh")])),
      ]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["written", "stale", "written"]);
      const [kept] = await pair.engine.journal(id, 0, { bare: false });
      expect(kept?.values).toEqual({ output: "fresh" });
      expect(await pair.engine.state(id)).toMatchObject({ status: "running" });
    });

    it("hands out a run once, with its event the first time and its journal afterwards", async () => {
      const id = await accepted();
      const first = await claim();
      expect(first).toMatchObject({ run: id, resumed: false, journal: [] });
      expect(Buffer.from(first.event?.body ?? []).toString()).toBe("{}");
      expect(await pair.queue.claim(10)).toEqual([]);
      await pair.engine.write(write(first, [record(1), record(2)], { to: "waiting", wakeAt: clock() + 1_000 }));
      expect(await pair.queue.claim(10)).toEqual([]);
      expect(await pair.queue.nextDue()).toBe(clock() + 1_000);
      clock.advance(1_000);
      const second = await claim();
      expect(second).toMatchObject({ run: id, resumed: false, event: null });
      expect(second.journal.map(({ entry }) => entry.number)).toEqual([1, 2]);
    });

    it("hands a lost holder's run to the next and says so", async () => {
      const id = await accepted();
      await claim();
      expect(await pair.engine.recover("worker_1", new Set([id]))).toBe(0);
      expect(await pair.engine.recover("worker_1", new Set())).toBe(1);
      expect(await claim()).toMatchObject({ run: id, resumed: true, epoch: 2 });
    });

    it("does not lose a wake that comes while the run is held", async () => {
      const id = await accepted();
      const claimed = await claim();
      expect(await pair.engine.signal(id, { kind: "cancel", by: "usr_1" })).toBe("left");
      expect(await pair.queue.claim(10)).toEqual([]);
      await pair.engine.write(write(claimed, [record(1)], { to: "waiting", wakeAt: null }));
      expect(await claim()).toMatchObject({ run: id });
    });

    it("does not wake a run for a signal that its entries took account of", async () => {
      const id = await accepted();
      const claimed = await claim();
      await pair.engine.signal(id, { kind: "cancel", by: "usr_1" });
      const consumed = (await pair.engine.signals(id)).map((signal) => signal.id);
      expect(consumed).toHaveLength(1);
      await pair.engine.write({ ...write(claimed, [record(1)], { to: "waiting", wakeAt: null }), consumed });
      expect(await pair.queue.claim(10)).toEqual([]);
      expect(await pair.engine.signals(id)).toEqual([]);
    });

    it("keeps a signal for the next holder when a stale one consumed it", async () => {
      const id = await accepted();
      const stale = await claim();
      await pair.engine.signal(id, { kind: "cancel", by: "usr_1" });
      const consumed = (await pair.engine.signals(id)).map((signal) => signal.id);
      await pair.engine.recover("worker_1", new Set());
      await claim();
      expect(await pair.engine.write({ ...write(stale, [record(1)]), consumed })).toEqual({ outcome: "stale" });
      expect(await pair.engine.signals(id)).toHaveLength(1);
    });

    it("wakes a waiting run to cancel it, in one commit with the signal", async () => {
      const id = await accepted();
      await pair.engine.write(write(await claim(), [record(1)], { to: "waiting", wakeAt: clock() + week }));
      const heard: BusMessage[] = [];
      pair.bus.subscribe("signal", (message) => heard.push(message));
      expect(await pair.engine.signal(id, { kind: "cancel", by: "usr_1" })).toBe("left");
      expect(heard).toEqual([{ topic: "signal", run: id }]);
      expect(await claim()).toMatchObject({ run: id });
      expect((await pair.engine.signals(id)).map(({ signal }) => signal)).toEqual([{ kind: "cancel", by: "usr_1" }]);
    });

    it("leaves no signal for a run that is over or unknown", async () => {
      const id = await accepted();
      await pair.engine.write(write(await claim(), [record(1)], { to: "final", status: "succeeded", error: null }));
      expect(await pair.engine.signal(id, { kind: "cancel", by: "usr_1" })).toBe("gone");
      expect(await pair.engine.signal("run_unknown", { kind: "cancel", by: "usr_1" })).toBe("gone");
    });

    it("keeps the first answer", async () => {
      const id = await accepted();
      const claimed = await claim();
      const answer = (number: number): JournalRecord => ({
        entry: { number, at: 1, kind: "run-answered", node: "n", status: 200, values: ["output"] },
        values: { output: { status: 200, headers: {}, body: number } },
      });
      await pair.engine.write(write(claimed, [answer(1)]));
      await pair.engine.write(write(claimed, [answer(2)], { to: "final", status: "succeeded", error: null }));
      expect(await pair.engine.state(id)).toEqual({ status: "succeeded", answerEntry: 1 });
    });

    it("gives large values back as they were, and leaves them out of a bare journal", async () => {
      const id = await accepted();
      const large = "ä".repeat(100_000);
      await pair.engine.write(write(await claim(), [record(1, "small"), record(2, large)]));
      const records = await pair.engine.journal(id, 0, { bare: false });
      expect(records.map(({ values }) => values.output)).toEqual(["small", large]);
      expect((await pair.engine.journal(id, 1, { bare: true })).map(({ entry, values }) => [entry.number, values])).toEqual([
        [2, {}],
      ]);
    });

    it("gives one entry with its values, large ones too", async () => {
      const id = await accepted();
      const large = "x".repeat(100_000);
      await pair.engine.write(write(await claim(), [record(1, "small"), record(2, large), record(3, large)]));
      expect(await pair.engine.entry(id, 2)).toEqual(record(2, large));
      expect(await pair.engine.entry(id, 1)).toEqual(record(1, "small"));
      expect(await pair.engine.entry(id, 4)).toBeNull();
    });

    it("leaves alone what is taken up while it looks for lost runs", async () => {
      const id = await accepted();
      const held = new Set<string>();
      const reaping = pair.engine.recover("worker_1", held);
      // Taken up after the call and before its write: the set is looked at when the write is made.
      held.add(id);
      const [begun] = await Promise.all([pair.queue.claim(1).then((claims) => pair.engine.begin(claims, "worker_1")), reaping]);
      expect(begun).toHaveLength(1);
      expect(await pair.engine.recover("worker_1", held)).toBe(0);
    });

    it("publishes after the commit: what a listener reads is there", async () => {
      const seen: Promise<unknown>[] = [];
      pair.bus.subscribe("run", ({ run: id }) => seen.push(pair.engine.state(id)));
      await accepted();
      await pair.engine.write(write(await claim(), [record(1)], { to: "final", status: "succeeded", error: null }));
      expect(await Promise.all(seen)).toMatchObject([{ status: "queued" }, { status: "succeeded" }]);
    });

    it("rolls a list of statements back when one changes another number of rows than expected", async () => {
      const insert = (id: string) => ({
        text: "INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)",
        params: [id, "name", 1],
      });
      const missed = { text: "UPDATE workspaces SET name = $1 WHERE id = $2", params: ["x", "none"], expectRows: 1 };
      expect(await pair.sql.commit([insert("a"), missed])).toEqual({ outcome: "conflict", statement: 1 });
      expect(await pair.sql.read("SELECT id FROM workspaces")).toEqual([]);
      expect(await pair.sql.commit([insert("a")])).toEqual({ outcome: "committed", changes: [1] });
      expect(await pair.sql.commit([insert("a")])).toMatchObject({ outcome: "refused" });
      expect(await pair.sql.list("SELECT id FROM workspaces WHERE id = $1 OR name = $1", ["a"])).toEqual([{ id: "a" }]);
    });

    it("gives a lease to one at a time, until it is released or over", async () => {
      const first = await pair.lease.take("k", 1_000);
      expect(first).not.toBeNull();
      expect(await pair.lease.take("k", 1_000)).toBeNull();
      clock.advance(1_000);
      const second = await pair.lease.take("k", 1_000);
      expect(second).not.toBeNull();
      await first?.release();
      expect(await pair.lease.take("k", 1_000)).toBeNull();
      await second?.release();
      expect(await pair.lease.take("k", 1_000)).not.toBeNull();
    });
  });
}
