import { beforeEach, describe, expect, it } from "vitest";
import type { NewEvent } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { newDelivery as delivery, newEvent as event, type OpenPair, newRun as run, week } from "./new-events.ts";
import type { TestClock } from "./test-database.ts";

/** What every pair promises of what comes in. */
export function describeIngest(opened: () => OpenPair): void {
  describe("what comes in", () => {
    let pair: Pair;
    let clock: TestClock;
    beforeEach(() => {
      ({ pair, clock } = opened());
    });

    async function stored(id: string): Promise<Record<string, unknown> | undefined> {
      return (await pair.sql.read<Record<string, unknown>>("SELECT * FROM events WHERE id = $1", [id]))[0];
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
      // It was paused, or published anew, after somebody had looked.
      const stands = (state: string, version: string) =>
        pair.sql.commit([
          {
            text: `INSERT INTO flows (id, workspace_id, name, description, state, published_version_id, created_at, updated_at)
                   VALUES ('flow_1', 'wsp_1', 'Held', '', $1, $2, 1, 1)
                   ON CONFLICT (id) DO UPDATE SET state = excluded.state, published_version_id = excluded.published_version_id`,
            params: [state, version],
          },
        ]);
      for (const [state, version] of [
        ["paused", "ver_2"],
        ["published", "ver_3"],
      ] as const) {
        await stands(state, version);
        expect(await pair.engine.release("flow_1", "ver_2", 2)).toMatchObject({ outcome: "released", runs: [] });
      }
      await stands("published", "ver_2");
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
  });
}
