import { AppError } from "../../shared/app-error.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Ingest } from "./ingest.ts";

type Deps = { ingest: Ingest; clock: Clock; ids: Ids };
type Request = { workspace: string; flow: string; version: RunnableVersion; body: Json | undefined };

/**
 * Starts a run because a person asked: an event of our own making, stored like any other; without a body (null is one), with the
 * trigger's sample. Throws `conflict`, `bad_request` for an event that cannot be stored, `unavailable`.
 */
export async function runNow({ ingest, clock, ids }: Deps, { workspace, flow, version, body }: Request) {
  const trigger = startingTrigger(version);
  if (!trigger) throw new AppError("conflict", "the flow has no trigger that can be started by hand");
  const run = ids.next("run");
  const outcome = await ingest(
    {
      workspace,
      source: "manual",
      hook: null,
      flow,
      receivedAt: clock(),
      method: "POST",
      headers: "{}",
      query: "{}",
      contentType: "application/json",
      body: Buffer.from(JSON.stringify(body === undefined ? (trigger.sample ?? null) : body)),
      dedupe: null,
    },
    { id: run, flowVersion: version.id, trigger: trigger.id },
  );
  if (outcome.outcome === "accepted") return { run, event: outcome.event };
  // Trying again would not help: the fault is in the event.
  if (outcome.outcome === "refused") throw new AppError("bad_request", "the event cannot be stored", { cause: outcome.reason });
  throw new AppError("unavailable", "the event could not be stored: try again");
}

type Trigger = Extract<FlowNode, { kind: "webhook-trigger" | "manual-trigger" }>;

/** A manual trigger where there is one, else the webhook trigger with its sample. */
function startingTrigger({ flow }: RunnableVersion): Trigger | null {
  const manual = flow.nodes.find((node) => node.kind === "manual-trigger");
  return manual ?? flow.nodes.find((node) => node.kind === "webhook-trigger") ?? null;
}
