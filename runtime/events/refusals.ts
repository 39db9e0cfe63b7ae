import type { Refusal } from "../../shared/api/events.ts";
import type { Bus } from "../store/bus.ts";

/** Refused deliveries, for the operator: bounded per workspace and in memory only, so a flood costs nothing durable. */
export type Refusals = {
  add(workspace: string, refusal: Refusal): void;
  /** Newest first. */
  list(workspace: string): Refusal[];
};

const kept = 200;

export function createRefusals(bus: Bus): Refusals {
  const byWorkspace = new Map<string, Refusal[]>();
  return {
    add(workspace, refusal) {
      const list = byWorkspace.get(workspace) ?? [];
      list.unshift(refusal);
      list.length = Math.min(list.length, kept);
      byWorkspace.set(workspace, list);
      bus.publish({ topic: "refusal", workspace });
    },
    list: (workspace) => [...(byWorkspace.get(workspace) ?? [])],
  };
}
