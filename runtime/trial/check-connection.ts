import type { ConnectionCheck } from "../../shared/api/connections.ts";
import { unreachable } from "../../shared/app-error.ts";
import { buildRequest } from "../../shared/connector/build-request.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadConnection, LoadedConnection } from "../connections/load-connection.ts";
import type { Clock } from "../ids.ts";
import { baseUrlOf } from "../outbound/base-url.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { Sql } from "../store/sql.ts";

type Deps = {
  sql: Sql;
  clock: Clock;
  outbound: Outbound;
  loadConnection: LoadConnection;
  sandboxes: Record<string, string>;
};
const timeoutMs = 15_000;

/**
 * Proves a connection with the connector's verification request, or by exchanging its credentials for a token, and keeps what came
 * of it. A passing fault of the API changes no state: nothing was said about the credentials.
 */
export async function checkConnection(
  deps: Deps,
  { workspace, id, connector }: { workspace: string; id: string; connector: ConnectorDraft },
): Promise<ConnectionCheck> {
  const connection = await deps.loadConnection(workspace, id);
  const check: ConnectionCheck = connection
    ? await ask(deps, connector, connection)
    : { outcome: "unchecked", status: null, message: "the connection no longer exists", account: null };
  const judged = check.outcome === "healthy" || check.outcome === "broken";
  if (check.outcome !== "unchecked")
    await deps.sql.commit([
      {
        text: `UPDATE connections SET state = coalesce($1, state), account = coalesce($2, account), message = $3, checked_at = $4
          WHERE id = $5 AND workspace_id = $6`,
        params: [judged ? check.outcome : null, check.account, check.message, deps.clock(), id, workspace],
      },
    ]);
  return check;
}

async function ask(deps: Deps, connector: ConnectorDraft, connection: LoadedConnection): Promise<ConnectionCheck> {
  const unchecked = (message: string): ConnectionCheck => ({ outcome: "unchecked", status: null, message, account: null });
  const { verification, auth } = connector;
  const baseUrl = baseUrlOf(connector, connection.target, deps.sandboxes);
  if (baseUrl === null) return unchecked("nothing was sent: the connector has no base URL yet");
  if (!verification) {
    if (auth.kind !== "token-exchange")
      return unchecked("the connector declares no verification request, so nothing was checked");
    const failure = await deps.outbound.renewToken({ connector, scheme: auth, connection });
    return failure
      ? checkOf(failure, null)
      : { outcome: "healthy", status: null, message: "the API gave a token", account: null };
  }
  const endpoint = connector.endpoints.find(({ key }) => key === verification.endpoint);
  if (!endpoint) return unchecked(`the verification's endpoint "${verification.endpoint}" does not exist`);
  const built = buildRequest(endpoint, baseUrl, verification.inputs);
  if ("problems" in built)
    return unchecked(`the verification request is incomplete: ${built.problems.map(({ message }) => message).join("; ")}`);
  const outcome = await deps.outbound.call({
    request: built.request,
    connector,
    connection,
    idempotency: null,
    limitGroup: endpoint.limitGroup,
    timeoutMs,
    signal: new AbortController().signal,
  });
  return checkOf(outcome, verification.accountPath ?? null);
}

function checkOf(outcome: CallOutcome, accountPath: string | null): ConnectionCheck {
  const status = "status" in outcome ? outcome.status : null;
  switch (outcome.outcome) {
    case "succeeded": {
      const path = accountPath === null ? null : parsePath(accountPath);
      const found = path ? readPath(outcome.body, path) : undefined;
      const account = typeof found === "string" || typeof found === "number" ? String(found).slice(0, 200) : null;
      const message =
        accountPath !== null && account === null
          ? `the API accepted the credentials; its answer has no text at "${accountPath}"`
          : "the API accepted the credentials";
      return { outcome: "healthy", status, message, account };
    }
    case "unauthorized":
    case "rejected":
      return { outcome: "broken", status, message: outcome.message, account: null };
    case "blocked":
      return {
        outcome: ["connection", "credentials"].includes(outcome.reason) ? "broken" : "unreachable",
        status,
        message: outcome.message,
        account: null,
      };
    case "rate-limited":
    case "server-error":
    case "unreachable":
    case "interrupted":
    case "timed-out":
    case "too-large":
    case "over-quota":
    case "canceled":
      return { outcome: "unreachable", status, message: outcome.message, account: null };
    default:
      return unreachable(outcome);
  }
}
