import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIds, randomName } from "./ids.ts";

/** UUIDv7 without its dashes: 48 bits of time, version 7, 12 bits, variant 10, 62 bits (RFC 9562, 5.7). */
const layout = /^evt_([0-9a-f]{12})7[0-9a-f]{3}[89ab][0-9a-f]{15}$/;
const start = 1_800_000_000_000;

describe("ids", () => {
  it("are UUIDv7 behind their prefix, and begin with their time", () => {
    const ids = createIds(() => start);
    for (let index = 0; index < 100; index += 1) {
      const [, time = ""] = layout.exec(ids.next("evt")) ?? [];
      expect(Number.parseInt(time, 16)).toBe(start);
    }
  });

  it("are unique and ordered by when they were made, whatever the clock does", () => {
    const steps = fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(steps, (moves) => {
        let now = start;
        const ids = createIds(() => now);
        const made = moves.map((move) => {
          now += move;
          return ids.next("evt");
        });
        expect(made).toEqual([...new Set(made)].toSorted());
        for (const id of made) expect(id).toMatch(layout);
      }),
    );
  });

  it("stay so when more are made in a millisecond than it has numbers for", () => {
    const ids = createIds(() => start);
    const made = Array.from({ length: 10_000 }, () => ids.next("evt"));
    expect(new Set(made).size).toBe(made.length);
    expect(made).toEqual(made.toSorted());
    for (const id of made) expect(id).toMatch(layout);
  });

  it("follow the clock again when it has caught up", () => {
    let now = start;
    const ids = createIds(() => now);
    ids.next("evt");
    now -= 60_000;
    expect(layout.exec(ids.next("evt"))?.[1]).toBe(start.toString(16).padStart(12, "0"));
    now = start + 1;
    expect(layout.exec(ids.next("evt"))?.[1]).toBe((start + 1).toString(16).padStart(12, "0"));
  });

  it("of two makers at one moment differ", () => {
    const made = [createIds(() => start), createIds(() => start)].flatMap((ids) =>
      Array.from({ length: 1_000 }, () => ids.next("evt")),
    );
    expect(new Set(made).size).toBe(2_000);
  });
});

describe("randomName", () => {
  it("has 160 random bits, in letters that a URL leaves as they are", () => {
    const names = Array.from({ length: 1_000 }, () => randomName("hook"));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^hook_[A-Za-z0-9_-]{27}$/);
    // Each place takes many letters, so none of it is constant.
    for (let place = "hook_".length; place < 31; place += 1)
      expect(new Set(names.map((name) => name[place])).size).toBeGreaterThan(32);
  });
});
