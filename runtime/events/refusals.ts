import type { Refusal } from "../../shared/api/events.ts";
import type { Bus } from "../store/bus.ts";

/**
 * Refused deliveries, for the operator: bounded per workspace and in memory only, so a flood costs nothing durable. Each node that
 * takes deliveries tells the others, so all have the same.
 */
export type Refusals = {
  add(workspace: string, refusal: Refusal): void;
  /** Newest first. */
  list(workspace: string): Refusal[];
};

const kept = 200;
/** Characters of names and values that are kept of a delivery's headers, all together. */
const headerChars = 4_096;

export function createRefusals(bus: Bus): Refusals {
  const byWorkspace = new Map<string, Refusal[]>();
  bus.subscribe("refusal", ({ workspace, refusal }) => {
    const list = byWorkspace.get(workspace) ?? [];
    list.unshift(refusal);
    list.length = Math.min(list.length, kept);
    byWorkspace.set(workspace, list);
  });
  return {
    add: (workspace, refusal) =>
      bus.publish({ topic: "refusal", workspace, refusal: { ...refusal, headers: within(refusal.headers) } }),
    list: (workspace) => [...(byWorkspace.get(workspace) ?? [])],
  };
}

/** A sender may send more than anybody wants to read. */
function within(headers: Record<string, string>): Record<string, string> {
  let left = headerChars;
  const cut = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    if (left < name.length) return [];
    const text = value.slice(0, left - name.length);
    left -= name.length + text.length;
    return [[name, text]];
  });
  return Object.fromEntries(cut);
}
