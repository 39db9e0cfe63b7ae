import type { TestResult } from "../../shared/api/connectors.ts";
import { AppError } from "../../shared/app-error.ts";
import { buildRequest, type RequestProblem } from "../../shared/connector/build-request.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Endpoint } from "../../shared/connector/endpoint.ts";
import { resolveTestInputs, testsNeeded } from "../../shared/connector/test-inputs.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadConnection, LoadedConnection } from "../connections/load-connection.ts";
import { readConnector, type StoredConnector } from "../connectors/connector-rows.ts";
import { fingerprintOf } from "../connectors/endpoint-fingerprint.ts";
import type { Clock, Ids } from "../ids.ts";
import { statusWords } from "../outbound/answer-outcome.ts";
import { baseUrlOf, missingBaseUrl } from "../outbound/base-url.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { Sql } from "../store/sql.ts";
import { checkAssertions } from "./check-assertions.ts";
import { checkLinkedInputs } from "./check-linked-inputs.ts";
import type { ResolveLink } from "./resolve-link.ts";
import { keepingSample, newestAnswers } from "./samples.ts";

export type TrialDeps = {
  sql: Sql;
  clock: Clock;
  ids: Ids;
  outbound: Outbound;
  resolveLink: ResolveLink;
  loadConnection: LoadConnection;
  sandboxes: Record<string, string>;
};
export type EndpointQuestion = {
  workspace: string;
  connector: string;
  endpoint: string;
  connection: string | null;
  inputs: Record<string, Json>;
};
/** What a trial works on. */
export type TrialTarget = { stored: StoredConnector; endpoint: Endpoint; connection: LoadedConnection | null };

const timeoutMs = 30_000;

/** Calls an endpoint as its connector's draft says, and keeps what it came to as the endpoint's last test. */
export async function testEndpoint(deps: TrialDeps, question: EndpointQuestion): Promise<TestResult> {
  const target = await findTarget(deps, question);
  const { stored, endpoint, connection } = target;
  const connector = stored.document;
  const resolved = resolveTestInputs(question.inputs, await answersFor(deps, target, question.inputs));
  if ("missing" in resolved)
    return invalidInput(
      deps,
      resolved.missing.map(({ parameter, endpoint: needed, text }) => ({
        parameter,
        message: `${text} has no value yet: the test of "${needed}" must have passed before`,
      })),
    );
  const { inputs } = resolved;
  const baseUrl = baseUrlOf(connector, connection, deps.sandboxes);
  if (baseUrl === null) return unsent(deps, "blocked", `Nothing was sent: ${missingBaseUrl(connector, connection)}`);
  if (connector.auth.kind !== "none" && !connection)
    return unsent(deps, "blocked", "Nothing was sent: the connector has an authentication method, so choose a connection first");
  const built = buildRequest(endpoint, baseUrl, inputs);
  if ("problems" in built) return invalidInput(deps, built.problems);
  const linked = await checkLinkedInputs(deps.resolveLink, { connector, endpoint, connection, inputs });
  if (linked.checked === "refused") return invalidInput(deps, [{ parameter: linked.parameter, message: linked.message }]);
  // Without its list nobody knows whether the value is one that may be sent.
  if (linked.checked === "unavailable") return unsent(deps, linked.outcome.outcome, `Nothing was sent: ${linked.message}`);
  const call = {
    request: built.request,
    connector,
    connection,
    idempotency: endpoint.idempotencyHeader ? { header: endpoint.idempotencyHeader, key: deps.ids.next("tst") } : null,
    limitGroup: endpoint.limitGroup,
    timeoutMs,
    signal: new AbortController().signal,
  };
  const shown = deps.outbound.preview(call);
  const { encoding } = built.request;
  const request = shown && { ...shown, ...(encoding && { encoding }) };
  const outcome = await deps.outbound.call(call);
  const result: TestResult = { ...resultOf(endpoint, outcome), request, testedAt: deps.clock() };
  await keep(deps, target, question, result);
  return result;
}

async function answersFor({ sql }: TrialDeps, { stored }: TrialTarget, inputs: Record<string, Json>) {
  return newestAnswers(sql, stored.id, testsNeeded(inputs));
}

