import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import { fillUrl } from "../../shared/connector/base-url.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import type { OAuth2 } from "../../shared/connector/oauth2.ts";
import { limitOf } from "../../shared/connector/rate-limit.ts";
import { foreignCredentials, holdsOrigin, hostPattern, withNamedHost } from "../connections/credentials-origin.ts";
import type { LoadedConnection, OAuthClient } from "../connections/load-connection.ts";
import type { NewToken, NoToken, StoredToken } from "../connections/token-store.ts";
import { baseUrlOf, missingBaseUrl } from "./base-url.ts";
import type { CallOrigin } from "./call-origin.ts";
import type { Client } from "./client.ts";
import { exchangeToken } from "./exchange-token.ts";
import { askForToken, type TokenAnswer, type TokenQuestion } from "./oauth-token.ts";
import { type Quota, refusalOf } from "./quota.ts";
import type { Secrets } from "./secrets.ts";
import type { JwtSigner } from "./sign-jwt.ts";
import type { ExchangeRequest, FailedOutcome, GrantRequest, GrantResult, TokenRequest } from "./token.ts";

export type TokenScheme = TokenExchange | OAuth2;
export type TokenCheck = { connector: Connector; scheme: TokenScheme; connection: LoadedConnection };

export type TokenContext = {
  clock: () => number;
  sandboxes: Record<string, string>;
  client: Client;
  originOf: (baseUrl: string) => CallOrigin;
  secrets: Secrets;
  quota: Quota;
  signJwt: JwtSigner;
};

/** How long an exchange waits for its turn; it ends, with it, within the lease under which it runs. */
const turnMs = 5_000;

/** What the token of a connection is asked for with, or why nothing may be asked. */
export function tokenRequest(context: TokenContext, check: TokenCheck): TokenRequest | FailedOutcome {
  const { connector, scheme, connection } = check;
  if (scheme.kind === "oauth2") return grantRequest(context, { connector, scheme, connection });
  const baseUrl = baseUrlOf(connector, connection, context.sandboxes);
  if (baseUrl === null) return blocked("host", missingBaseUrl(connector, connection));
  const origin = context.originOf(baseUrl);
  if (origin.refusal) return blocked(origin.refusal.reason, origin.refusal.message);
  const foreign = foreignCredentials(connector, connection, origin.origin);
  if (foreign) return blocked("credentials", foreign);
  return exchangeRequest(context, { connector, scheme, connection, baseUrl, origin });
}

type Exchange = {
  connector: Connector;
  scheme: TokenExchange;
  connection: LoadedConnection;
  baseUrl: string;
  origin: CallOrigin;
};

export function exchangeRequest(
  context: TokenContext,
  { connector, scheme, connection, baseUrl, origin }: Exchange,
): ExchangeRequest {
  const { client, clock } = context;
  return {
    connection: connection.id,
    audience: baseUrl,
    scheme,
    credentials: connection.credentials,
    exchange: async (body) => {
      const { limitGroup } = scheme;
      const limit = limitGroup === undefined ? null : limitOf(connector.limits, limitGroup);
      const counted = { limit, origin: origin.origin, auth: scheme, connection };
      const signal = new AbortController().signal;
      const outcome = refusalOf(await context.quota.pass(counted, { atMostMs: turnMs, signal }), counted);
      if (outcome) return { exchanged: "failed", outcome: { ...outcome, message: `token exchange: ${outcome.message}` } };
      const redactor = context.secrets.redactorOf(connector, connection, null);
      const jwt = scheme.request.signed?.jwt;
      const signed = jwt ? await context.signJwt(connection, jwt) : null;
      return exchangeToken({ client, scheme, baseUrl, origin, body, signed, redactor, clock });
    },
  };
}

type Grant = { connector: Connector; scheme: OAuth2; connection: LoadedConnection };

export function grantRequest(context: TokenContext, check: Grant): GrantRequest {
  const { scheme, connection } = check;
  return {
    connection: connection.id,
    // Other values of its variables come with another `since`.
    audience: scheme.tokenUrl,
    scheme,
    credentials: connection.credentials,
    since: connection.since,
    grant: (row) => grant(context, check, row),
  };
}

async function grant(context: TokenContext, check: Grant, row: StoredToken | NoToken | null): Promise<GrantResult> {
  const { scheme, connection } = check;
  const { credentials } = connection;
  const refreshToken = row?.grant?.refreshToken ?? null;
  const ask = async (question: TokenQuestion): Promise<GrantResult> =>
    granted(check, await requestToken(context, check, question), row);
  switch (scheme.grant) {
    case "authorization-code":
      return refreshToken === null ? { granted: "nobody" } : ask({ grant: "refresh", refreshToken });
    case "client-credentials":
      return ask({ grant: "client-credentials" }).then(finalIfRefused);
    case "password": {
      const refreshed = refreshToken === null ? null : await ask({ grant: "refresh", refreshToken });
      if (refreshed && refreshed.granted !== "refused") return refreshed;
      const { username = "", password = "" } = credentials;
      return ask({ grant: "password", username, password }).then(finalIfRefused);
    }
  }
}

