import type { RunError } from "../../shared/run/run.ts";
import type { HeldRun } from "./held-run.ts";
import { deepestRun, prepareRun } from "./prepare-run.ts";

/**
 * Starts the error flow of a run that fails, in the commit that ends it. An error flow that fails itself starts none, however it is
 * configured; neither does one that cannot be started, which the operator is told.
 */
export async function startErrorFlow({ deps, claimed, version, journal }: HeldRun, error: RunError): Promise<void> {
  const wanted = version.flow.settings?.errorFlow;
  if (wanted === undefined || claimed.source === "error-flow" || claimed.depth >= deepestRun) return;
  const found = await deps.findFlow(claimed.workspace, wanted);
  if (!found.found) return deps.report(claimed.run, found.message);
  const { workspace, run, flow, depth } = claimed;
  const body = { flow, run, error: { ...error } };
  const id = deps.ids.next("run");
  const started = {
    id,
    found,
    workspace,
    source: "error-flow",
    body,
    parent: null,
    depth: depth + 1,
    now: deps.clock(),
  } as const;
  journal.startRun(prepareRun(started), found.secretPaths);
}
