import type { Connector } from "../../shared/connector/connector.ts";
import type { OAuth2 } from "../../shared/connector/oauth2.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import type { TokenStore } from "../connections/token-store.ts";
import type { FailedOutcome } from "./token.ts";
import { newToken, requestToken, type TokenContext } from "./token-requests.ts";

/** An authorization code (RFC 6749, 4.1.2) with what proves that it was given to us. `verifier`: "" without PKCE. */
export type CodeToRedeem = {
  connector: Connector;
  scheme: OAuth2;
  connection: LoadedConnection;
  code: string;
  verifier: string;
  redirectUri: string;
};

/** Redeems a code, once, and stores what it gave over whatever there was; null when that is done. */
export async function redeemCode(
  context: TokenContext & { store: TokenStore },
  { code, verifier, redirectUri, ...check }: CodeToRedeem,
): Promise<FailedOutcome | null> {
  const { store, clock } = context;
  const { id } = check.connection;
  const answer = await requestToken(context, check, { grant: "authorization-code", code, verifier, redirectUri });
  if (answer.answer === "refused")
    return { outcome: "unauthorized", message: answer.message, status: answer.status, headers: {}, body: null, durationMs: 0 };
  if (answer.answer === "failed") return answer.outcome;
  // The refresh token of an earlier authorization may be another account's.
  const token = newToken(check, answer, null);
  if ("message" in token) return token.outcome;
  // A refresh of what was granted before may be under way: what the person has just allowed takes its place.
  for (let attempt = 0; attempt < 5; attempt++) {
    const row = await store.read(id);
    if (row && (await store.save(id, { ...token, authorizedAt: clock() }, row.version))) return null;
  }
  return { outcome: "unreachable", message: "the connection was changed meanwhile: authorize it again", durationMs: 0 };
}
