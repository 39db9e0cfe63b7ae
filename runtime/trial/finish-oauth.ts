import { AppError } from "../../shared/app-error.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { LoadConnection } from "../connections/load-connection.ts";
import type { Beginner, Begun, OAuthStates } from "../connections/oauth-states.ts";
import type { Clock } from "../ids.ts";
import type { Outbound } from "../outbound/call-endpoint.ts";
import type { Sql } from "../store/sql.ts";
import { checkConnection } from "./check-connection.ts";

type Deps = {
  sql: Sql;
  clock: Clock;
  outbound: Outbound;
  loadConnection: LoadConnection;
  sandboxes: Record<string, string>;
  states: OAuthStates;
  redirectUri: string;
  /** The connector of a connection as it is now; null when either is gone. */
  connectorOf(workspace: string, connection: string): Promise<ConnectorDraft | null>;
};

/** What the provider sent along with the person's browser (RFC 6749, 4.1.2; RFC 9207). */
export type ProviderAnswer = { state?: string; code?: string; error?: string; iss?: string };

/** Words of ours: nothing that the provider sends is shown. */
const reasons = {
  denied: "the sign-in was refused or given up at the provider",
  provider: "the provider answered with an error",
  issuer: "the answer came from another provider than the connector names",
  incomplete: "the provider sent no code",
  changed: "the connector has another authentication method by now",
  exchange: "the provider gave no token for the code",
} as const;
type Reason = (typeof reasons)[keyof typeof reasons];

/**
 * Finishes an authorization: the path of ours to send the person back to, with what came of it in its query. Throws `bad_request`,
 * and asks nobody for a token, when the state is missing, unknown, used, older than ten minutes, or was given to another session.
 */
export async function finishOAuth(deps: Deps, by: Beginner, answer: ProviderAnswer): Promise<string> {
  const begun = answer.state === undefined ? null : await deps.states.end(answer.state, by);
  if (!begun)
    throw new AppError(
      "bad_request",
      "this sign-in was not begun here, was finished before, or took longer than ten minutes: begin it again",
    );
  const reason = await finish(deps, begun, answer);
  const url = new URL(begun.returnTo, "http://own.invalid");
  for (const name of ["connection", "authorized", "reason"]) url.searchParams.delete(name);
  url.searchParams.set("connection", begun.connection);
  url.searchParams.set("authorized", reason === null ? "yes" : "no");
  if (reason !== null) url.searchParams.set("reason", reason);
  return url.pathname + url.search + url.hash;
}

/** Why the connection is not authorized; null when it is. */
async function finish(deps: Deps, begun: Begun, { code, error, iss }: ProviderAnswer): Promise<Reason | null> {
  const { workspace, connection: id, verifier } = begun;
  const connector = await deps.connectorOf(workspace, id);
  const connection = await deps.loadConnection(workspace, id);
  const auth = connector?.auth;
  if (!connector || !connection || auth?.kind !== "oauth2" || auth.grant !== "authorization-code") return reasons.changed;
  // Before anything else is believed of the answer (RFC 9207, 2.4).
  if (auth.issuer && iss !== undefined && iss !== auth.issuer) return reasons.issuer;
  if (error !== undefined) return error === "access_denied" ? reasons.denied : reasons.provider;
  if (!code) return reasons.incomplete;
  const { redirectUri } = deps;
  const failure = await deps.outbound.redeemCode({ connector, scheme: auth, connection, code, verifier, redirectUri });
  if (failure) {
    await note(deps, begun, failure.message);
    return reasons.exchange;
  }
  await checkConnection(deps, { workspace, id, connector, authorized: true });
  return null;
}

/** The person finds there what the provider said, without secrets. */
async function note({ sql, clock }: Deps, { workspace, connection }: Begun, message: string): Promise<void> {
  await sql.commit([
    {
      text: `UPDATE connections SET message = $1, checked_at = $2 WHERE id = $3 AND workspace_id = $4`,
      params: [message, clock(), connection, workspace],
    },
  ]);
}
