import type { ConnectionCheck } from "../../shared/api/connections.ts";
import { unreachable } from "../../shared/app-error.ts";
import { fillUrl } from "../../shared/connector/base-url.ts";
import { buildRequest } from "../../shared/connector/build-request.ts";
import type { ConnectorDraft, Verification } from "../../shared/connector/connector.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { CallOutcome } from "../../shared/run/call-outcome.ts";
import type { LoadConnection, LoadedConnection } from "../connections/load-connection.ts";
import type { Clock } from "../ids.ts";
import { baseUrlOf, missingBaseUrl } from "../outbound/base-url.ts";
import type { CallInput, Outbound } from "../outbound/call-endpoint.ts";
import type { FailedOutcome } from "../outbound/token.ts";
import type { TokenCheck } from "../outbound/token-requests.ts";
import type { Sql } from "../store/sql.ts";

type Deps = {
  sql: Sql;
  clock: Clock;
  outbound: Outbound;
  loadConnection: LoadConnection;
  sandboxes: Record<string, string>;
};
const timeoutMs = 15_000;

type Question = {
  workspace: string;
  id: string;
  connector: ConnectorDraft;
  /** A person has just signed in, so that the token is as new as can be. */
  authorized?: boolean;
};

/**
 * Proves a connection with the connector's verification request, its identity endpoint, or by asking for a token, and keeps what came
 * of it. A passing fault of the API changes no state: nothing was said about the credentials.
 */
export async function checkConnection(deps: Deps, question: Question): Promise<ConnectionCheck> {
  const { workspace, id } = question;
  const connection = await deps.loadConnection(workspace, id);
  const check = connection ? await ask(deps, question, connection) : answerOf("unchecked", "the connection no longer exists");
  if (check.outcome !== "unchecked")
    await deps.sql.commit([
      {
        text: `UPDATE connections SET state = coalesce($1, state), account = coalesce($2, account), message = $3, checked_at = $4
          WHERE id = $5 AND workspace_id = $6`,
        params: [stateOf(check), check.account, check.message, deps.clock(), id, workspace],
      },
    ]);
  return check;
}

function stateOf({ outcome }: ConnectionCheck): string | null {
  return outcome === "healthy" || outcome === "broken" || outcome === "needs-authorization" ? outcome : null;
}

function answerOf(outcome: ConnectionCheck["outcome"], message: string): ConnectionCheck {
  return { outcome, status: null, message, account: null };
}

async function ask(deps: Deps, question: Question, connection: LoadedConnection): Promise<ConnectionCheck> {
  const { connector, workspace, id } = question;
  const { verification, auth } = connector;
  if (auth.kind !== "oauth2") {
    if (verification) return verify(deps, connector, connection, verification);
    if (baseUrlOf(connector, connection, deps.sandboxes) === null) return unsent(connector, connection);
    if (auth.kind !== "token-exchange")
      return answerOf("unchecked", "the connector declares no verification request, so nothing was checked");
    const failure = await deps.outbound.renewToken({ connector, scheme: auth, connection });
    return failure ? checkOf(failure, null) : answerOf("healthy", "the API gave a token");
  }
  const proves = verification !== undefined || auth.identity !== undefined || question.authorized === true;
  const held = { connector, scheme: auth, connection };
  const failure = await (proves ? deps.outbound.holdToken(held) : renewOrHold(deps, held));
  if (failure) return checkOf(failure, null);
  // The token response may have said where the API is.
  const known = (await deps.loadConnection(workspace, id)) ?? connection;
  const check = verification
    ? await verify(deps, connector, known, verification)
    : answerOf("healthy", "the provider gave a token");
  if (check.outcome !== "healthy" || check.account !== null || !auth.identity) return check;
  const identity = await identify(deps, connector, known, auth.identity);
  // Who signed in is nice to know once the API has accepted the token itself.
  return verification && identity.outcome !== "healthy" ? check : identity;
}

/** What cannot be renewed without a person is proved by its being there. */
async function renewOrHold({ outbound }: Deps, held: TokenCheck): Promise<FailedOutcome | null> {
  const renewed = await outbound.renewToken(held);
  const needsPerson = renewed?.outcome === "blocked" && renewed.reason === "authorization";
  return needsPerson ? outbound.holdToken(held) : renewed;
}

function unsent(connector: ConnectorDraft, connection: LoadedConnection): ConnectionCheck {
  return answerOf("unchecked", `nothing was sent: ${missingBaseUrl(connector, connection)}`);
}

async function verify(
  deps: Deps,
  connector: ConnectorDraft,
  connection: LoadedConnection,
  { endpoint: key, inputs, accountPath }: Verification,
): Promise<ConnectionCheck> {
  const baseUrl = baseUrlOf(connector, connection, deps.sandboxes);
  if (baseUrl === null) return unsent(connector, connection);
  const endpoint = connector.endpoints.find((candidate) => candidate.key === key);
  if (!endpoint) return answerOf("unchecked", `the verification's endpoint "${key}" does not exist`);
  const built = buildRequest(endpoint, baseUrl, inputs);
  if ("problems" in built)
    return answerOf(
      "unchecked",
      `the verification request is incomplete: ${built.problems.map(({ message }) => message).join("; ")}`,
    );
  const { request } = built;
  return checkOf(await call(deps, { request, connector, connection, limitGroup: endpoint.limitGroup }), accountPath ?? null);
}

/** Asks who signed in: below the base URL, or at a URL of its own, which the credentials were entered for as well. */
async function identify(
  deps: Deps,
  connector: ConnectorDraft,
  connection: LoadedConnection,
  { url, parameter }: { url: string; parameter: string },
): Promise<ConnectionCheck> {
  const elsewhere = /^https?:/i.test(url) ? fillUrl(url, connector.variables ?? [], connection.variables) : null;
  if (elsewhere && "message" in elsewhere) return answerOf("unchecked", `nothing was sent: ${elsewhere.message}`);
  if (elsewhere && !URL.canParse(elsewhere.url)) return answerOf("unchecked", "the identity endpoint is not a URL");
  const baseUrl = elsewhere ? new URL(elsewhere.url).origin : baseUrlOf(connector, connection, deps.sandboxes);
  if (baseUrl === null) return unsent(connector, connection);
  const request = { method: "GET", url: elsewhere?.url ?? `${baseUrl}/${url.replace(/^\/+/, "")}`, headers: {}, body: null };
  const there = elsewhere
    ? { connector: { ...connector, baseUrl }, connection: { ...connection, baseUrl: null } }
    : { connector, connection };
  return checkOf(await call(deps, { ...there, request, limitGroup: undefined }), parameter);
}

function call(
  { outbound }: Deps,
  input: Pick<CallInput, "request" | "connector" | "connection" | "limitGroup">,
): Promise<CallOutcome> {
  return outbound.call({ ...input, idempotency: null, timeoutMs, signal: new AbortController().signal });
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
    case "forbidden":
    case "rejected":
      return { outcome: "broken", status, message: outcome.message, account: null };
    case "blocked":
      return { outcome: checkOfRefusal(outcome.reason), status, message: outcome.message, account: null };
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

function checkOfRefusal(reason: string): ConnectionCheck["outcome"] {
  if (reason === "authorization") return "needs-authorization";
  return reason === "connection" || reason === "credentials" ? "broken" : "unreachable";
}
