import type { Json } from "../../shared/json.ts";
import type { JournalValues } from "../../shared/run/journal.ts";
import type { RunError, WaitReason } from "../../shared/run/run.ts";
import type { StepView } from "../../shared/run/run-view.ts";
import type { LoadConnection } from "../connections/load-connection.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import type { Lookup } from "../expressions/resolve-template.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { ResolveLink } from "../trial/resolve-link.ts";
import type { RunJournal } from "./journal.ts";

/** What a step came to. */
export type StepOutcome =
  | {
      outcome: "succeeded";
      ports: string[];
      values: JournalValues;
      call?: { attempt: number; status: number; durationMs: number };
    }
  | { outcome: "failed"; error: RunError; values?: JournalValues }
  /** It goes on at `until` (ms), or when a signal comes (null). */
  | { outcome: "waiting"; reason: WaitReason; until: number | null }
  /** The run was canceled while it ran. */
  | { outcome: "canceled" }
  /** The journal can no longer be written: nothing more may be done. */
  | { outcome: "lost" };

/** What a step sees of the world. `view` is null the first time it runs, else what the journal says of it. */
export type StepContext = {
  run: string;
  workspace: string;
  version: RunnableVersion;
  step: StepView | null;
  journal: RunJournal;
  lookup: Lookup;
  jsonata: Pick<JsonataPool, "evaluate">;
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

export function failed(code: string, message: string, values?: JournalValues): StepOutcome {
  return { outcome: "failed", error: { code, message }, ...(values && { values }) };
}

export function succeeded(output: Json, ports: string[] = ["out"], input?: Json): StepOutcome {
  return { outcome: "succeeded", ports, values: input === undefined ? { output } : { input, output } };
}
