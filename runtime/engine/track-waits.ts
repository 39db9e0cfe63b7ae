import type { JournalEntry } from "../../shared/run/journal.ts";
import { isSettled, type RunView, type StepView, stepKey } from "../../shared/run/run-view.ts";
import type { NewWait, Release, RunWrite } from "../store/engine-store.ts";

/** What others have to know of a step that waits for an event or a person. */
export type Announced = Omit<NewWait, "entry" | "since">;

export type WaitTracker = {
  announce(wait: Announced): void;
  /** Takes account of an entry that the view holds already. */
  take(entry: JournalEntry): void;
  /** What has changed since it was asked last, for the write that holds the entries. */
  changes(release: Release): Pick<RunWrite, "waits">;
};

/** Follows which steps of a run wait for somebody or something outside, so that the rows of others' look-ups change with the journal. */
export function trackWaits(view: RunView): WaitTracker {
  const announced = new Map<string, Announced>();
  const waiting = new Set([...view.open].filter((key) => view.steps[key] && isWaiting(view.steps[key])));
  let add: NewWait[] = [];
  let remove: string[] = [];

  return {
    announce: (wait) => void announced.set(wait.step, wait),
    take(entry) {
      const nothingNew = announced.size === 0 && entry.kind !== "step-waiting";
      if ((nothingNew && waiting.size === 0) || !("node" in entry)) return;
      const key = stepKey(entry.node, entry.iteration);
      const wait = asksForOutcome(entry) && !waiting.has(key) ? outcomeOf(key) : announced.get(key);
      const step = view.steps[key];
      if (wait && entry.kind === "step-waiting") {
        announced.delete(key);
        waiting.add(key);
        add.push({ ...wait, entry: entry.number, since: entry.at });
      } else if (waiting.has(key) && (!step || !isWaiting(step))) {
        waiting.delete(key);
        remove.push(key);
      }
    },
    changes({ to }) {
      if (to === "final") {
        remove.push(...waiting);
        waiting.clear();
      }
      if (add.length + remove.length === 0) return {};
      const waits = { add, remove };
      add = [];
      remove = [];
      return { waits };
    },
  };
}

function asksForOutcome(entry: JournalEntry): boolean {
  return entry.kind === "step-waiting" && entry.reason === "outcome-unknown";
}

/** Anybody may say what became of a call, and there is no time by which that must be known. */
function outcomeOf(step: string): Announced {
  return { step, kind: "outcome", until: null, approvers: [], correlation: null };
}

function isWaiting(step: StepView): boolean {
  if (isSettled(step)) return false;
  if (step.reason === "outcome-unknown") return step.decision === null;
  return (step.reason === "event" || step.reason === "approval") && step.received === null;
}
