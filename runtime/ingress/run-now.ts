import { AppError } from "../../shared/app-error.ts";
import { formProblems } from "../../shared/flow/check-form.ts";
import type { TriggerNode } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Ingest } from "./ingest.ts";

type Deps = { ingest: Ingest; clock: Clock; ids: Ids };
/** `trigger`: the node to start at; the one that is made for people when left out. */
type Request = {
  workspace: string;
  flow: string;
  version: RunnableVersion;
  body: Json | undefined;
  trigger?: string | undefined;
};

/**
 * Starts a run because a person asked: an event of our own making, stored like any other; without a body (null is one), with the
 * trigger's sample. What is filled into a form is checked against it. Throws `conflict`, `bad_request` with `details.problems` for a
 * form that is filled in wrong, `unavailable`.
 */
export async function runNow({ ingest, clock, ids }: Deps, { workspace, flow, version, body, trigger: wanted }: Request) {
  const trigger = startingTrigger(version, wanted);
  if (!trigger && wanted !== undefined) throw new AppError("bad_request", `trigger: the flow has no trigger "${wanted}"`);
  if (!trigger) throw new AppError("conflict", "the flow has no trigger that can be started by hand");
  const sent = body === undefined ? sampleOf(trigger, version, clock()) : body;
  if (trigger.kind === "manual-trigger" && trigger.form?.length) requireFilled(trigger.form, sent);
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
      body: Buffer.from(JSON.stringify(sent)),
      dedupe: null,
      node: trigger.id,
    },
    { id: run, flowVersion: version.id, trigger: trigger.id },
  );
  if (outcome.outcome === "accepted") return { run, event: outcome.event };
  // Trying again would not help: the fault is in the event.
  if (outcome.outcome === "refused") throw new AppError("bad_request", "the event cannot be stored", { cause: outcome.reason });
  throw new AppError("unavailable", "the event could not be stored: try again");
}

/** What is made for people comes first, then what has a sample of what it would be sent. */
const order = ["manual-trigger", "app-trigger", "webhook-trigger", "api-trigger", "schedule-trigger"] as const;

function startingTrigger({ flow }: RunnableVersion, wanted: string | undefined): TriggerNode | null {
  const triggers = flow.nodes.filter(isTrigger);
  if (wanted !== undefined) return triggers.find(({ id }) => id === wanted) ?? null;
  return order.flatMap((kind) => triggers.find((node) => node.kind === kind) ?? [])[0] ?? null;
}

function sampleOf(node: TriggerNode, { connectors }: RunnableVersion, now: number): Json {
  if (node.kind === "schedule-trigger") return { firedFor: new Date(now).toISOString() };
  if (node.sample !== undefined || node.kind !== "app-trigger") return node.sample ?? null;
  return connectors.get(node.connector)?.triggers?.find(({ key }) => key === node.trigger)?.sample ?? null;
}

function requireFilled(form: Parameters<typeof formProblems>[0], body: Json): void {
  const problems = formProblems(form, body);
  const [first] = problems;
  if (first) throw new AppError("bad_request", `body.${first.field}: ${first.message}`, { details: { problems } });
}
