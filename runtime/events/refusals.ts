import type { Refusal } from "../../shared/api/events.ts";
import type { Bus } from "../store/bus.ts";

/** A refused request as it came: with its credentials, so it never leaves this process as it is. */
export type Captured = { method: string; url: string; headers: Record<string, string>; body: Uint8Array };

/**
 * Refused deliveries, for the operator: bounded per workspace and in memory only, so a flood costs nothing durable. Each node that
 * takes deliveries tells the others, so all have the same. The requests themselves are only where they came in.
 */
export type Refusals = {
  add(workspace: string, refusal: Refusal, request?: Captured): void;
  /** Newest first. */
  list(workspace: string): Refusal[];
  /** `request` null: it came in elsewhere, was too long, or others have come since. */
  find(workspace: string, id: string): { refusal: Refusal; request: Captured | null } | null;
};

const kept = 200;
/** Characters of names and values that are kept of a delivery's headers, all together. */
const headerChars = 4_096;
/** Requests that are kept whole. */
const captured = { ofHook: 20, inAll: 200, bytes: 65_536 };

export function createRefusals(bus: Bus): Refusals {
  const byWorkspace = new Map<string, Refusal[]>();
  const requests = new Map<string, { hook: string; request: Captured }>();
  bus.subscribe("refusal", ({ workspace, refusal }) => {
    const list = byWorkspace.get(workspace) ?? [];
    list.unshift(refusal);
    list.length = Math.min(list.length, kept);
    byWorkspace.set(workspace, list);
  });

  /** A hook that is flooded drives its own requests out, not those of others. */
  function capture(id: string, hook: string, request: Captured): void {
    if (request.body.length > captured.bytes) return;
    const ofHook = [...requests].filter(([, each]) => each.hook === hook).map(([each]) => each);
    const oldest =
      ofHook.length >= captured.ofHook ? ofHook[0] : requests.size >= captured.inAll ? [...requests.keys()][0] : undefined;
    if (oldest !== undefined) requests.delete(oldest);
    requests.set(id, { hook, request });
  }

  return {
    add(workspace, refusal, request) {
      if (request) capture(refusal.id, refusal.hook, request);
      bus.publish({ topic: "refusal", workspace, refusal: { ...refusal, headers: within(refusal.headers) } });
    },
    list: (workspace) => [...(byWorkspace.get(workspace) ?? [])],
    find(workspace, id) {
      const refusal = byWorkspace.get(workspace)?.find((each) => each.id === id);
      return refusal ? { refusal, request: requests.get(id)?.request ?? null } : null;
    },
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
