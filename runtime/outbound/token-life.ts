import type { TokenExchange } from "../../shared/connector/auth-scheme.ts";
import { readPath } from "../../shared/flow/expression.ts";

/** The life that a JWT says it has, in milliseconds: its own two times are compared, so no clock needs to agree. Null for another token. */
export function jwtLifeMs(token: string): number | null {
  const [, payload, signature] = token.split(".");
  if (!payload || !signature) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const [iat, exp] = [readPath(claims, ["iat"]), readPath(claims, ["exp"])];
    return typeof iat === "number" && typeof exp === "number" && exp > iat ? (exp - iat) * 1_000 : null;
  } catch {
    // Not a JWT after all.
    return null;
  }
}

/** The declared life, or less when the token is a JWT that says so. */
export function exchangedLifeMs(token: string, { expiresInMs }: TokenExchange): number {
  return Math.min(jwtLifeMs(token) ?? Number.POSITIVE_INFINITY, expiresInMs);
}

/** Refreshes 5 % of its life before the end, at least a minute, never more than half of its life. Null: it has no known end. */
export function refreshAt(expiresAt: number, lifeMs: number | null): number {
  return lifeMs === null ? expiresAt : expiresAt - Math.min(lifeMs / 2, Math.max(60_000, lifeMs * 0.05));
}
