import type { Action } from "../../../shared/connector/action.ts";
import { actionInputs } from "../../../shared/connector/action-call.ts";
import { buildRequest, type RequestToSend } from "../../../shared/connector/build-request.ts";
import type { Connector } from "../../../shared/connector/connector.ts";
import type { Endpoint } from "../../../shared/connector/endpoint.ts";
import { firstPageInputs } from "../../../shared/connector/next-page.ts";
import type { CallNode } from "../../../shared/flow/node.ts";
import type { Json } from "../../../shared/json.ts";
import type { LoadedConnection } from "../../connections/load-connection.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { baseUrlOf, missingBaseUrl } from "../../outbound/base-url.ts";
import { compileOnce } from "../compile-once.ts";
import { resolveValue } from "../resolve-value.ts";
import { failed, type StepContext, type StepOutcome } from "../step.ts";

/** What a call node points at. `action`: the connector's action that it is, when it is one. */
export type Target = { connector: Connector; endpoint: Endpoint; action: Action | null; connection: LoadedConnection | null };

const compile = compileOnce((node: CallNode) => compileValue(node.inputs));

export async function findTarget(
  node: CallNode,
  { version, workspace, loadConnection }: StepContext,
): Promise<Target | StepOutcome> {
  const connector = version.connectors.get(node.connector);
  const endpoint = connector?.endpoints.find((candidate) => candidate.key === node.endpoint);
  if (!connector || !endpoint)
    return failed("unknown_endpoint", `the connector "${node.connector}" has no endpoint "${node.endpoint}"`);
  const action = node.action === undefined ? null : (connector.actions?.find(({ key }) => key === node.action) ?? undefined);
  if (action === undefined || (action && action.endpoint !== endpoint.key))
    return failed("unknown_action", `the connector "${connector.name}" has no action "${node.action}" of this endpoint`);
  if (node.connection === null) return { connector, endpoint, action, connection: null };
  const connection = await loadConnection(workspace, node.connection);
  if (!connection) return failed("connection_missing", "the connection of this step no longer exists");
  // Its secrets belong to another host.
  if (connection.connector !== connector.key)
    return failed("connection_missing", `the connection of this step is not one of "${connector.name}"`);
  return { connector, endpoint, action, connection };
}

/** The endpoint's inputs: the node's, its expressions resolved, with what its action and the first page of a list add. */
export async function inputsOf(
  node: CallNode,
  { action, endpoint }: Target,
  context: StepContext,
): Promise<{ inputs: Record<string, Json> } | StepOutcome> {
  const resolved = await resolveValue({ node, context, compiled: compile(node) });
  if (resolved.outcome === "failed") return resolved;
  const given = (resolved.value ?? {}) as Record<string, Json>;
  const inputs = action ? actionInputs(action, given) : given;
  return { inputs: node.allPages && endpoint.pagination ? firstPageInputs(endpoint.pagination, inputs) : inputs };
}

/** The request of a call, or why none can be made of these inputs. */
export function requestOf(
  { connector, endpoint, connection }: Target,
  inputs: Record<string, Json>,
  { sandboxes }: StepContext,
): { request: RequestToSend } | StepOutcome {
  const baseUrl = baseUrlOf(connector, connection, sandboxes);
  if (baseUrl === null)
    return failed(connection?.target === "sandbox" ? "no_sandbox" : "no_base_url", missingBaseUrl(connector, connection), {
      input: inputs,
    });
  const built = buildRequest(endpoint, baseUrl, inputs);
  return "problems" in built
    ? failed("invalid_input", built.problems.map(({ message }) => message).join("; "), { input: inputs })
    : built;
}
