import { describe, expect, it } from "vitest";
import { createTestClock } from "../testing/test-database.ts";
import { createSignInLimiter } from "./sign-in-limiter.ts";

const minute = 60_000;

function setUp() {
  const clock = createTestClock();
  const limiter = createSignInLimiter(clock);
  const tries = (count: number, email: (index: number) => string, address: (index: number) => string) => {
    for (let index = 0; index < count; index++) limiter.begin(email(index), address(index));
  };
  return { clock, limiter, tries };
}

describe("createSignInLimiter", () => {
  it("lets 10 tries per address through in 10 minutes, from wherever they come", () => {
    const { clock, limiter, tries } = setUp();
    tries(10, () => "a@x.io", String);
    clock.advance(9 * minute + 1);
    expect(() => limiter.begin("a@x.io", "elsewhere")).toThrow(
      expect.objectContaining({
        code: "rate_limited",
        message: "too many failed sign-ins: try again in a minute",
        details: { retryAfterMs: minute - 1 },
      }),
    );
    limiter.begin("b@x.io", "elsewhere");
    clock.advance(minute - 1);
    limiter.begin("a@x.io", "elsewhere");
  });

  it("lets 50 tries from one network address through, for whomever they are", () => {
    const { limiter, tries } = setUp();
    tries(
      50,
      (index) => `p${index}@x.io`,
      () => "1.2.3.4",
    );
    expect(() => limiter.begin("new@x.io", "1.2.3.4")).toThrow("try again in 10 minutes");
    limiter.begin("new@x.io", "1.2.3.5");
  });

  it("does not count tries that were refused", () => {
    const { clock, limiter, tries } = setUp();
    tries(
      10,
      () => "a@x.io",
      () => "1.2.3.4",
    );
    for (let index = 0; index < 100; index++) expect(() => limiter.begin("a@x.io", "1.2.3.4")).toThrow("too many");
    tries(
      40,
      (index) => `p${index}@x.io`,
      () => "1.2.3.4",
    );
    clock.advance(10 * minute);
    tries(
      10,
      () => "a@x.io",
      () => "1.2.3.4",
    );
  });

  it("does not count tries that were right, and forgets no wrong one for them", () => {
    const { limiter, tries } = setUp();
    tries(
      9,
      () => "a@x.io",
      () => "1.2.3.4",
    );
    for (let index = 0; index < 30; index++) {
      limiter.begin("a@x.io", "1.2.3.4");
      limiter.succeeded("a@x.io", "1.2.3.4");
    }
    limiter.begin("a@x.io", "1.2.3.4");
    expect(() => limiter.begin("a@x.io", "1.2.3.4")).toThrow("too many");
  });

  it("counts nothing below zero when a window ends during a try", () => {
    const { clock, limiter, tries } = setUp();
    limiter.begin("a@x.io", "1.2.3.4");
    clock.advance(10 * minute);
    limiter.succeeded("a@x.io", "1.2.3.4");
    tries(10, () => "a@x.io", String);
    expect(() => limiter.begin("a@x.io", "1.2.3.4")).toThrow("too many");
  });

  it("keeps a bounded number of counts, dropping the oldest", () => {
    const { limiter, tries } = setUp();
    tries(
      10,
      () => "a@x.io",
      () => "first",
    );
    tries(20_000, (index) => `p${index}@x.io`, String);
    limiter.begin("a@x.io", "first");
  });
});
