import type { FlowSummary } from "../../shared/api/flows.ts";
import type { Session } from "../../shared/api/people.ts";
import type { FlowVersion, RunSummary } from "../../shared/api/runs.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import type { RunStatus } from "../../shared/run/run.ts";

/** Noon in UTC; the steps of the sample runs count from here. */
export const startedAt = Date.UTC(2026, 2, 4, 12);

export const session: Session = {
  person: { id: "usr_1", name: "Ada Lindqvist", email: "ada@example.com", role: "administrator" },
  workspace: { id: "wsp_1", name: "Acme Revenue" },
};

const at = (x: number, y: number) => ({ position: { x, y } });

const nodes: FlowNode[] = [
  { id: "lead", name: "Lead received", kind: "webhook-trigger", ...at(0, 0), sample: { email: "mira@example.com" } },
  {
    id: "search",
    name: "Search contact",
    kind: "call",
    ...at(0, 120),
    connector: "zoominfo",
    endpoint: "search-contact",
    connection: "con_1",
    inputs: { emailAddress: "{{trigger.body.email}}" },
  },
  {
    id: "found",
    name: "Contact found?",
    kind: "branch",
    ...at(0, 240),
    match: "all",
    conditions: [{ left: "{{steps.search.output.total}}", operator: "greater-than", right: 0 }],
  },
  { id: "known", name: "Answer with profile", kind: "respond", ...at(-160, 360), status: 200, headers: {}, body: null },
  { id: "unknown", name: "Answer unknown", kind: "respond", ...at(160, 360), status: 202, headers: {}, body: null },
];

export const version: FlowVersion = {
  id: "ver_1",
  number: 3,
  publishedAt: startedAt - 86_400_000,
  document: {
    schemaVersion: 1,
    nodes,
    edges: [
      { id: "lead-search", source: "lead", port: "out", target: "search" },
      { id: "search-found", source: "search", port: "out", target: "found" },
      { id: "found-known", source: "found", port: "true", target: "known" },
      { id: "found-unknown", source: "found", port: "false", target: "unknown" },
    ],
  },
  connectors: [
    {
      key: "zoominfo",
      name: "ZoomInfo",
      endpoints: [{ key: "search-contact", name: "Search contacts", method: "POST", path: "/search/contact" }],
    },
  ],
  connections: { con_1: "ZoomInfo sandbox" },
};

export const flow: FlowSummary = {
  id: "flw_1",
  name: "Inbound lead",
  description: "Looks a lead up and answers with its profile.",
  state: "published",
  version: 3,
  trigger: "webhook",
  startable: false,
  lastRun: null,
  updatedAt: startedAt - 86_400_000,
};

export function runSummary(status: RunStatus, more: Partial<RunSummary> = {}): RunSummary {
  const over = status === "succeeded" || status === "failed" || status === "canceled";
  return {
    id: "run_1",
    flow: { id: "flw_1", name: "Inbound lead" },
    version: 3,
    event: "evt_1",
    source: "webhook",
    status,
    createdAt: startedAt,
    startedAt: status === "queued" ? null : startedAt,
    finishedAt: over ? startedAt + 3_000 : null,
    error: null,
    parent: null,
    rerunOf: null,
    waitsFor: null,
    ...more,
  };
}

type Bare = JournalEntry extends infer Entry ? (Entry extends JournalEntry ? Omit<Entry, "number" | "at"> : never) : never;

/** Numbers entries from 1; each is given with its milliseconds since the start. */
export function journal(...entries: [afterMs: number, entry: Bare][]): JournalEntry[] {
  return entries.map(([afterMs, entry], index) => ({ ...entry, number: index + 1, at: startedAt + afterMs }) as JournalEntry);
}

const attempt = (n: number, group: number): Bare => ({
  kind: "attempt-started",
  node: "search",
  attempt: n,
  group,
  effect: "read",
  idempotencyKey: `run_1/search/${group}`,
  values: ["request"],
});

const begun: [number, Bare][] = [
  [0, { kind: "run-started", trigger: "lead" }],
  [1, { kind: "step-succeeded", node: "lead", startedAt, ports: ["out"], values: ["output"] }],
  [10, attempt(1, 1)],
];
const limited: [number, Bare] = [
  500,
  {
    kind: "attempt-failed",
    node: "search",
    attempt: 1,
    outcome: "rate-limited",
    status: 429,
    message: "429: too many calls",
    durationMs: 490,
    retryAt: startedAt + 1_500,
    nextGroup: true,
    values: ["response"],
  },
];

/** Journals by what they show; entry numbers follow from the order. */
export const journals = {
  running: journal(...begun),
  retrying: journal(...begun, limited, [
    501,
    { kind: "step-waiting", node: "search", reason: "retry", until: startedAt + 1_500 },
  ]),
  unknown: journal(
    ...begun,
    [
      900,
      {
        kind: "attempt-failed",
        node: "search",
        attempt: 1,
        outcome: "interrupted",
        status: null,
        message: "the connection broke",
        durationMs: 890,
        retryAt: null,
        nextGroup: false,
      },
    ],
    [901, { kind: "step-waiting", node: "search", reason: "outcome-unknown", until: null }],
  ),
  failed: journal(
    ...begun,
    limited,
    [1_500, attempt(2, 2)],
    [
      2_000,
      {
        kind: "attempt-failed",
        node: "search",
        attempt: 2,
        outcome: "rejected",
        status: 400,
        message: "400: emailAddress is required",
        durationMs: 500,
        retryAt: null,
        nextGroup: false,
        values: ["response"],
      },
    ],
    [
      2_001,
      {
        kind: "step-failed",
        node: "search",
        startedAt: startedAt + 10,
        error: { code: "rejected", message: "400: emailAddress is required" },
        values: ["input"],
      },
    ],
    [2_002, { kind: "step-skipped", node: "found" }],
    [2_003, { kind: "step-skipped", node: "known" }],
    [2_003, { kind: "step-skipped", node: "unknown" }],
    [
      3_000,
      {
        kind: "run-finished",
        status: "failed",
        error: { code: "rejected", message: "400: emailAddress is required", node: "search" },
      },
    ],
  ),
  succeeded: journal(
    ...begun,
    [
      700,
      {
        kind: "step-succeeded",
        node: "search",
        startedAt: startedAt + 10,
        ports: ["out"],
        call: { attempt: 1, status: 200, durationMs: 690 },
        values: ["input", "output", "response"],
      },
    ],
    [705, { kind: "step-succeeded", node: "found", startedAt: startedAt + 701, ports: ["true"], values: ["input", "output"] }],
    [706, { kind: "step-skipped", node: "unknown" }],
    [2_990, { kind: "run-answered", node: "known", status: 200, values: ["output"] }],
    [2_991, { kind: "step-succeeded", node: "known", startedAt: startedAt + 2_980, ports: ["out"] }],
    [3_000, { kind: "run-finished", status: "succeeded" }],
  ),
};
