import type { Bus } from "./bus.ts";
import type { ItemOutcome, NewEvent, NewRun } from "./engine-store.ts";

/** Says what has come in, after the commit. */
export function publishIngested(bus: Bus, items: { event: NewEvent; runs: NewRun[] }[], outcomes: ItemOutcome[]): void {
  let started = false;
  items.forEach(({ event: { id, workspace, flow }, runs }, index) => {
    const outcome = outcomes[index];
    if (outcome?.outcome !== "accepted") return;
    bus.publish({ topic: "event", workspace, event: id, flow });
    if (outcome.resumed) {
      for (const run of outcome.runs) bus.publish({ topic: "signal", run });
      started = true;
      return;
    }
    for (const run of runs) publishQueued(bus, { workspace, flow, run: run.id });
    started ||= runs.length > 0;
  });
  if (started) bus.publish({ topic: "wake" });
}

export function publishQueued(bus: Bus, { workspace, flow, run }: { workspace: string; flow: string; run: string }): void {
  bus.publish({ topic: "run", workspace, flow, run, status: "queued", length: 0, answered: false });
}
