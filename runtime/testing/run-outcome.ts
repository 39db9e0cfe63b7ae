import type { Json } from "../../shared/json.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { isFinal } from "../../shared/run/run.ts";
import { applyEntry, emptyRunView, foldJournal } from "../../shared/run/run-view.ts";
import type { JournalRecord } from "../store/engine-store.ts";

/** What a run came to, without what differs from one time to the next: times, ids, attempts. */
export function outcomeOf(records: JournalRecord[]): Json {
  const view = foldJournal(records.map(({ entry }) => entry));
  const values = new Map(records.map(({ entry, values }) => [entry.number, values]));
  const steps = Object.entries(view.steps)
    .filter(([key]) => key !== view.trigger)
    .map(([key, step]) => {
      const timed = records.some(
        ({ entry }) => entry.kind === "step-waiting" && entry.node === step.node && entry.reason === "delay",
      );
      const read = (entry: number | null, name: "input" | "output"): Json =>
        entry === null ? null : (values.get(entry)?.[name] ?? null);
      return [
        key,
        {
          status: step.status,
          ports: step.ports,
          error: step.error && { code: step.error.code, node: step.error.node ?? null },
          input: read(step.inputEntry, "input"),
          output: timed || step.decision !== null ? null : read(step.outputEntry, "output"),
        },
      ] as const;
    })
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const error = view.error && { code: view.error.code, node: view.error.node ?? null };
  const text = JSON.stringify({ status: view.status, error, answered: view.answer !== null, steps });
  // Until 2030.
  const times = /\b\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=:)1[78]\d{11}\b/g;
  return JSON.parse(
    text.replaceAll(/\b(run|evt|flw)_[0-9a-f]{32}/g, "$1").replaceAll(times, (time) => (time.includes("T") ? "time" : "0")),
  );
}

/** What is wrong with a run's journal, whatever the run was: numbered without a gap, each step settled once and not touched afterwards. */
export function journalFaults(entries: JournalEntry[]): string[] {
  const faults: string[] = [];
  if (entries.some(({ number }, index) => number !== index + 1)) faults.push("the numbers have a gap");
  if (entries.filter(({ kind }) => kind === "run-started").length !== 1) faults.push("it did not begin once");
  if (entries.at(-1)?.kind !== "run-finished") faults.push("something was written after the end");
  const settled = new Set<string>();
  for (const entry of entries) {
    if (!("node" in entry) || entry.kind === "run-stopping" || entry.kind === "run-answered") continue;
    const path = entry.iteration ?? [];
    if (entry.kind === "iteration-finished" || entry.kind === "iterations-finished") continue;
    const key = `${entry.node}[${path.join(",")}]`;
    if (settled.has(key)) faults.push(`${entry.kind} of ${key} after it had settled`);
    if (/^step-(succeeded|failed|skipped|canceled)$/.test(entry.kind)) settled.add(key);
  }
  const view = foldJournal(entries);
  if (!isFinal(view.status)) faults.push(`it is ${view.status}`);
  if (view.open.size > 0) faults.push(`${[...view.open].join(", ")} did not settle`);
  return faults;
}

/** The engine folds entry by entry in place, the canvas what comes at a time into a copy: both must see the same. */
export function foldFaults(records: JournalRecord[]): string[] {
  const entries = records.map(({ entry }) => entry);
  const engine = emptyRunView();
  for (const entry of entries) applyEntry(engine, entry);
  let canvas = emptyRunView();
  for (let from = 0; from < entries.length; from += 3) canvas = foldJournal(entries.slice(from, from + 3), canvas);
  const same = JSON.stringify(engine) === JSON.stringify(canvas) && [...engine.open].join() === [...canvas.open].join();
  return [...journalFaults(entries), ...(same ? [] : ["the engine and the canvas see another state"])];
}

/** Where a run came to something else than another one of the same program; empty when it did not. */
export function differences(one: JournalRecord[], other: JournalRecord[]): string[] {
  const [calm, rough] = [outcomeOf(one), outcomeOf(other)];
  return JSON.stringify(calm) === JSON.stringify(rough) ? [] : [firstDifference(calm, rough, "")];
}

function firstDifference(one: Json, other: Json, path: string): string {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return `${path}: ${JSON.stringify(one)} became ${JSON.stringify(other)}`;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const key of keys) {
    const [a, b] = [(one as Record<string, Json>)[key] ?? null, (other as Record<string, Json>)[key] ?? null];
    if (JSON.stringify(a) !== JSON.stringify(b)) return firstDifference(a, b, `${path}.${key}`);
  }
  return `${path}: the order of fields`;
}
