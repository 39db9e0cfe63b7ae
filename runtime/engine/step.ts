import type { ContainerNode } from "../../shared/flow/container-node.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalValues } from "../../shared/run/journal.ts";
import type { RunError, WaitReason } from "../../shared/run/run.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import type { LoadConnection } from "../connections/load-connection.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { FindFlow } from "../flows/find-flow.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { Ids } from "../ids.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { ClaimedRun } from "../store/engine-store.ts";
import type { ResolveLink } from "../trial/resolve-link.ts";
import type { RunJournal } from "./journal.ts";
import type { KeyValues } from "./key-values.ts";

/** What a step came to. */
export type StepOutcome =
  | {
      outcome: "succeeded";
      ports: string[];
      values: JournalValues;
      call?: { attempt: number; status: number; durationMs: number; tokenRenewedAt?: number };
    }
  | { outcome: "failed"; error: RunError; values?: JournalValues }
  /** It goes on at `until` (ms), or when a signal comes (null). */
  | { outcome: "waiting"; reason: WaitReason; until: number | null; values?: JournalValues }
  /** A container begins; `items`: those of a for-each. */
  | { outcome: "opened"; node: ContainerNode; items: Json[] | null }
  /** The whole run ends. */
  | { outcome: "stopped"; status: "succeeded" | "failed"; output: Json; error: RunError | null }
  /** The run was canceled while it ran. */
  | { outcome: "canceled" }
  /** The journal can no longer be written: nothing more may be done. */
  | { outcome: "lost" };

/** What a step sees of the world. `step` is null the first time it runs, else what the journal says of it. */
export type StepContext = {
  claimed: Pick<ClaimedRun, "flow" | "depth">;
  run: string;
  workspace: string;
  version: RunnableVersion;
  /** Iteration path, and the key by which the run's view knows the step. */
  path: number[];
  key: string;
  step: StepView | null;
  journal: RunJournal;
  lookup: Lookup;
  jsonata: Pick<JsonataPool, "evaluate">;
  code: Pick<CodePool, "run">;
  keyValues: KeyValues;
  findFlow: FindFlow;
  ids: Ids;
  clock: () => number;
  random: () => number;
  /** Aborted when the run stops. */
  signal: () => AbortSignal;
  outbound: Outbound;
  /** Origins of the bundled sandboxes, by name. */
  sandboxes: Record<string, string>;
  loadConnection: LoadConnection;
  resolveLink: ResolveLink;
  /** Is this run still this worker's? Asked before anything outside is touched: a process that was stopped for a while may not know. */
  confirm(): boolean | Promise<boolean>;
  /** Tells the operator of a fault of ours. */
  report(error: unknown): void;
};

/** Executes one kind of node. Pure kinds answer at once; a promise means that something outside was awaited. */
export type StepHandler<Node> = (node: Node, context: StepContext) => StepOutcome | Promise<StepOutcome>;

/** Where a step's entries belong; steps at the top have no path. */
export function place(node: string, path: number[]): { node: string; iteration?: number[] } {
  return path.length === 0 ? { node } : { node, iteration: path };
}

export function failed(code: string, message: string, values?: JournalValues): StepOutcome {
  return { outcome: "failed", error: { code, message }, ...(values && { values }) };
}

export function succeeded(output: Json, ports: string[] = ["out"], input?: Json): StepOutcome {
  return { outcome: "succeeded", ports, values: input === undefined ? { output } : { input, output } };
}
