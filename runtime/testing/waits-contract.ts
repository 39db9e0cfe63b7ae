import { beforeEach, describe, expect, it } from "vitest";
import type { ClaimedRun, NewEvent, NewWait, RunWrite } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import { newEvent, newRun, type OpenPair } from "./new-events.ts";
import type { TestClock } from "./test-database.ts";

/** What every pair promises of events that let waiting steps go on: each is received, or starts a run, and none is lost between. */
export function describeWaits(opened: () => OpenPair): void {
  describe("an event that a step waits for", () => {
    let pair: Pair;
    let clock: TestClock;
    beforeEach(() => {
      ({ pair, clock } = opened());
    });

    /** A run that is held and whose steps wait for the key. */
    async function waitingRun(...steps: string[]): Promise<ClaimedRun> {
      await pair.engine.ingest(newEvent(clock), [newRun()]);
      const [claimed] = (await pair.engine.begin(await pair.queue.claim(1), "worker_1")) ?? [];
      const add = steps.map(waitOf);
      await pair.engine.write({ ...writeOf(claimed as ClaimedRun), waits: { add, remove: [] } });
      return claimed as ClaimedRun;
    }

    function waitOf(step: string): NewWait {
      const correlation = { trigger: "start", path: "id", key: "A-1" };
      return { step, kind: "wait", entry: 1, since: clock(), until: clock() + 60_000, approvers: [], correlation };
    }

    function writeOf({ run, epoch }: ClaimedRun, release: RunWrite["release"] = { to: "running" }): RunWrite {
      return { ref: { run, epoch }, records: [], release, consumed: [] };
    }

    function withKey(dedupe: string | null = null): NewEvent {
      const body = Buffer.from('{"id":"A-1"}');
      return { ...newEvent(clock, dedupe), node: "start", body, correlations: [{ path: "id", key: "A-1" }] };
    }

    async function come(): Promise<NewEvent> {
      const event = withKey();
      expect(await pair.engine.ingest(event, [newRun()])).toMatchObject({ outcome: "accepted", resumed: true });
      return event;
    }

    async function stored({ id }: NewEvent) {
      const [row] = await pair.sql.read<{ runs: string; held: number }>(`SELECT runs, held FROM events WHERE id = $1`, [id]);
      return { held: row?.held, runs: JSON.parse(row?.runs ?? "null") as string[] };
    }

    const end = { to: "final", status: "failed", error: null } as const;
    const idsOf = async (run: string, step: string) =>
      (await pair.engine.signals(run)).filter(({ signal }) => "step" in signal && signal.step === step).map(({ id }) => id);

    it("goes to the one of a batch that did not come before, and a duplicate starts nothing", async () => {
      const before = withKey("k1");
      await pair.engine.ingest(before, [newRun()]);
      await pair.engine.begin(await pair.queue.claim(1), "worker_1");
      const claimed = await waitingRun("wait");
      const [again, fresh, twice] = [withKey("k1"), withKey("k2"), withKey("k2")];
      const came = await Promise.all([again, fresh, twice].map((event) => pair.engine.ingest(event, [newRun()])));
      const took = { event: fresh.id, runs: [claimed.run] };
      expect(came).toMatchObject([
        { outcome: "duplicate", event: before.id },
        { outcome: "accepted", ...took, resumed: true },
        { outcome: "duplicate", ...took },
      ]);
      expect(await pair.sql.read(`SELECT id FROM runs`)).toHaveLength(2);
    });

    it("is kept with the run that it lets go on once that has taken it", async () => {
      const claimed = await waitingRun("wait");
      const event = await come();
      const consumed = await idsOf(claimed.run, "wait");
      await pair.engine.write({ ...writeOf(claimed, end), consumed, waits: { add: [], remove: ["wait"] } });
      expect(await stored(event)).toEqual({ held: 0, runs: [claimed.run] });
    });

    it.each<[string, RunWrite["release"], boolean]>([
      ["goes on without it", { to: "running" }, false],
      ["goes on without it, and its holder finds it too late", { to: "running" }, true],
      ["is over", end, false],
    ])("is held when the run %s, and starts one of its own", async (_, release, seen) => {
      const claimed = await waitingRun("wait");
      const event = await come();
      const consumed = seen ? await idsOf(claimed.run, "wait") : [];
      await pair.engine.write({
        ...writeOf(claimed, release),
        consumed,
        passedOver: consumed,
        waits: { add: [], remove: ["wait"] },
      });
      expect(await stored(event)).toEqual({ held: 1, runs: [] });
      await pair.sql.commit([
        {
          text: `INSERT INTO flows (id, workspace_id, name, description, state, published_version_id, created_at, updated_at)
                 VALUES ('flow_1', 'wsp_1', 'Waits', '', 'published', 'ver_1', 1, 1)`,
          params: [],
        },
      ]);
      expect(await pair.engine.release("flow_1", "ver_1", 10)).toMatchObject({ runs: [expect.any(String)], left: 0 });
    });

    it("is not held as long as another run, or another step, has it or may take it", async () => {
      const [one, other] = [await waitingRun("wait"), await waitingRun("a", "b")];
      const event = await come();
      await pair.engine.write({ ...writeOf(one), waits: { add: [], remove: ["wait"] } });
      expect(await stored(event)).toEqual({ held: 0, runs: [other.run] });
      await pair.engine.write({ ...writeOf(other), waits: { add: [], remove: ["a"] } });
      expect(await stored(event)).toEqual({ held: 0, runs: [other.run] });
      await pair.engine.write({ ...writeOf(other, end), waits: { add: [], remove: ["b"] } });
      expect(await stored(event)).toEqual({ held: 1, runs: [] });
    });

    it("stays where it was when a stale holder goes on without it", async () => {
      const claimed = await waitingRun("wait");
      const event = await come();
      await pair.engine.recover("worker_1", new Set());
      expect(await pair.engine.write({ ...writeOf(claimed, end), waits: { add: [], remove: ["wait"] } })).toEqual({
        outcome: "stale",
      });
      expect(await stored(event)).toEqual({ held: 0, runs: [claimed.run] });
    });

    it("is with its run or held, whichever of the two is first", async () => {
      const claimed = await waitingRun("wait");
      const event = withKey();
      const own = newRun();
      const [written, came] = await Promise.all([
        pair.engine.write({ ...writeOf(claimed, end), waits: { add: [], remove: ["wait"] } }),
        pair.engine.ingest(event, [own]),
      ]);
      expect([written.outcome, came.outcome]).toEqual(["written", "accepted"]);
      const { held, runs } = await stored(event);
      expect([held, runs]).toEqual("resumed" in came ? [1, []] : [0, [own.id]]);
      expect(await pair.engine.signals(claimed.run)).toEqual([]);
    });
  });
}