/** Throws `not_found`. */
export async function findTarget(
  deps: Pick<TrialDeps, "sql" | "loadConnection">,
  { endpoint: key, ...place }: Omit<EndpointQuestion, "inputs">,
): Promise<TrialTarget> {
  const stored = await readConnector(deps.sql, place.workspace, place.connector);
  return { stored, endpoint: endpointOf(stored.document, key), connection: await connectionOf(deps, place) };
}

/** Throws `not_found`. */
export function endpointOf({ name, endpoints }: ConnectorDraft, key: string): Endpoint {
  const endpoint = endpoints.find((candidate) => candidate.key === key);
  if (!endpoint) throw new AppError("not_found", `"${name}" has no endpoint "${key}"`);
  return endpoint;
}

/** Throws `not_found`; a connection of another connector is as good as none, because its secrets belong to another host. */
export async function connectionOf(
  { loadConnection }: Pick<TrialDeps, "loadConnection">,
  { workspace, connector, connection: id }: Pick<EndpointQuestion, "workspace" | "connector" | "connection">,
): Promise<LoadedConnection | null> {
  if (id === null) return null;
  const connection = await loadConnection(workspace, id);
  if (connection?.connector !== connector) throw new AppError("not_found", `"${connector}" has no connection ${id}`);
  return connection;
}

function unsent({ clock }: TrialDeps, outcome: string, message: string): TestResult {
  const nothing = { problems: [], request: null, response: null, assertions: [], durationMs: 0 };
  return { passed: false, outcome, message, ...nothing, testedAt: clock() };
}

function invalidInput(deps: TrialDeps, problems: RequestProblem[]): TestResult {
  return { ...unsent(deps, "invalid-input", problems.map(({ message }) => message).join("; ")), problems };
}

/** Without an assertion on its status an answer must be a good one. */
function resultOf(endpoint: Endpoint, outcome: CallOutcome): Omit<TestResult, "request" | "testedAt"> {
  const response = "status" in outcome ? { status: outcome.status, headers: outcome.headers, body: outcome.body } : null;
  const assertions = response ? checkAssertions(endpoint, response) : [];
  const expectsStatus = endpoint.test?.assertions.some(({ kind }) => kind === "status") === true;
  const isGood = outcome.outcome === "succeeded" || (response !== null && expectsStatus);
  const failed = assertions.find(({ passed }) => !passed);
  const words = outcome.outcome === "succeeded" ? statusWords(outcome.status) : outcome.message;
  return {
    passed: isGood && !failed,
    outcome: outcome.outcome,
    message: isGood && failed ? `${words}; not as asserted: ${failed.message}` : words,
    problems: [],
    response,
    assertions,
    durationMs: outcome.durationMs,
  };
}

async function keep(
  { sql, ids }: TrialDeps,
  { stored, endpoint }: TrialTarget,
  { workspace, connection, inputs }: EndpointQuestion,
  { passed, message, response, assertions, testedAt }: TestResult,
): Promise<void> {
  const document: ConnectorDraft = stored.document;
  const sample =
    passed && response
      ? keepingSample({
          id: ids.next("smp"),
          workspace,
          connector: stored.id,
          endpoint: endpoint.key,
          status: response.status,
          body: response.body,
          at: testedAt,
        })
      : [];
  await sql.commit([
    {
      text: `INSERT INTO endpoint_tests
          (workspace_id, connector_id, endpoint, fingerprint, passed, status, message, inputs, connection_id, tested_at, assertions)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (connector_id, endpoint) DO UPDATE SET fingerprint = excluded.fingerprint, passed = excluded.passed,
          status = excluded.status, message = excluded.message, inputs = excluded.inputs,
          connection_id = excluded.connection_id, tested_at = excluded.tested_at, assertions = excluded.assertions`,
      params: [
        workspace,
        stored.id,
        endpoint.key,
        fingerprintOf(document, endpoint),
        passed ? 1 : 0,
        response?.status ?? null,
        message,
        JSON.stringify(inputs),
        connection,
        testedAt,
        JSON.stringify(assertions),
      ],
    },
    ...sample,
  ]);
}
