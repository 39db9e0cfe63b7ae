import { AppError } from "../../shared/app-error.ts";
import type { Graph } from "../../shared/flow/graph.ts";
import { hasWaitUrl } from "../../shared/flow/node-ports.ts";
import type { ApprovalNode, WaitNode } from "../../shared/flow/wait-node.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { isFinal } from "../../shared/run/run.ts";
import { foldJournal, isSettled, nodeOfStep, type StepView } from "../../shared/run/run-view.ts";
import type { WaitPlace } from "../engine/wait-links.ts";
import type { LoadVersion } from "../flows/load-version.ts";
import type { Clock } from "../ids.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { Sql } from "../store/sql.ts";

export type WaitDeps = { sql: Sql; engine: EngineStore; loadVersion: LoadVersion; clock: Clock };

/** What has come: `by` is "link", the id of an event, or of a person. */
export type Received = { signal: "resumed" | "approved" | "rejected"; by: string; at: number; comment: string };

/** How a step that has a signed URL stands. `early`: it has not begun to wait; `late`: its deadline has passed; `over`: it never will, or the run has ended. */
export type WaitState =
  | { state: "early" | "late" | "over" }
  | { state: "waiting"; until: number }
  | { state: "answered"; received: Received };
export type Wait = WaitState & { node: WaitNode | ApprovalNode; step: StepView | null };

/** The step at a place as its run's journal, and what has been left for it, say. Throws `not_found` when the run is gone. */
export async function readWait(deps: WaitDeps, { workspace, run, step: key }: WaitPlace): Promise<Wait> {
  const [row] = await deps.sql.read<{ version: string }>(
    `SELECT flow_version_id AS version FROM runs WHERE id = $1 AND workspace_id = $2`,
    [run, workspace],
  );
  if (!row) throw gone();
  const { graph } = await deps.loadVersion(workspace, row.version);
  const node = waitNode(graph, key);
  const entries = (await deps.engine.journal(run, 0, { bare: true })).map(({ entry }) => entry);
  const view = foldJournal(entries);
  const step = view.steps[key] ?? null;
  return { node, step, ...(await stateOf(deps, { run, key, step, entries, final: isFinal(view.status) })) };
}

function gone(): AppError {
  return new AppError("not_found", "this link leads nowhere: it is incomplete, or the run is not kept any more");
}

function waitNode(graph: Graph, key: string): WaitNode | ApprovalNode {
  const node = graph.nodes.get(nodeOfStep(key));
  if (!node || !hasWaitUrl(node)) throw gone();
  return node;
}

type Facts = { run: string; key: string; step: StepView | null; entries: JournalEntry[]; final: boolean };

async function stateOf(deps: WaitDeps, { run, key, step, entries, final }: Facts): Promise<WaitState> {
  if (step?.received && step.received.signal !== "child-finished") {
    const { signal, by, entry } = step.received;
    const values = (await deps.engine.entry(run, entry))?.values.output;
    return {
      state: "answered",
      received: { signal, by, at: entries[entry - 1]?.at ?? 0, comment: signal === "resumed" ? "" : commentIn(values) },
    };
  }
  if (step && isSettled(step)) return step.ports.includes("timeout") || step.error?.code === "deadline_passed" ? late : over;
  if (final) return over;
  if (step?.status !== "waiting" || step.until === null) return { state: "early" };
  // Left, and not yet taken by whoever holds the run: the first counts.
  const left = (await deps.engine.signals(run)).find(
    ({ signal }) => (signal.kind === "resume" || signal.kind === "decide") && signal.step === key,
  );
  if (left?.signal.kind === "resume")
    return { state: "answered", received: { signal: "resumed", by: left.signal.by, at: deps.clock(), comment: "" } };
  if (left?.signal.kind === "decide") {
    const { decision, by, comment = "" } = left.signal;
    return { state: "answered", received: { signal: decision, by, at: deps.clock(), comment } };
  }
  return step.until <= deps.clock() ? late : { state: "waiting", until: step.until };
}

const late = { state: "late" } as const;
const over = { state: "over" } as const;

/** Of an approval, as `take-signals.ts` wrote it. */
function commentIn(value: Json | undefined): string {
  const comment = typeof value === "object" && value !== null && !Array.isArray(value) ? value.comment : undefined;
  return typeof comment === "string" ? comment : "";
}
