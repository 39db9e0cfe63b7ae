import { farthestMs, type Governor, type Pace, type Place, paceOf } from "../governor.ts";

/** `last`: the last place taken; `told`: by flow, the last one that it was turned away to. Times in milliseconds. */
type Taken = { pace: Pace; last: number; told: Map<string, number>; bursts: { inGroup: number; marks: number[] }[] };

/** The governor of one process. */
export function createMemoryGovernor(clock: () => number): Governor {
  const known = new Map<string, Taken>();
  const pausedUntil = new Map<string, number>();
  return {
    async take({ key, windows, atMostMs, flow = "" }) {
      // Other windows are counted anew: what they would have to know of the calls before was not kept.
      const name = `${key} ${JSON.stringify(windows)}`;
      const taken = known.get(name) ?? nothingTaken(paceOf(windows));
      known.set(name, taken);
      return takePlace(taken, { now: clock(), atMostMs, flow });
    },
    async pause(key, ms) {
      pausedUntil.set(key, clock() + ms);
    },
    async pausedMs(key) {
      return Math.max(0, (pausedUntil.get(key) ?? 0) - clock());
    },
    async purge() {
      const now = clock();
      for (const [key, until] of pausedUntil) if (until < now) pausedUntil.delete(key);
      for (const [name, { pace, last, told }] of known) {
        const limitsUntil = last + Math.max(pace.spacingMs, ...pace.bursts.map(({ spanMs }) => spanMs));
        if (Math.max(limitsUntil, ...told.values()) < now) known.delete(name);
      }
    },
  };
}

function nothingTaken(pace: Pace): Taken {
  const bursts = pace.bursts.map(({ count }) => ({ inGroup: 0, marks: Array<number>(count).fill(Number.NEGATIVE_INFINITY) }));
  return { pace, last: Number.NEGATIVE_INFINITY, told: new Map(), bursts };
}

type Asking = { now: number; atMostMs: number; flow: string };

function takePlace(taken: Taken, { now, atMostMs, flow }: Asking): Place {
  const { pace, bursts } = taken;
  const notAhead = (time: number) => (time > now + farthestMs ? now : time);
  const last = notAhead(taken.last);
  let place = Math.max(now, last + pace.spacingMs);
  for (const [index, { spanMs }] of pace.bursts.entries()) {
    const burst = bursts[index];
    if (!burst) continue;
    // After a pause of a whole window nothing counts any more, so a new group begins.
    if (now - last >= spanMs) burst.inGroup = 0;
    if (burst.inGroup === 0) place = Math.max(place, notAhead(burst.marks[0] ?? now) + spanMs);
  }
  const waitMs = place - now;
  if (waitMs > atMostMs) {
    const before = taken.told.get(flow) ?? Number.NEGATIVE_INFINITY;
    for (const [other, at] of taken.told) if (at < now) taken.told.delete(other);
    taken.told.delete(flow);
    // Those who wait have a turn each: a flow alone has them all.
    const told = Math.max(place, before + pace.intervalMs * (taken.told.size + 1));
    taken.told.set(flow, told);
    return { place: "not-before", waitMs: told - now };
  }
  taken.last = place;
  for (const [index, { size }] of pace.bursts.entries()) {
    const burst = bursts[index];
    if (!burst) continue;
    burst.inGroup += 1;
    if (burst.inGroup < size) continue;
    burst.inGroup = 0;
    burst.marks.shift();
    burst.marks.push(place);
  }
  return { place: "taken", waitMs };
}
