import { describe, expect, it } from "vitest";
import { HookAnswer } from "./subscription.ts";

describe("HookAnswer", () => {
  it("acknowledges with 200, and gives a respond step 2.5 s", () => {
    expect(HookAnswer.parse({})).toEqual({ status: 200, answerWithinMs: 2_500 });
  });

  it.each([
    { status: 199 },
    { status: 300 },
    { status: 404 },
    { answerWithinMs: -1 },
    { answerWithinMs: 30_001 },
    { answerWithinMs: 0.5 },
  ])("refuses %o", (answer) => {
    expect(HookAnswer.safeParse(answer).success).toBe(false);
  });
});
