import { expect, test } from "vitest";
import { readableLine } from "./readable-line.ts";

const line = (record: Record<string, unknown>) => JSON.stringify({ level: 50, time: 1, ...record });

test.each([
  [
    line({
      run: null,
      err: { type: "AppError", message: "no answer", stack: "at a\nat b" },
      msg: "the queue could not be asked",
    }),
    "error: the queue could not be asked: no answer",
  ],
  [line({ requestId: "req_1", err: { message: "no answer" } }), "error: no answer (requestId req_1)"],
  ['{"level":40,"time":1,"run":"run_1","after":3,"msg":"late"}', "warning: late (run run_1, after 3)"],
  ["started as process 12", "started as process 12"],
  ['{"level":50,"cut', '{"level":50,"cut'],
])("%s reads as %s", (given, read) => {
  expect(readableLine(given)).toBe(read);
});
