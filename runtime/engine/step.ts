import type { ContainerNode } from "../../shared/flow/container-node.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalValues } from "../../shared/run/journal.ts";
import type { RunError, WaitReason } from "../../shared/run/run.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { ClaimedRun } from "../store/engine-store.ts";
import type { RunDeps } from "./held-run.ts";
import type { RunJournal } from "./journal.ts";
import type { RunSecrets } from "./run-secrets.ts";

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

/** What of the worker's own reaches a step. */
type Given = Pick<
  RunDeps,
  | "clock"
  | "code"
  | "confirm"
  | "findFlow"
  | "ids"
  | "jsonata"
  | "keyValues"
  | "loadConnection"
  | "outbound"
  | "random"
  | "resolveLink"
  | "sandboxes"
>;

/** What a step sees of the world. `step` is null the first time it runs, else what the journal says of it. */
export type StepContext = Given & {
  claimed: Pick<ClaimedRun, "flow" | "depth">;
  run: string;
  workspace: string;
  version: RunnableVersion;
  /** Iteration path, and the key by which the run's view knows the step. */
  path: number[];
  key: string;
  step: StepView | null;
  journal: RunJournal;
  /** For what a step stores beside the journal. */
  secrets: Pick<RunSecrets, "hide" | "reveal">;
  lookup: Lookup;
  /** Aborted when the run stops. */
  signal: () => AbortSignal;
  /** Tells the operator of a fault of ours. */
  report(error: unknown): void;
};

/** Executes one kind of node. Pure kinds answer at once; a promise means that something outside was awaited. */
export type StepHandler<Node> = (node: Node, context: StepContext) => StepOutcome | Promise<StepOutcome>;

/** Where a step's entries belong; steps at the top have no path. */
export function place(node: string, path: number[]): { node: string; iteration?: number[] } {
  return path.length === 0 ? { node } : { node, iteration: path };
}

type Failed = Extract<StepOutcome, { outcome: "failed" }>;

/** People get a constant sentence for a fault of ours, the log its cause. */
export function internalFault(): Failed {
  return failed("internal", "an unexpected fault: the operator finds it in the log by the run's id");
}

export function failed(code: string, message: string, values?: JournalValues): Failed {
  return { outcome: "failed", error: { code, message }, ...(values && { values }) };
}

export function succeeded(output: Json, ports: string[] = ["out"], input?: Json): StepOutcome {
  return { outcome: "succeeded", ports, values: input === undefined ? { output } : { input, output } };
}
