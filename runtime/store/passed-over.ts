import type { RunWrite, StoredSignal } from "./engine-store.ts";

/** `events`: those that are to be held, as those of a flow that is paused, to start runs of their own; `signals`: what is not to be read any more. */
export type PassedOver = { events: string[]; signals: string[] };

/**
 * What was to let steps of a run go on which end without it: at the very moment of its deadline a step may have been given an event that
 * its holder has not seen. `signals`: those of the run before the write. An event that another step of the run has received, or still
 * may, is not held.
 */
export function passedOver(
  { consumed, passedOver: unseen = [], waits }: Pick<RunWrite, "consumed" | "passedOver" | "waits">,
  signals: readonly StoredSignal[],
): PassedOver {
  const removed = new Set(waits?.remove);
  if (removed.size === 0) return { events: [], signals: [] };
  const received = new Set(consumed);
  for (const id of unseen) received.delete(id);
  const over: string[] = [];
  const lost = new Set<string>();
  const kept = new Set<string>();
  for (const { id, signal } of signals) {
    if (signal.kind !== "resume") continue;
    const isLost = removed.has(signal.step) && !received.has(id);
    if (isLost) over.push(id);
    (isLost ? lost : kept).add(signal.by);
  }
  return { events: [...lost].filter((event) => !kept.has(event)), signals: over };
}
