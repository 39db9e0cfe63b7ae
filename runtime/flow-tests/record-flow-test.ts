import { AppError } from "../../shared/app-error.ts";
import type { RequestToSend } from "../../shared/connector/build-request.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { withoutTypedHeaders } from "../../shared/flow/flow-file.ts";
import { type CallAnswer, type ChildEnd, type Expectation, FlowTest, type RecordedCall } from "../../shared/flow/flow-test.ts";
import { connectionOf, connectorOf, type NodeKind } from "../../shared/flow/node.ts";
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
  const steps: Steps = Object.entries(view.steps).filter(([key]) => key !== trigger);
  const { stored, seen } = earlierOf(steps, { value, version });
  const parsed = FlowTest.safeParse({
    patchbay: "flow-test",
    format: 1,
    name,
    flow: asTested(version.flow),
    connectors: [...version.connectors.values()].map(asRecorded),
    connections: connectionsOf(version.flow),
    trigger: { node: trigger, output: value(view.steps[trigger]?.outputEntry ?? null, "output") },
    startAt: view.startedAt ?? 0,
    calls: callsOf(records, view, { value, version }),
    waits: steps.flatMap(([key, step]) => waitOf(key, step, value)),
    stored,
    seen,
    flows: childrenOf(steps, value),
    expect: expectationsOf(view, steps, { value, version }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError("conflict", `the run is too large for a test: ${issue?.path.join(".")}: ${issue?.message}`);
}

type ValueAt = (entry: number | null, of: "input" | "output" | "request" | "response") => Json;
type Known = { value: ValueAt; version: RunnableVersion };
type Steps = [string, StepView][];

/** What came of a list page by page stands in the journal as one; and a test is a file, which people keep with their code. */
function asTested(flow: Flow): Flow {
  const nodes = flow.nodes.map((node) => {
    if (node.kind !== "call" || !node.allPages) return withoutTypedHeaders(node);
    const { allPages: _, ...once } = node;
    return once;
  });
  return { ...flow, nodes };
}

/** The journal holds what an action gave, not what it was made of. */
function asRecorded(connector: Connector): Connector {
  const actions = connector.actions?.map(({ output: _, ...action }) => action);
  return { ...connector, baseUrl: recordedBase, variables: [], ...(actions && { actions }) };
}

/** Where recorded APIs stand. */
export const recordedBase = "https://recorded.example";

/** The connections of a flow, of which nothing is known but their connector. */
export function connectionsOf({ nodes }: Flow): FlowTest["connections"] {
  const used = nodes.flatMap((node) => {
    const [connection, connector] = [connectionOf(node), connectorOf(node)];
    return connection === null || connector === null ? [] : [[connection, { connector, baseUrl: null, variables: {} }] as const];
  });
  return Object.fromEntries(used);
}

/** Of a list that was fetched page by page only the first request, which the whole list answers. */
function callsOf(records: JournalRecord[], view: RunView, { value, version }: Known): RecordedCall[] {
  return records.flatMap(({ entry }) => {
    if (entry.kind !== "attempt-started") return [];
    const step = stepOf(view, entry);
    const attempt = step?.attempts.find(({ requestEntry }) => requestEntry === entry.number);
    if (!step || !attempt || (step.pages.length > 0 && entry.number !== step.attempts[0]?.requestEntry)) return [];
    const request = value(entry.number, "request") as unknown as RequestToSend;
    const { method, url, body } = request;
    const answer: CallAnswer | null =
      attempt.status === "succeeded" || step.pages.length > 0
        ? { status: attempt.httpStatus ?? 200, headers: headersOf(step, value), body: bodyOf(step, value) }
        : failureOf(attempt.outcome, attempt.responseEntry, attempt.message, value);
    return answer ? [{ request: { method, url: recordedUrl(url, version, step.node), body: body ?? null }, answer }] : [];
  });
}

/** The URL of a connector's endpoint as it would be at `recordedBase`: the path below a base URL has as many parts as the endpoint's own. */
function recordedUrl(url: string, { graph, connectors }: RunnableVersion, id: string): string {
  const node = graph.nodes.get(id);
  if (node?.kind !== "call" || !URL.canParse(url)) return url;
  const path = connectors.get(node.connector)?.endpoints.find(({ key }) => key === node.endpoint)?.path ?? "";
  const { pathname, search } = new URL(url);
  const parts = (path.split("?")[0] ?? "").split("/").length - 1;
  return `${recordedBase}/${parts === 0 ? "" : pathname.split("/").slice(-parts).join("/")}${search}`;
}

function stepOf(
  { steps }: RunView,
  { node, iteration = [] }: Extract<JournalEntry, { kind: "attempt-started" }>,
): StepView | undefined {
  return steps[iteration.length === 0 ? node : `${node}[${iteration.join(",")}]`];
}

/** An HTTP step gives status and headers beside the body; null for what another one gives. */
function wholeAnswer(step: StepView, value: ValueAt): { [field: string]: Json } | null {
  const output = value(step.outputEntry, "output");
  const isWhole =
    typeof output === "object" && output !== null && !Array.isArray(output) && "headers" in output && "status" in output;
  return isWhole ? output : null;
}

function bodyOf(step: StepView, value: ValueAt): Json {
  const whole = wholeAnswer(step, value);
  return whole ? (whole.body ?? null) : value(step.outputEntry, "output");
}

/** Where the step gives them they are a part of what is expected. */
function headersOf(step: StepView, value: ValueAt): Record<string, string> {
  const headers = wholeAnswer(step, value)?.headers ?? null;
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).filter((header): header is [string, string] => typeof header[1] === "string"),
  );
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

/** By flow what its first run came to, and for each other step what it came to there. */
function childrenOf(steps: Steps, value: ValueAt): FlowTest["flows"] {
  const flows: FlowTest["flows"] = {};
  for (const [step, { child, received }] of steps) {
    if (!child) continue;
    const given = (received ? value(received.entry, "output") : {}) as { status?: string; answer?: { body?: Json } | null };
    const end: ChildEnd = { status: given.status === "failed" ? "failed" : "succeeded", answer: given.answer?.body ?? null };
    const known = flows[child.flow];
    if (known) known.steps[step] = end;
    else flows[child.flow] = { ...end, steps: {} };
  }
  return flows;
}

/** What the run found stored, and the keys that had been seen: told by the first step that looked. */
function earlierOf(steps: Steps, { value, version }: Known): Pick<FlowTest, "stored" | "seen"> {
  const stored = new Map<string, FlowTest["stored"][number] | null>();
  const seen = new Map<string, FlowTest["seen"][number] | null>();
  const inTurn = steps.toSorted(([, one], [, other]) => (one.outputEntry ?? 0) - (other.outputEntry ?? 0));
  for (const [, { node: id, outputEntry }] of inTurn) {
    const node = version.graph.nodes.get(id);
    if (outputEntry === null || (node?.kind !== "key-value" && node?.kind !== "once")) continue;
    const output = value(outputEntry, "output") as { key: string; found?: boolean; value?: Json; before?: Json; first?: boolean };
    const { key } = output;
    if (node.kind === "once") {
      const place = `${id} ${key}`;
      if (!seen.has(place)) seen.set(place, output.first ? null : { node: id, key });
    } else {
      const { scope, operation } = node;
      const before = (operation === "increment" ? output.before : output.value) ?? null;
      const place = `${scope} ${key}`;
      if (!stored.has(place)) stored.set(place, output.found ? { scope, key, value: before } : null);
    }
  }
  const present = <T>(found: Map<string, T | null>) => [...found.values()].filter((each) => each !== null);
  return { stored: present(stored), seen: present(seen) };
}

/** What these give is another each time: times, and ids of runs. */
const changing: ReadonlySet<NodeKind> = new Set(["delay", "sub-flow"]);

function expectationsOf(view: RunView, steps: Steps, { value, version }: Known): Expectation[] {
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
