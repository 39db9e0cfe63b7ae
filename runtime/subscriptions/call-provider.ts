import { buildRequest } from "../../shared/connector/build-request.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { readPath } from "../../shared/flow/expression.ts";
import type { Json } from "../../shared/json.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadConnection, LoadedConnection } from "../connections/load-connection.ts";
import { compileValue } from "../expressions/resolve-template.ts";
import { baseUrlOf, missingBaseUrl } from "../outbound/base-url.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";

export type ProviderDeps = { outbound: Outbound; loadConnection: LoadConnection; sandboxes: Record<string, string> };
type Call = {
  workspace: string;
  connector: Connector;
  connection: string | null;
  call: { endpoint: string; inputs: Record<string, Json> };
  /** What the inputs' templates find: `hook`, `subscription`, `inputs`. */
  values: Record<string, Json>;
  /** For endpoints that declare an idempotency header. */
  idempotencyKey: string;
  isOurs(): boolean;
};

const timeoutMs = 20_000;

/** Makes one call of a subscription's life. What keeps it from being sent is `blocked` with the reason in words. */
export async function callProvider(deps: ProviderDeps, request: Call): Promise<CallOutcome> {
  const { connector, call } = request;
  const endpoint = connector.endpoints.find(({ key }) => key === call.endpoint);
  if (!endpoint) return unsent(`the connector has no endpoint "${call.endpoint}"`);
  const connection = request.connection === null ? null : await ownConnection(deps, request, request.connection);
  if (request.connection !== null && !connection) return unsent("its connection does not exist any more");
  const baseUrl = baseUrlOf(connector, connection, deps.sandboxes);
  if (baseUrl === null) return unsent(missingBaseUrl(connector, connection));
  const inputs = compileValue(call.inputs).resolve(
    (path) => readPath(request.values, path) as Json | undefined,
    () => undefined,
  );
  const built = buildRequest(endpoint, baseUrl, inputs as Record<string, Json>);
  if ("problems" in built) return unsent(built.problems.map(({ message }) => message).join("; "));
  return deps.outbound.call({
    request: built.request,
    connector,
    connection,
    idempotency: endpoint.idempotencyHeader ? { header: endpoint.idempotencyHeader, key: request.idempotencyKey } : null,
    limitGroup: endpoint.limitGroup,
    isOurs: request.isOurs,
    timeoutMs,
    signal: new AbortController().signal,
  });
}

/** One of another connector is as good as none: its secrets belong to another host. */
async function ownConnection(
  { loadConnection }: ProviderDeps,
  { workspace, connector }: Call,
  id: string,
): Promise<LoadedConnection | null> {
  const connection = await loadConnection(workspace, id);
  return connection?.connector === connector.key ? connection : null;
}

function unsent(message: string): CallOutcome {
  return { outcome: "blocked", reason: "settings", message, durationMs: 0 };
}
