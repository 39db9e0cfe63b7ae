import { constants } from "node:os";

/** One Ctrl C can come several times, from the terminal and from npm: only a later one is another wish. */
const insistMs = 1_000;

/** Closes in order at SIGINT, SIGTERM or SIGHUP and ends the process; another one after a second or more ends it at once. */
export function closeOnSignal(close: () => Promise<void>): void {
  let stoppingSince: number | null = null;
  const stop = (signal: NodeJS.Signals) => {
    if (stoppingSince !== null) {
      if (performance.now() - stoppingSince >= insistMs) process.exit(128 + constants.signals[signal]);
      return;
    }
    stoppingSince = performance.now();
    void close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
}
