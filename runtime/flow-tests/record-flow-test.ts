import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { type CallAnswer, type Expectation, FlowTest, type RecordedCall } from "../../shared/flow/flow-test.ts";
import { type NodeKind, usesConnector } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import type { JournalEntry } from "../../shared/run/journal.ts";
import { foldJournal, type RunView, type StepView } from "../../shared/run/run-view.ts";
import { masked } from "../../shared/run/sealed-value.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { JournalRecord } from "../store/engine-store.ts";

type Recorded = { name: string; version: RunnableVersion; records: JournalRecord[] };

/**
 * A test that goes as a run went: what its trigger gave, each answer that came, what waiting steps were told, and as expectations what each
 * step came to. Secrets are in none of it, as they are in no journal; what a step has marked as secret is masked.
 */
export function recordFlowTest({ name, version, records }: Recorded): FlowTest {
  const view = foldJournal(records.map(({ entry }) => entry));
  const valuesOf = new Map(records.map(({ entry, values }) => [entry.number, masked(values as Json) as JournalRecord["values"]]));
  const value = (entry: number | null, of: "input" | "output" | "request" | "response"): Json =>
    entry === null ? null : (valuesOf.get(entry)?.[of] ?? null);
  const trigger = view.trigger ?? "";
  const steps = Object.entries(view.steps).filter(([key]) => key !== trigger);
  return FlowTest.parse({
    patchbay: "flow-test",
    format: 1,
    name,
    flow: withoutProjections(version.flow),
    connectors: [...version.connectors.values()].map(asItAnswered),
    connections: connectionsOf(version.flow),
    trigger: { node: trigger, output: value(view.steps[trigger]?.outputEntry ?? null, "output") },
    startAt: view.startedAt ?? 0,
    calls: callsOf(records, view, value),
    waits: steps.flatMap(([key, step]) => waitOf(key, step, value)),
    flows: Object.fromEntries(steps.flatMap(([, step]) => childOf(step, value))),
    expect: expectationsOf(view, steps, { value, version }),
  });
}

type ValueAt = (entry: number | null, of: "input" | "output" | "request" | "response") => Json;

/** What came of a list page by page stands in the journal as one. */
function withoutProjections(flow: Flow): Flow {
  const nodes = flow.nodes.map((node) => {
    if (node.kind !== "call" || !node.allPages) return node;
    const { allPages: _, ...once } = node;
    return once;
  });
  return { ...flow, nodes };
}

/** The journal holds what an action gave, not what it was made of. */
function asItAnswered(connector: Connector): Connector {
  const actions = connector.actions?.map(({ output: _, ...action }) => action);
  return { ...connector, baseUrl: "https://recorded.example", variables: [], ...(actions && { actions }) };
}

function connectionsOf(flow: Flow): FlowTest["connections"] {
  const used = flow.nodes.flatMap((node) =>
    usesConnector(node) && node.connection !== null
      ? [[node.connection, { connector: node.connector, baseUrl: null, variables: {} }] as const]
      : [],
  );
  return Object.fromEntries(used);
}

/** Of a list that was fetched page by page only the first request, which the whole list answers. */
function callsOf(records: JournalRecord[], view: RunView, value: ValueAt): RecordedCall[] {
  return records.flatMap(({ entry }) => {
    if (entry.kind !== "attempt-started") return [];
    const step = stepOf(view, entry);
    const attempt = step?.attempts.find(({ requestEntry }) => requestEntry === entry.number);
    if (!step || !attempt || (step.pages.length > 0 && entry.number !== step.attempts[0]?.requestEntry)) return [];
    const request = value(entry.number, "request") as unknown as RequestToSend;
    const { method, url, body } = request;
    const answer: CallAnswer | null =
      attempt.status === "succeeded" || step.pages.length > 0
        ? { status: attempt.httpStatus ?? 200, headers: {}, body: bodyOf(step, value) }
        : failureOf(attempt.outcome, attempt.responseEntry, attempt.message, value);
    return answer ? [{ request: { method, url, body: body ?? null }, answer }] : [];
  });
}

function stepOf(
  { steps }: RunView,
  { node, iteration = [] }: Extract<JournalEntry, { kind: "attempt-started" }>,
): StepView | undefined {
  return steps[iteration.length === 0 ? node : `${node}[${iteration.join(",")}]`];
}

/** An HTTP step gives status and headers beside the body. */
function bodyOf(step: StepView, value: ValueAt): Json {
  const output = value(step.outputEntry, "output");
  const isWhole =
    typeof output === "object" && output !== null && !Array.isArray(output) && "headers" in output && "status" in output;
  return isWhole ? (output.body ?? null) : output;
}

function failureOf(outcome: string | null, entry: number | null, message: string | null, value: ValueAt): CallAnswer | null {
  const response = value(entry, "response") as { status?: number; headers?: Record<string, string>; body?: Json } | null;
  if (response?.status !== undefined)
    return { status: response.status, headers: response.headers ?? {}, body: response.body ?? null };
  switch (outcome) {
    case "unreachable":
    case "timed-out":
    case "interrupted":
    case "blocked":
    case "too-large":
      return { failed: outcome, message: message ?? "" };
    default:
      // It was still under way, or waited for its turn.
      return null;
  }
}

function waitOf(step: string, { received }: StepView, value: ValueAt): FlowTest["waits"] {
  if (!received) return [];
  const output = value(received.entry, "output");
  const { by } = received;
  switch (received.signal) {
    case "resumed":
      return [{ step, by, resume: output }];
    case "approved":
    case "rejected":
      return [{ step, by, decision: received.signal, form: (Object(output) as { form?: Json }).form ?? {} }];
    case "child-finished":
      return [];
  }
}

function childOf({ child, received }: StepView, value: ValueAt): [string, FlowTest["flows"][string]][] {
  if (!child) return [];
  const given = (received ? value(received.entry, "output") : {}) as { status?: string; answer?: { body?: Json } | null };
  return [[child.flow, { status: given.status === "failed" ? "failed" : "succeeded", answer: given.answer?.body ?? null }]];
}

/** What these give is another each time: times, and ids of runs. */
const changing: ReadonlySet<NodeKind> = new Set(["delay", "sub-flow"]);

function expectationsOf(
  view: RunView,
  steps: [string, StepView][],
  { value, version }: { value: ValueAt; version: RunnableVersion },
): Expectation[] {
  const run = view.status === "failed" || view.status === "succeeded" || view.status === "canceled" ? view.status : "succeeded";
  return [
    { run, ...(view.error && { error: view.error.code }) },
    ...steps.map(([step, { node, status, error, outputEntry }]): Expectation => {
      const kind = version.graph.nodes.get(node)?.kind;
      const told = status === "succeeded" && outputEntry !== null && kind !== undefined && !changing.has(kind);
      return { step, status, ...(error && { error: error.code }), ...(told && { output: value(outputEntry, "output") }) };
    }),
  ];
}
