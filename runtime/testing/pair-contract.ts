import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JournalEntry } from "../../shared/run/journal.ts";
import type { BusMessage } from "../store/bus.ts";
import type { ClaimedRun, JournalRecord, RunWrite } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { describeIngest } from "./ingest-contract.ts";
import { newEvent as event, type OpenPair, newRun as run, week } from "./new-events.ts";
import type { TestClock } from "./test-database.ts";
import { describeWaits } from "./waits-contract.ts";

export type { OpenPair } from "./new-events.ts";

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

    async function claim(): Promise<ClaimedRun> {
      const claimed = await pair.engine.begin(await pair.queue.claim(1), "worker_1");
      expect(claimed).toHaveLength(1);
      return claimed?.[0] as ClaimedRun;
    }

    describeIngest(() => opened);
    describeWaits(() => opened);

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

    it("starts a run and leaves it a signal in one write", async () => {
      const parent = await accepted();
      const { workspace, flow, flowVersion, trigger } = await claim();
      const started = { id: "run_started", workspace, flow, flowVersion, trigger, event: "", source: "sub-flow" as const };
      await pair.engine.write({
        ref: { run: parent, epoch: 1 },
        records: [record(1)],
        release: { to: "running" },
        consumed: [],
        starts: [{ ...started, createdAt: 1, records: [record(1)], parent: { run: parent, step: "n" }, depth: 1, rerunOf: null }],
        signals: [{ run: started.id, signal: { kind: "cancel", by: parent } }],
      });
      expect((await pair.engine.signals(started.id)).map(({ signal }) => signal)).toEqual([{ kind: "cancel", by: parent }]);
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
      expect(await pair.engine.state(id)).toEqual({ status: "succeeded", answerEntry: 1, error: null });
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
