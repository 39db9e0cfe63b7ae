import type { Outbound } from "./call-endpoint.ts";

/** A way out by which nothing goes: what stands in the real one's place begins from it. */
export const closedOutbound: Outbound = {
  admit: async () => ({ passed: "canceled" }),
  call: async () => ({ outcome: "canceled", message: "nothing is sent", durationMs: 0 }),
  preview: () => null,
  renewToken: async () => null,
  holdToken: async () => null,
  redeemCode: async () => null,
  close: async () => {},
  destroy: async () => {},
};
