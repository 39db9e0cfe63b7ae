import type { Workers } from "../workers.ts";

/** The worker of a process that has the database for itself: whoever stops it stops everything, so nobody takes its runs meanwhile. */
export const onlyWorker: Workers = {
  async join() {
    return { confirm: () => true, async leave() {} };
  },
};
