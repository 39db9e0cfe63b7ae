import type { ContainerNode } from "../../shared/flow/container-node.ts";
import type { Scope } from "../../shared/flow/graph.ts";
import type { Json } from "../../shared/json.ts";
import type { RunError } from "../../shared/run/run.ts";
import type { LoadConnection } from "../connections/load-connection.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { FindFlow } from "../flows/find-flow.ts";
import type { LoadVersion, RunnableVersion } from "../flows/load-version.ts";
import type { Ids } from "../ids.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { ClaimedRun, EngineStore } from "../store/engine-store.ts";
import type { ResolveLink } from "../trial/resolve-link.ts";
import type { Bell } from "./bell.ts";
import type { RunJournal } from "./journal.ts";
import type { KeyValues } from "./key-values.ts";
import type { RunSecrets } from "./run-secrets.ts";
import type { ValueSealer } from "./secret-values.ts";
import type { SetTimer } from "./timer.ts";
import type { Turns } from "./turns.ts";
import type { WaitLinks } from "./wait-links.ts";

export type RunDeps = {
  engine: EngineStore;
  clock: () => number;
  ids: Ids;
  random: () => number;
  setTimer: SetTimer;
  outbound: Outbound;
  jsonata: Pick<JsonataPool, "evaluate">;
  code: Pick<CodePool, "run">;
  keyValues: KeyValues;
  sealer: ValueSealer;
  turns: Turns;
  sandboxes: Record<string, string>;
  loadVersion: LoadVersion;
  loadConnection: LoadConnection;
  findFlow: FindFlow;
  resolveLink: ResolveLink;
  waitLinks: Pick<WaitLinks, "url">;
  /** Does this worker still hold what it holds? Asked before anything outside is touched. */
  confirm(): boolean | Promise<boolean>;
  report(run: string, error: unknown): void;
};

/** How others reach a run that is held here; they ring after they have set something. */
export type RunControl = {
  bell: Bell;
  /** A signal row may have been left. */
  signaled: boolean;
  /** The server is stopping: let go without another word. */
  abandoned: boolean;
  /** A fault of ours in what goes on beside the run's own loop, which ends with it. */
  fault: { error: unknown } | null;
};

/** Lets work of a run go on beside its loop; a fault in it is the loop's, and never ends the process. */
export function goOnBeside({ control }: Pick<HeldRun, "control">, work: Promise<void>): void {
  work.catch((error: unknown) => {
    control.fault ??= { error };
    control.bell.ring();
  });
}

/** Something of a scope that is being awaited. The controller is made when it is asked for: an abort costs a stack trace. */
export type Running = { abort: AbortController | null; aborted: boolean };

/** A scope whose steps are being run, with what is open in it. */
export type OpenScope = Scope & {
  /** The container that it is an iteration, or the inside, of; null for the flow itself. */
  of: OpenContainer | null;
  /** By step key. */
  running: Map<string, Running>;
  lookup: Lookup;
  containers: Set<OpenContainer>;
  /** Nothing more is begun in it. */
  failure: RunError | null;
};

/** A container that is being run. */
export type OpenContainer = {
  node: ContainerNode;
  /** Where its own step is. */
  scope: OpenScope;
  startedAt: number;
  inside: Set<OpenScope>;
  failure: RunError | null;
  loop: Loop | null;
};

/** Of a for-each: its items, what the iterations gave by index, and the next one to begin. */
export type Loop = { items: Json[]; results: Json[]; errors: { index: number; error: RunError }[]; next: number };

/** One run in the hands of its holder. */
export type HeldRun = {
  deps: RunDeps;
  claimed: ClaimedRun;
  version: RunnableVersion;
  journal: RunJournal;
  secrets: RunSecrets;
  control: RunControl;
  top: OpenScope;
  /** All open scopes by `scopeKey`. */
  scopes: Map<string, OpenScope>;
  /** Scopes in which something may have become possible. */
  changed: Set<OpenScope>;
  /** How many steps have been begun, those of earlier holders included. */
  steps: number;
};

/** Stops all that runs in a scope, at any depth. */
export function abortInside(scope: OpenScope): void {
  for (const running of scope.running.values()) {
    running.aborted = true;
    running.abort?.abort();
  }
  for (const container of scope.containers) for (const inside of container.inside) abortInside(inside);
}

/** Does anything run in a scope, at any depth? */
export function runsInside(scope: OpenScope): boolean {
  if (scope.running.size > 0) return true;
  for (const container of scope.containers) for (const inside of container.inside) if (runsInside(inside)) return true;
  return false;
}

/** The signal by which a step learns that it is to stop. */
export function signalOf(running: Running): AbortSignal {
  running.abort ??= new AbortController();
  if (running.aborted) running.abort.abort();
  return running.abort.signal;
}
