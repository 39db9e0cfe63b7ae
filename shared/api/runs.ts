import { z } from "zod";
import { Connector } from "../connector/connector.ts";
import { RunSource } from "../event/event.ts";
import { Flow } from "../flow/flow.ts";
import { Json } from "../json.ts";
import { JournalEntry, JournalValues, OutcomeDecision } from "../run/journal.ts";
import { RunError, RunStatus, WaitReason } from "../run/run.ts";
import { route } from "./route.ts";

export const RunSummary = z.object({
  id: z.string(),
  flow: z.object({ id: z.string(), name: z.string() }),
  /** Number of the flow version that runs; null for a test run of a draft. */
  version: z.int().nullable(),
  event: z.string(),
  source: RunSource,
  status: RunStatus,
  /** What it waits for outside, people first; null where it does not, or waits for something else. */
  waitsFor: WaitReason.extract(["approval", "outcome-unknown", "event"]).nullable(),
  createdAt: z.int(),
  startedAt: z.int().nullable(),
  finishedAt: z.int().nullable(),
  error: RunError.nullable(),
  /** The run whose step started it and waits for its end. */
  parent: z.string().nullable(),
  /** The run that it goes over again. */
  rerunOf: z.string().nullable(),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** Newest first; `before` is the `next` of the page before. */
export const page = {
  before: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};
const runParams = z.object({ run: z.string().max(100) });

export const listRuns = route({
  method: "GET",
  path: "/runs",
  access: "person",
  query: z.object({ ...page, flow: z.string().max(100).optional(), status: RunStatus.optional() }),
  response: z.object({ runs: z.array(RunSummary), next: z.string().nullable() }),
});

/** The connector as a canvas needs it: names and its picture, not secrets or bodies. */
export const ConnectorLabel = Connector.pick({ key: true, name: true, logo: true }).extend({
  endpoints: z.array(z.object({ key: z.string(), name: z.string(), method: z.string(), path: z.string() })),
  triggers: z.array(z.object({ key: z.string(), name: z.string() })).optional(),
});
export type ConnectorLabel = z.infer<typeof ConnectorLabel>;

export const FlowVersion = z.object({
  id: z.string(),
  /** Null for the frozen draft of a test run. */
  number: z.int().nullable(),
  publishedAt: z.int(),
  document: Flow,
  connectors: z.array(ConnectorLabel),
  /** Names of the connections that the nodes use, by id. */
  connections: z.record(z.string(), z.string()),
});
export type FlowVersion = z.infer<typeof FlowVersion>;

/**
 * A run as it stands: its version, and its journal without values. Later entries come from the run's stream. `people`: the names of
 * those that the journal names, by id; null: they have left the workspace.
 */
export const getRun = route({
  method: "GET",
  path: "/runs/:run",
  access: "person",
  params: runParams,
  response: z.object({
    run: RunSummary,
    version: FlowVersion,
    entries: z.array(JournalEntry),
    people: z.record(z.string(), z.string().nullable()),
  }),
});

/** The values that one journal entry owns. */
export const getEntryValues = route({
  method: "GET",
  path: "/runs/:run/entries/:number",
  access: "person",
  params: runParams.extend({ number: z.coerce.number().int().min(1) }),
  response: z.object({ entry: JournalEntry, values: JournalValues }),
});

export const cancelRun = route({
  method: "POST",
  path: "/runs/:run/cancel",
  access: "person",
  params: runParams,
  response: z.object({}),
});

/** Settles a step whose call has an unknown outcome: send it again with the same idempotency key, or fail it. */
export const decideOutcome = route({
  method: "POST",
  path: "/runs/:run/steps/:step/outcome",
  access: "person",
  /** `step`: its key, the node's id with the iteration path in brackets: `pay`, `pay[3]`. */
  params: runParams.extend({ step: z.string().max(200) }),
  /** `output`: what the call gave, with `done`. */
  body: z.object({ decision: OutcomeDecision, output: Json.optional() }),
  response: z.object({}),
});
