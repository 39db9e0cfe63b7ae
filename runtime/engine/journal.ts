import type { Json } from "../../shared/json.ts";
import type { JournalEntry, JournalValues, ValueName } from "../../shared/run/journal.ts";
import { applyEntry, foldJournal, type RunView } from "../../shared/run/run-view.ts";
import type { EngineStore, JournalRecord, PreparedRun, Release, RunRef, SignalTo } from "../store/engine-store.ts";
import { jsonSize } from "./json-size.ts";
import type { RunSecrets } from "./run-secrets.ts";
import { type Announced, trackWaits } from "./track-waits.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An entry before it has its place: number, time and value names are added here. */
export type NewEntry = DistributiveOmit<JournalEntry, "number" | "at" | "values">;

/** `refused`: the entries cannot be stored, and never will be. Everything else may be different for the next holder. */
export type Loss = { outcome: "stale" | "refused" | "unavailable" | "abandoned"; reason: string };

/** The journal of one run in the hands of its holder. */
export type RunJournal = {
  /** The fold of everything added, durable or not yet. */
  readonly view: RunView;
  /** About how many bytes of JSON the values of all entries have. */
  size(): number;
  /** The values of an entry, by its number. */
  values(number: number): JournalValues;
  /** Numbers an entry, folds it in and keeps it for the next write. Gives its number. */
  add(entry: NewEntry, values?: JournalValues): number;
  /** Sends what was added to the store; true once it is durable, false when the run is no longer ours to write. */
  flush(): Promise<boolean>;
  /** Writes the rest and lets go of the run. */
  release(release: Release): Promise<boolean>;
  /**
   * Starts a run in the commit of the entries added so far. `secretPaths`: what its trigger marks of what it is given, which is secret
   * here as well from then on.
   */
  startRun(run: PreparedRun, secretPaths?: readonly string[]): void;
  /** Leaves a signal for another run in that commit, if the run has not ended. */
  leave(signal: SignalTo): void;
  /** Says what a step will wait for, once the entry is added by which it begins to. */
  announce(wait: Announced): void;
  /** Marks signals as accounted for by the entries added so far; `passedOver`: those that came for a step which had ended already. */
  consume(signals: string[], passedOver: string[]): void;
  /** Writes nothing more: the run is left as it is on disk, for whoever claims it next. */
  abandon(reason: string): void;
  /** Why nothing can be written any more, null while all is well. */
  lost(): Loss | null;
};

/** `marked`: the paths that a node marks as secret of what it gives. */
type Deps = { engine: EngineStore; clock: () => number; secrets: RunSecrets; marked(node: string): readonly string[] };

/** Opens the journal of a claimed run: `records` is what it holds already. */
export function openJournal({ engine, clock, secrets, marked }: Deps, ref: RunRef, records: JournalRecord[]): RunJournal {
  const view = foldJournal(records.map((record) => record.entry));
  const values = new Map(
    records.map(({ entry, values, sealed }) => [entry.number, sealed ? secrets.reveal(values) : values] as const),
  );
  let size = 0;
  for (const owned of values.values()) size += sizeOf(owned);
  let unsent: JournalRecord[] = [];
  let consumed: string[] = [];
  let passedOver: string[] = [];
  let starts: PreparedRun[] = [];
  let signals: SignalTo[] = [];
  const waits = trackWaits(view);
  let lost: Loss | null = null;
  let lastWrite: Promise<boolean> = Promise.resolve(true);

  /** What is about to be stored: what its node marks is secret from here on, and no sentence tells of it. */
  function kept(entry: NewEntry, owned: JournalValues): { entry: NewEntry; values: JournalValues } {
    const paths = "node" in entry ? marked(entry.node) : [];
    if (paths.length > 0) secrets.mark(givenBy(entry, owned.output), paths);
    const values = secrets.hide(owned);
    // The paths are those of the whole list, not of a page.
    if (entry.kind === "page-received" && paths.length > 0) values.output = secrets.seal(owned.output ?? null);
    if ("error" in entry && entry.error) return { entry: { ...entry, error: secrets.error(entry.error) }, values };
    return { entry: "message" in entry ? { ...entry, message: secrets.text(entry.message) } : entry, values };
  }

  function add(given: NewEntry, owned: JournalValues = {}): number {
    const { entry, values: stored } = kept(given, owned);
    const names = (Object.keys(owned) as ValueName[]).filter((name) => owned[name] !== undefined);
    const numbered = {
      number: view.length + 1,
      at: clock(),
      ...(names.length > 0 && { values: names }),
      ...entry,
    } as JournalEntry;
    applyEntry(view, numbered);
    waits.take(numbered);
    values.set(numbered.number, owned);
    size += sizeOf(owned);
    unsent.push({ entry: numbered, values: stored });
    return numbered.number;
  }

  function write(release: Release): Promise<boolean> {
    if (lost !== null) return Promise.resolve(false);
    // The store takes writes in the order in which they are handed over, so nothing waits here for the one before.
    const request = { ref, records: unsent, release, consumed, passedOver, starts, signals, ...waits.changes(release) };
    unsent = [];
    consumed = [];
    passedOver = [];
    starts = [];
    signals = [];
    lastWrite = engine.write(request).then((outcome) => {
      if (outcome.outcome !== "written") lost ??= { reason: "another holder has it", ...outcome };
      return lost === null;
    });
    return lastWrite;
  }

  return {
    view,
    size: () => size,
    values: (number) => values.get(number) ?? {},
    add,
    flush: () => (unsent.length === 0 && consumed.length === 0 ? lastWrite : write({ to: "running" })),
    release: write,
    startRun: (run, secretPaths = []) => {
      for (const { values } of run.records) secrets.mark(values.output, secretPaths);
      const records = run.records.map(({ entry, values }) => ({ entry, values: secrets.hide(values) }));
      starts.push({ ...run, records });
    },
    leave: (signal) => void signals.push(signal),
    announce: waits.announce,
    consume(taken, unseen) {
      consumed.push(...taken);
      passedOver.push(...unseen);
    },
    abandon(reason) {
      lost ??= { outcome: "abandoned", reason };
    },
    // A method, not a getter: V8 gives each object literal with a getter a hidden class of its own, which lives, with all that the
    // closure sees, until the next major collection.
    lost: () => lost,
  };
}

/** What came for a waiting step is a part of what the step gives then, and marked there. */
function givenBy(entry: NewEntry, output: Json | undefined): Json | undefined {
  return entry.kind === "signal-received" && entry.signal === "resumed" ? { body: output ?? null } : output;
}

function sizeOf(owned: JournalValues): number {
  let size = 0;
  for (const name in owned) size += jsonSize(owned[name as ValueName]);
  return size;
}
