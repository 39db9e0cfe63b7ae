import { describe, expect, it } from "vitest";
import { TriggerOutput } from "./event.ts";

describe("TriggerOutput", () => {
  const output = { id: "evt_1", source: "webhook", receivedAt: 1, body: { a: [1, null] }, headers: { "x-a": "b" }, query: {} };

  it.each([{ body: { a: [1, null] } }, { body: "text" }, { body: null }, { body: 0 }, { source: "manual" }])(
    "takes %o",
    (change) => {
      expect(TriggerOutput.parse({ ...output, ...change })).toEqual({ ...output, ...change });
    },
  );

  it.each([
    { body: undefined },
    { body: Number.NaN },
    { source: "carrier-pigeon" },
    { receivedAt: 1.5 },
    { headers: { "x-a": ["b"] } },
  ])("refuses %o", (change) => {
    expect(TriggerOutput.safeParse({ ...output, ...change }).success).toBe(false);
  });
});
