import { expect, it } from "vitest";
import { playCalls } from "./play-calls.ts";

it("answers requests that come together one after the other where it looks through much, and others have turns between", async () => {
  const recorded = Array.from({ length: 300 }, (_, index) => ({
    request: { method: "GET", url: `https://recorded.example/${index}?b=1&a=2`, body: null },
    answer: { status: 200, headers: {}, body: index },
  }));
  const player = playCalls(recorded, () => 0);
  let turns = 0;
  let ticking = setImmediate(function tick() {
    turns += 1;
    ticking = setImmediate(tick);
  });
  const asked = [7, 299, 0, 12, 3].map((index) => ({
    request: { method: "GET" as const, url: `https://api.example/${index}?a=2&b=1`, headers: {}, body: null },
  }));
  const answers = await Promise.all(
    asked.map((each) => player.outbound.call(each as Parameters<typeof player.outbound.call>[0])),
  );
  clearImmediate(ticking);
  expect(answers.map((answer) => "body" in answer && answer.body)).toEqual([7, 299, 0, 12, 3]);
  expect(player).toMatchObject({ sent: 5, unknown: [] });
  expect(turns).toBeGreaterThanOrEqual(4);
});
