import type { EventSource, RunSource } from "../../shared/event/event.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalEntry, JournalValues, OutcomeDecision } from "../../shared/run/journal.ts";
import type { FinalRunStatus, RunStatus } from "../../shared/run/run.ts";
import type { Claim } from "./queue.ts";

/** The runs that a worker holds at this moment. */
export type Held = { has(run: string): boolean; keys(): Iterable<string> };

/** One journal entry with the values it owns. */
export type JournalRecord = {
  entry: JournalEntry;
  values: JournalValues;
  /** Something in the values may be sealed. */
  sealed?: boolean;
};

/** An event as it is stored: raw bytes, headers already masked. */
export type NewEvent = {
  id: string;
  workspace: string;
  source: EventSource;
  /** The hook it came through; null for those of our own making. */
  hook: string | null;
  flow: string;
  receivedAt: number;
  method: string;
  headers: string;
  query: string;
  contentType: string | null;
  body: Uint8Array;
  /** Within `scope` a key is accepted once until it expires (ms): the id of a hook, or e.g. `schedule:<flow>:<node>`. */
  dedupe: { scope: string; key: string; expiresAt: number } | null;
  /** Trigger node that it is for. */
  node?: string | null;
  eventType?: string | null;
  /** How it proved itself, in words. */
  verified?: string | null;
  /** The flow is paused: `release` starts its run. */
  held?: boolean;
  /** It did not pass the trigger's filters. */
  filtered?: boolean;
  /** Values by which it resumes steps that wait for them: if it does, it starts no run. */
  correlations?: { path: string; key: string }[];
  /** The event that this one is sent again for, and who asked for it. */
  replay?: { of: string; by: string } | null;
};

/** One request that was several events: kept once, with its raw body. */
export type NewDelivery = { id: string; workspace: string; hook: string; receivedAt: number; body: Uint8Array };
/** One event of a request, and the run that it starts if any. */
export type NewItem = { event: NewEvent; run: NewRun | null };

/** A run to start in the same commit as its event. */
export type NewRun = {
  id: string;
  flowVersion: string;
  trigger: string;
  /** How many runs are above it: the event may be a call of one. 0 when left out. */
  depth?: number;
};

export type IngestOutcome =
  /** `resumed`: it started none, and the runs are those whose steps it lets go on. */
  | { outcome: "accepted"; event: string; runs: string[]; resumed?: true }
  /** The same key was accepted before: `event` and `runs` are those of the first time. */
  | { outcome: "duplicate"; event: string; runs: string[] }
  /** This event cannot be stored, whatever else is: the fault is in the row. */
  | { outcome: "refused"; reason: string }
  /** Nothing was stored: the queue is full or the write could not be made durable. */
  | { outcome: "unavailable"; reason: string };

export type ItemOutcome = Extract<IngestOutcome, { outcome: "accepted" | "duplicate" }>;
/** Either all items are durable, each with an outcome of its own in their order, or none is. */
export type IngestAllOutcome =
  | { outcome: "stored"; items: ItemOutcome[] }
  | Extract<IngestOutcome, { outcome: "refused" | "unavailable" }>;

/** `left`: how many events of the flow are still held. */
export type ReleaseOutcome = { outcome: "released"; runs: string[]; left: number } | { outcome: "unavailable"; reason: string };

/** The right to write a run's journal: valid while no later claim has raised the epoch. */
export type RunRef = { run: string; epoch: number };

export type ClaimedRun = RunRef & {
  workspace: string;
  flow: string;
  flowVersion: string;
  trigger: string;
  source: RunSource;
  createdAt: number;
  /** True when its last holder was lost in the middle. */
  resumed: boolean;
  /** Somebody has left a signal for it. */
  signaled: boolean;
  journal: JournalRecord[];
  /** The step of another run that waits for it; null for a run of its own. */
  parent: { run: string; step: string } | null;
  /** How many runs are above it: 0 for one that an event from outside started. */
  depth: number;
  /** The event that started it; read only while the journal is empty, since the journal holds the trigger's output afterwards. */
  event: StoredEvent | null;
};

export type StoredEvent = Pick<
  NewEvent,
  "id" | "source" | "receivedAt" | "method" | "headers" | "query" | "contentType" | "body"
> & { eventType: string | null };

export type WriteOutcome =
  | { outcome: "written" }
  /** Another holder has claimed the run: stop, nothing was written. */
  | { outcome: "stale" }
  | { outcome: "refused"; reason: string }
  | { outcome: "unavailable"; reason: string };

/** What anyone but its holder leaves for a run; `step` is the step's key. */
export type Signal =
  | { kind: "cancel"; by: string }
  /** A run that waited for its turn may go on. */
  | { kind: "turn" }
  | { kind: "decide-outcome"; step: string; decision: OutcomeDecision; by: string; output?: Json }
  /** What a waiting step waits for has come: `by` says how. */
  | { kind: "resume"; step: string; by: string; body: Json }
  /** A person has decided. */
  | { kind: "decide"; step: string; decision: "approved" | "rejected"; by: string; form: Json; comment?: string }
  | { kind: "child-finished"; run: string; step: string; status: FinalRunStatus };
export type SignalTo = { run: string; signal: Signal };
export type StoredSignal = { id: string; signal: Signal };

export type StartOutcome =
  | { outcome: "started" }
  | { outcome: "refused"; reason: string }
  | { outcome: "unavailable"; reason: string };

