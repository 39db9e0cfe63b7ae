/** At most `limit` calls in any stretch of `perMs` milliseconds. */
export type RateWindow = { limit: number; perMs: number };

/**
 * Spreads calls so that the limits of an outside API hold, over all flows and all processes. `key` names what the API counts
 * together: an account and a group of endpoints.
 */
export type Governor = {
  /** Takes the next free place of every window: how many milliseconds to wait before the call is sent; 0: now. */
  take(key: string, windows: RateWindow[]): Promise<number>;
};
