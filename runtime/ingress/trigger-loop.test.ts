import { expect, test } from "vitest";
import { createManualTimers } from "../engine/manual-timers.ts";
import { createTestClock } from "../testing/test-database.ts";
import { createTriggerLoop } from "./trigger-loop.ts";

test("looks again and again, also after a fault, of which it tells once; and waits for its look when it is stopped", async () => {
  const clock = createTestClock();
  const timers = createManualTimers(clock);
  const reports: unknown[] = [];
  let looks = 0;
  let looked = Promise.withResolvers<void>();
  const loop = createTriggerLoop({
    setTimer: timers.setTimer,
    everyMs: 1_000,
    async look() {
      looks += 1;
      looked.resolve();
      if (looks < 3) throw new TypeError("away");
    },
    report: (error) => reports.push(error),
  });
  const next = async () => {
    await looked.promise;
    looked = Promise.withResolvers();
    // What follows a look is done in microtasks.
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
    timers.fire();
  };
  loop.start();
  await next();
  await next();
  await next();
  expect([looks, reports.length]).toEqual([4, 1]);
  await loop.stop();
  clock.advance(1_000);
  timers.fire();
  expect(looks).toBe(4);
});