/** Without a person who could sign in again, a refused grant is one of wrong credentials. */
function finalIfRefused(result: GrantResult): GrantResult {
  if (result.granted !== "refused") return result;
  const { message, status } = result;
  const outcome = { outcome: "unauthorized", message, status, headers: {}, body: null, durationMs: 0 } as const;
  return { granted: "failed", outcome, definite: true };
}

function granted({ connector, scheme, connection }: Grant, answer: TokenAnswer, row: StoredToken | NoToken | null): GrantResult {
  switch (answer.answer) {
    case "refused":
      return { granted: "refused", message: answer.message, status: answer.status };
    case "failed":
      return { granted: "failed", outcome: answer.outcome, definite: answer.definite };
    case "token": {
      const token = newToken({ connector, scheme, connection }, answer, row?.grant?.refreshToken ?? null);
      return "message" in token ? { granted: "failed", outcome: token.outcome, definite: false } : { granted: "token", token };
    }
  }
}

/** What is to be stored. `known`: the refresh token that stays when the answer brings none. */
export function newToken(
  { connector, scheme, connection }: Grant,
  { token, expiresAt, grant: got, metadata }: Extract<TokenAnswer, { answer: "token" }>,
  known: string | null,
): NewToken | { message: string; outcome: FailedOutcome } {
  const granted = { token, expiresAt, grant: { ...got, refreshToken: got.refreshToken ?? known } };
  if (Object.keys(metadata).length === 0) return granted;
  const variables = { ...connection.variables, ...metadata };
  const filled = fillUrl(connector.baseUrl, connector.variables ?? [], variables);
  if ("message" in filled && Object.hasOwn(metadata, filled.variable)) {
    const message = `the token response names no address that the connector allows: ${filled.message}`;
    return { message, outcome: blocked("host", message) };
  }
  const { baseUrl } = connector;
  const origin = withNamedHost(connection.origin, { baseUrl, variables: connector.variables, auth: scheme }, variables);
  return { ...granted, place: { variables, origin } };
}

/** Asks the provider, where the credentials may go and as the client that they belong to. */
export async function requestToken(context: TokenContext, check: Grant, question: TokenQuestion): Promise<TokenAnswer> {
  const { client, clock } = context;
  const { connector, scheme, connection } = check;
  const refused = (reason: string, message: string): TokenAnswer => ({
    answer: "failed",
    outcome: blocked(reason, message),
    definite: false,
  });
  if (connection.target === "sandbox") return refused("connection", "a sandbox has no OAuth provider");
  const template = question.grant === "refresh" ? (scheme.refreshUrl ?? scheme.tokenUrl) : scheme.tokenUrl;
  const filled = fillUrl(template, connector.variables ?? [], connection.variables);
  if ("message" in filled) return refused("connection", filled.message);
  if (!URL.canParse(filled.url)) return refused("host", "the token URL is not a URL");
  const url = new URL(filled.url);
  const { origin, refusal } = context.originOf(url.origin);
  if (refusal) return refused(refusal.reason, refusal.message);
  const foreign = foreignCredentials(connector, connection, origin);
  if (foreign) return refused("credentials", foreign);
  const as = clientOf(check, hostPattern(template, connector.variables ?? []));
  if ("problem" in as) return refused(as.reason, as.problem);
  const endpoint = { origin, path: url.pathname + url.search };
  return askForToken({ client, scheme, endpoint, as, question, clock });
}

function clientOf({ connector, scheme, connection }: Grant, pattern: string): OAuthClient | { reason: string; problem: string } {
  if (scheme.client === "connection") {
    const { clientId = "", clientSecret = "" } = connection.credentials;
    if (clientId === "") return { reason: "connection", problem: "the connection has no client ID" };
    return { clientId, clientSecret: clientSecret === "" ? null : clientSecret, origins: "" };
  }
  const { client } = connection;
  if (!client) return { reason: "connection", problem: `"${connector.name}" has no OAuth client yet: enter its client ID` };
  if (client.clientSecret === null || holdsOrigin(client.origins, pattern)) return client;
  const problem = `the client secret of "${connector.name}" was entered for another address: enter it again`;
  return { reason: "credentials", problem };
}

export function blocked(reason: string, message: string): FailedOutcome {
  return { outcome: "blocked", reason, message, durationMs: 0 };
}
