/** Calls back once after `ms` milliseconds; the returned function calls it off. */
export type SetTimer = (ms: number, callback: () => void) => () => void;

export const setRealTimer: SetTimer = (ms, callback) => {
  // setTimeout fires at once beyond 2^31-1; whoever waits longer looks at the clock and waits again.
  const timer = setTimeout(callback, Math.min(Math.max(ms, 0), 2_147_483_647));
  return () => clearTimeout(timer);
};
