import { expect, it } from "vitest";
import type { Refusal } from "../../shared/api/events.ts";
import { createMemoryBus } from "../store/memory-bus.ts";
import { createRefusals } from "./refusals.ts";

const request = { method: "POST", url: "http://patchbay.example/hooks/x", headers: {}, body: Buffer.from("{}") };

function refusal(id: string, hook: string): Refusal {
  const what = { at: 1, flow: null, reason: "signature_mismatch" as const, explanation: "", headers: {}, size: 2 };
  return { id, hook, remoteAddress: null, ...what };
}

function start() {
  const refusals = createRefusals(createMemoryBus());
  return {
    add: (id: string, hook: string, body: Uint8Array = request.body) =>
      refusals.add("wsp", refusal(id, hook), { ...request, body }),
    kept: (id: string) => refusals.find("wsp", id)?.request != null,
  };
}

it("keeps the last 20 requests of a hook: a flood on one drives nobody else's out", () => {
  const { add, kept } = start();
  add("other", "hook_b");
  for (let index = 0; index < 21; index += 1) add(`flood-${index}`, "hook_a");
  expect([kept("flood-0"), kept("flood-1"), kept("flood-20"), kept("other")]).toEqual([false, true, true, true]);
});

it("keeps 200 requests in all", () => {
  const { add, kept } = start();
  // Of ten hooks each, so that no hook meets its own limit.
  for (let index = 0; index < 190; index += 1) add(`first-${index}`, `hook_${index % 10}`);
  for (let index = 0; index < 10; index += 1) add(`next-${index}`, `hook_other_${index}`);
  expect([kept("first-0"), kept("next-9")]).toEqual([true, true]);
  add("one-more", "hook_new");
  expect([kept("first-0"), kept("first-1"), kept("one-more")]).toEqual([false, true, true]);
});

it("keeps no request over 64 KB", () => {
  const { add, kept } = start();
  add("large", "hook_a", Buffer.alloc(65_537));
  add("fits", "hook_a", Buffer.alloc(65_536));
  expect([kept("large"), kept("fits")]).toEqual([false, true]);
});
