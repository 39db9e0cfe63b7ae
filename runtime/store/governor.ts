import type { RateWindow } from "../../shared/connector/rate-limit.ts";

/** `key` names what an outside API counts together: an account and a group of endpoints. */
export type Asked = {
  key: string;
  windows: RateWindow[];
  /** How long the caller would wait, in milliseconds; at most `farthestMs`. */
  atMostMs: number;
  /** For whom it is, where several ask for themselves. */
  flow?: string;
};

/**
 * `taken`: the place is the caller's, `waitMs` from now. `not-before`: it would have been later than the caller would wait, so
 * nothing was reserved; a place can be had in `waitMs`. Those of one flow who are told so are told times that follow each other as the
 * limits allow, and shared with the other flows that are told times, so that they do not all come back at once, and no flow waits behind
 * all the calls of another one.
 */
export type Place = { place: "taken"; waitMs: number } | { place: "not-before"; waitMs: number };

/**
 * Spreads calls so that the limits of an outside API hold, over all flows and all processes. A place is taken in the order of
 * asking, and nobody asks twice for one that was taken. Whoever comes back after `not-before` should be ready to wait longer than
 * those who come for the first time: that is what lets them go first.
 */
export type Governor = {
  /** Takes the next place that is free in every window, or in none. Gives `not-before` as well while nothing can be counted. */
  take(asked: Asked): Promise<Place>;
  /** The API has said that nothing is left for so long: no process is to let a call of `key` pass. The newest word counts. Never rejects. */
  pause(key: string, ms: number): Promise<void>;
  /** For how long calls of `key` are held back, in milliseconds: 0 where nobody has said so, or nothing can be asked. */
  pausedMs(key: string): Promise<number>;
  /** Forgets keys whose places, and pauses, limit nobody any more. */
  purge(): Promise<void>;
};

/** No place is ever farther ahead. What seems to be has been taken before the clock was set back. */
export const farthestMs = 60_000;

/**
 * How the windows of a key are kept, in milliseconds. A short window, in which the few calls of a burst would meet the burst of the
 * next one if the network delayed them unequally, is kept by spacing: calls are `spacingMs` apart, so there are at most `limit` in
 * any stretch, and nearly that many under demand. A long one may be used up in one burst: the time of the last call of each `size`
 * calls is remembered, `count` times, and a new group of calls begins no earlier than `spanMs` after the end of the group that was
 * `count` groups before it. Any stretch of a window thus has at most `count` × `size` calls, which is the limit or up to half a
 * percent less. Every window is a little longer than declared, for what lies between the place and the arrival at the API.
 */
export type Pace = {
  spacingMs: number;
  bursts: { size: number; count: number; spanMs: number }[];
  /** The mean distance of calls that the tightest window allows. */
  intervalMs: number;
};

const shortMs = 2_000;
const mostMarks = 200;

export function paceOf(windows: RateWindow[]): Pace {
  const pace: Pace = { spacingMs: 0, bursts: [], intervalMs: 0 };
  for (const { limit, perMs } of windows) {
    const spanMs = perMs + Math.min(perMs / 100, 250);
    const intervalMs = spanMs / limit;
    pace.intervalMs = Math.max(pace.intervalMs, intervalMs);
    if (perMs <= shortMs || limit === 1) pace.spacingMs = Math.max(pace.spacingMs, intervalMs);
    else {
      const size = Math.ceil(limit / mostMarks);
      pace.bursts.push({ size, count: Math.floor(limit / size), spanMs });
    }
  }
  return pace;
}
