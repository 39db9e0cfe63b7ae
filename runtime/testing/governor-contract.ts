import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RateWindow } from "../../shared/connector/rate-limit.ts";
import { farthestMs, type Governor } from "../store/governor.ts";
import { mostInAnyStretch } from "./most-in-any-stretch.ts";
import type { TestClock } from "./test-database.ts";

export type OpenGovernor = { governor: Governor; clock: TestClock; close(): Promise<void> };

const minute = 60_000;
const perSecond: RateWindow = { limit: 25, perMs: 1_000 };

/** What the governor of every pair promises. Each pair's own test runs it. */
export function describeGovernor(name: string, open: () => Promise<OpenGovernor>): void {
  describe(`the governor of the ${name} pair`, () => {
    let opened: OpenGovernor;
    let governor: Governor;
    let clock: TestClock;
    beforeEach(async () => {
      opened = await open();
      ({ governor, clock } = opened);
    });
    afterEach(() => opened.close());

    const ask = (windows: RateWindow[], atMostMs = farthestMs, key = "account") => governor.take({ key, windows, atMostMs });
    async function taken(windows: RateWindow[], key = "account"): Promise<number> {
      const { place, waitMs } = await ask(windows, farthestMs, key);
      expect(place).toBe("taken");
      return clock() + waitMs;
    }
    async function takenAtOnce(count: number, windows: RateWindow[], key = "account"): Promise<number[]> {
      return Promise.all(Array.from({ length: count }, () => taken(windows, key)));
    }

    it("lets as many go in any second as the limit says, one after another, and nearly that many under demand", async () => {
      const start = clock();
      const places = await takenAtOnce(250, [perSecond]);
      expect(mostInAnyStretch(places, 1_000)).toBe(25);
      expect(Math.max(...places) - start).toBeGreaterThan(9_900);
      expect(Math.max(...places) - start).toBeLessThan(10_200);
    });

    it("gives the first place at once, and places in the order of asking", async () => {
      const places: number[] = [];
      const start = clock();
      for (let count = 0; count < 5; count++) places.push(await taken([perSecond]));
      expect(places[0]).toBe(start);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(new Set(places).size).toBe(5);
    });

    it("tells a flow that asks little to come back soon, however many calls of another one wait", async () => {
      const windows = [{ limit: 10, perMs: 1_000 }];
      const turnAway = async (flow: string) => (await governor.take({ key: "account", windows, atMostMs: 0, flow })).waitMs;
      await taken(windows);
      const flood: number[] = [];
      for (let count = 0; count < 50; count += 1) flood.push(await turnAway("flood"));
      expect(flood.at(-1)).toBeGreaterThan(4_000);
      expect(await turnAway("single")).toBeLessThan(250);
      // From now on the two share what there is.
      const [one = 0, two = 0] = [await turnAway("flood"), await turnAway("flood")];
      expect(two - one).toBeGreaterThan(150);
    });

    it("lets a whole long window go at once, and nothing more before it has passed", async () => {
      const windows = [{ limit: 100, perMs: 10_000 }];
      const start = clock();
      const places = await takenAtOnce(101, windows);
      expect(places.filter((place) => place === start)).toHaveLength(100);
      expect(Math.max(...places)).toBeGreaterThanOrEqual(start + 10_000);
      expect(Math.max(...places)).toBeLessThan(start + 10_200);
    });

    it("keeps what a group of calls has used in mind, not only the last call", async () => {
      const windows = [{ limit: 4, perMs: 10_000 }];
      const places: number[] = [];
      for (let count = 0; count < 6; count++) {
        places.push(await taken(windows));
        clock.advance(1_000);
      }
      const [first = 0, second = 0, , , fifth = 0, sixth = 0] = places;
      expect(fifth - first).toBeCloseTo(10_100, 0);
      expect(sixth - second).toBeCloseTo(10_100, 0);
    });

    it("lets go of a large window no more than its limit, and hardly less", async () => {
      const windows = [{ limit: 601, perMs: minute }];
      const asked = await Promise.all(Array.from({ length: 610 }, () => ask(windows, 0)));
      const went = asked.filter(({ place }) => place === "taken").length;
      expect(went).toBeLessThanOrEqual(601);
      expect(went).toBeGreaterThan(601 * 0.995);
      clock.advance(61_000);
      expect(await ask(windows, 0)).toEqual({ place: "taken", waitMs: 0 });
    });

    it("holds every window at once", async () => {
      const windows = [perSecond, { limit: 40, perMs: 5_000 }];
      const places = await takenAtOnce(120, windows);
      expect(mostInAnyStretch(places, 1_000)).toBe(25);
      expect(mostInAnyStretch(places, 5_000)).toBe(40);
      expect(Math.max(...places) - clock()).toBeLessThan(13_000);
    });

    it.each([[[{ limit: 7, perMs: 3_000 }]], [[{ limit: 3, perMs: 500 }]], [[{ limit: 450, perMs: minute }, perSecond]]])(
      "never exceeds %j, whenever the calls come",
      async (windows) => {
        const places: number[] = [];
        // A fixed sequence that looks random: pauses of different lengths between bursts of different sizes.
        let seed = 7;
        const next = (below: number) => {
          seed = (seed * 48_271) % 2_147_483_647;
          return seed % below;
        };
        for (let round = 0; round < 40; round++) {
          for (let count = next(30); count > 0; count--) {
            const { place, waitMs } = await ask(windows, next(2) === 0 ? 0 : 5_000);
            if (place === "taken") places.push(clock() + waitMs);
          }
          clock.advance(next(3) === 0 ? next(9_000) : next(300));
        }
        expect(places.length).toBeGreaterThan(40);
        for (const { limit, perMs } of windows) expect(mostInAnyStretch(places, perMs)).toBeLessThanOrEqual(limit);
      },
    );

    it("reserves nothing for those who would not wait so long, and tells them times that follow each other", async () => {
      await takenAtOnce(25, [perSecond]);
      const turnedAway = [await ask([perSecond], 900), await ask([perSecond], 900), await ask([perSecond], 900)];
      expect(turnedAway.map(({ place }) => place)).toEqual(["not-before", "not-before", "not-before"]);
      const [first = 0, second = 0, third = 0] = turnedAway.map(({ waitMs }) => waitMs);
      expect(first).toBeCloseTo(1_010, 0);
      expect([second - first, third - second].map(Math.round)).toEqual([40, 40]);
      // Who is ready to wait gets the very place that they were told.
      expect((await ask([perSecond], 1_100)).waitMs).toBeCloseTo(first, 0);
    });

    it("lets those who come back go before those who come for the first time", async () => {
      await takenAtOnce(25, [perSecond]);
      const { waitMs } = await ask([perSecond], 500);
      clock.advance(Math.ceil(waitMs));
      // Newcomers have taken what they would wait for.
      while ((await ask([perSecond], 500)).place === "taken");
      expect(await ask([perSecond], 3_000)).toMatchObject({ place: "taken" });
      expect(await ask([perSecond], 500)).toMatchObject({ place: "not-before" });
    });

    it("counts what has one key together, and other keys and other limits apart", async () => {
      const [first] = await takenAtOnce(1, [perSecond], "a");
      expect(await taken([perSecond], "b")).toBe(first);
      expect(await taken([perSecond], "a")).toBeGreaterThan(first ?? 0);
      expect(await taken([{ limit: 26, perMs: 1_000 }], "a")).toBe(first);
    });

    it("is held up for no longer than a window by a clock that was set back", async () => {
      const windows = [perSecond, { limit: 10, perMs: 10_000 }];
      await takenAtOnce(10, windows);
      clock.advance(-3_600_000);
      const { place, waitMs } = await ask(windows);
      expect(place).toBe("taken");
      expect(waitMs).toBeLessThan(10_200);
      expect(waitMs).toBeGreaterThan(0);
    });

    it("holds back a key for as long as the API has said last, and no other one", async () => {
      await governor.pause("a", 90_000);
      await governor.pause("a", 30_000);
      expect([await governor.pausedMs("a"), await governor.pausedMs("b")]).toEqual([30_000, 0]);
      // It is no place of the key's, and outlives those that are forgotten.
      expect(await taken([perSecond], "a")).toBe(clock());
      clock.advance(10_000);
      await governor.purge();
      expect(await Promise.all([governor.pausedMs("a"), governor.pausedMs("b")])).toEqual([20_000, 0]);
      clock.advance(20_000);
      expect(await governor.pausedMs("a")).toBe(0);
    });

    it("forgets only what limits nobody any more", async () => {
      const windows = [{ limit: 2, perMs: 10_000 }];
      await takenAtOnce(2, windows);
      clock.advance(10_000);
      await governor.purge();
      expect(await ask(windows, 0)).toMatchObject({ place: "not-before" });
      clock.advance(1_000);
      await governor.purge();
      const places = await takenAtOnce(2, windows);
      expect(places).toEqual([clock(), clock()]);
    });
  });
}