/** What becomes of the run with the entries that are appended. */
export type Release =
  /** Its holder goes on. */
  | { to: "running" }
  /** Nobody holds it until `wakeAt` (ms), or until a signal when null. */
  | { to: "waiting"; wakeAt: number | null }
  /** The same until its turn comes, of which a signal tells. */
  | { to: "queued" }
  | { to: "final"; status: FinalRunStatus; error: string | null };

/** Is the run let go of until a time or a signal? */
export function isParked({ to }: Release): boolean {
  return to === "waiting" || to === "queued";
}

/** When a run that is let go of is due by itself (ms). */
export function wakeAtOf(release: Release): number | null {
  return release.to === "waiting" ? release.wakeAt : null;
}

export type RunWrite = {
  ref: RunRef;
  records: JournalRecord[];
  release: Release;
  /** Signals that the entries take account of: deleted in the same commit. */
  consumed: string[];
  /** Those of them that came for a step which had ended already. */
  passedOver?: string[];
  /** Runs that start, and signals that are left for other runs, in the same commit. */
  starts?: PreparedRun[];
  signals?: SignalTo[];
  /** Steps that begin to wait for an event or a person, or for somebody to say what became of a call, and keys of those that do no longer, whatever ended that. */
  waits?: { add: NewWait[]; remove: string[] };
};

/**
 * A step that waits for an event or a person until `until` (ms; null: for as long as it takes); `outcome`: a call of which nobody knows
 * whether it was performed. `entry`: the number of the entry that holds what it shows. `approvers`: ids of those who may decide, none for
 * everybody. An event of `trigger` with `key` at `path` of its body resumes it.
 */
export type NewWait = {
  step: string;
  kind: "wait" | "approval" | "outcome";
  entry: number;
  since: number;
  until: number | null;
  approvers: string[];
  correlation: { trigger: string; path: string; key: string } | null;
};

/**
 * A run that begins with entries in its journal, the trigger's among them: a sub-flow, an error flow or another try of an earlier run.
 * `event` is "" when no event started it; `parent`: the step that waits for its end; `rerunOf`: the run that it goes over again.
 */
export type PreparedRun = {
  id: string;
  workspace: string;
  flow: string;
  flowVersion: string;
  event: string;
  source: RunSource;
  trigger: string;
  createdAt: number;
  records: JournalRecord[];
  parent: { run: string; step: string } | null;
  depth: number;
  rerunOf: string | null;
};

/** Number of the entry that answers, of those that a run begins with. */
export function answerIn({ records }: PreparedRun): number | null {
  return records.find(({ entry }) => entry.kind === "run-answered")?.entry.number ?? null;
}

/**
 * The few hot verbs of the engine. Every call has its own outcome, calls of one turn of the event loop share one durable commit,
 * and no call's outcome can change another's.
 */
export type EngineStore = {
  /** Event, dedupe key and runs in one commit. */
  ingest(event: NewEvent, runs: NewRun[]): Promise<IngestOutcome>;
  /**
   * All events of one request with their keys and runs in one commit: all or none. The second of two with one key is a duplicate.
   * `delivery` is null where they did not come in one body.
   */
  ingestAll(delivery: NewDelivery | null, items: NewItem[]): Promise<IngestAllOutcome>;
  /**
   * Starts runs of `version` for the oldest held events of a flow, at most `limit`, in one commit. Each starts once, however many
   * nodes do this at a time; none does when the flow stands still or has another version by then.
   */
  release(flow: string, version: string, limit: number): Promise<ReleaseOutcome>;
  /**
   * Begins claimed runs: raises their epochs and reads what their holder needs. Leaves out those that are final or held meanwhile,
   * and those whose rows cannot be read: these are due again a minute later. Null while nothing can be written.
   */
  begin(claims: Claim[], worker: string): Promise<ClaimedRun[] | null>;
  /**
   * Appends entries and keeps, parks or finishes the run, only while `ref` is its newest claim and the entries follow the last one
   * without a gap: else it is stale. A parked run with signals left wakes at once. An event that was to let a step go on which ends
   * without it is held from then on, to start a run of its own, unless it has let another one go on.
   */
  write(write: RunWrite): Promise<WriteOutcome>;
  /** Starts a prepared run: the run, its entries and its wake in one commit. */
  start(run: PreparedRun): Promise<StartOutcome>;
  /** Leaves a signal and a wake in one commit; `gone` when the run is final or unknown. */
  signal(run: string, signal: Signal): Promise<"left" | "gone" | "unavailable">;
  signals(run: string): Promise<StoredSignal[]>;
  /**
   * Makes claimable what `worker` owns on disk and does not hold: what is not in `held` when the write is made. Where one process has
   * the database for itself, what its predecessors owned as well. Gives how many, null when nothing could be written.
   */
  recover(worker: string, held: Held): Promise<number | null>;
  /** Deletes dedupe keys whose window is over, in small batches. Gives how many. */
  purgeDedupe(now: number): Promise<number>;
  /** A run's journal after entry `after`; without values when `bare`. */
  journal(run: string, after: number, options: { bare: boolean }): Promise<JournalRecord[]>;
  /** One entry with its values. */
  entry(run: string, number: number): Promise<JournalRecord | null>;
  /** Status of a run and the number of its answer's entry, once it has one. */
  state(run: string): Promise<RunState | null>;
};

/** What a waiting sender needs to know. */
export type RunState = { status: RunStatus; answerEntry: number | null; error: string | null };
