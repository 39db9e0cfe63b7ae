import type { NewDelivery, NewEvent } from "../store/engine-store.ts";
import type { Pair } from "../store/pair.ts";
import type { TestClock } from "./test-database.ts";

export type OpenPair = { pair: Pair; clock: TestClock; close(): Promise<void> };

export const week = 7 * 86_400_000;
let counter = 0;

export function newEvent(clock: TestClock, key: string | null = null, scope = "hook_1"): NewEvent {
  counter += 1;
  return {
    id: `evt_${String(counter).padStart(8, "0")}`,
    workspace: "wsp_1",
    source: "webhook",
    hook: "hook_1",
    flow: "flow_1",
    receivedAt: clock(),
    method: "POST",
    headers: "{}",
    query: "{}",
    contentType: "application/json",
    body: Buffer.from("{}"),
    dedupe: key === null ? null : { scope, key, expiresAt: clock() + week },
  };
}

export function newDelivery(clock: TestClock): NewDelivery {
  return { id: "dlv_1", workspace: "wsp_1", hook: "hook_1", receivedAt: clock(), body: Buffer.from("[]") };
}

export function newRun() {
  counter += 1;
  return { id: `run_${String(counter).padStart(8, "0")}`, flowVersion: "ver_1", trigger: "start" };
}
