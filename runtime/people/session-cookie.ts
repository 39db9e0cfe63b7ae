import { sessionIdleMs } from "./sessions.ts";

export const sessionCookieName = "patchbay_session";
const tokenText = /^[\w-]{43}$/;

/** The session token out of a Cookie header; null when it has none of the right form. */
export function readSessionCookie(header: string | undefined): string | null {
  for (const pair of (header ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() !== sessionCookieName) continue;
    const value = pair.slice(at + 1).trim();
    if (tokenText.test(value)) return value;
  }
  return null;
}

/**
 * A Set-Cookie value (RFC 6265, 4.1); `token` null removes it. Scripts cannot read it, other sites' posts do not carry it, and it
 * travels over https alone when that is how people reach us.
 */
export function writeSessionCookie(token: string | null, publicUrl: string): string {
  const maxAge = token === null ? 0 : sessionIdleMs / 1_000;
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return `${sessionCookieName}=${token ?? ""}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}
