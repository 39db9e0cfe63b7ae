import type { Session } from "../../shared/api/people.ts";
import type { Route } from "../../shared/api/route.ts";
import { AppError } from "../../shared/app-error.ts";
import { mayUse } from "./roles.ts";
import { readSessionCookie, writeSessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";

/** What the guard needs of a request's context; Hono's has it. */
export type GuardedContext = {
  req: { method: string; url: string; header(name: string): string | undefined };
  header(name: string, value: string, options: { append: boolean }): void;
};

export type Guard = {
  /**
   * Who calls. Throws `unauthenticated` without a session, `forbidden` when their role has not this access or the request may come
   * from another site. Renews the cookie when it is due.
   */
  requirePerson(c: GuardedContext, access?: "person" | "administrator"): Promise<Session>;
  /** Is the session that a request came with still open? For answers that go on for long; it counts as no use. */
  isStillSignedIn(c: GuardedContext): Promise<boolean>;
  /** Throws `forbidden` when a request that changes something may come from another site. `requirePerson` has it inside. */
  requireSameSite(c: GuardedContext): void;
  /** The whole check of one route: null for those that anyone may call. */
  authorize(c: GuardedContext, route: Pick<Route, "access">): Promise<Session | null>;
};

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

/** Sessions and cross-site request forgery in one place: every route of ours passes through it. */
export function createGuard({ sessions, publicUrl }: { sessions: Sessions; publicUrl: string }): Guard {
  const configured = new URL(publicUrl).origin;

  function requireSameSite({ req }: GuardedContext): void {
    if (reading.has(req.method)) return;
    // A form cannot set a header of its own, and a script of another site may not without our leave, which we never give (CORS).
    if (req.header("x-patchbay-request") !== "1")
      throw new AppError("forbidden", "a request that changes something needs the header X-Patchbay-Request: 1");
    const origin = req.header("origin");
    if (origin === undefined || origin === configured || origin === new URL(req.url).origin) return;
    throw new AppError(
      "forbidden",
      "this request comes from another site; if it is yours, set PATCHBAY_PUBLIC_URL to its address",
    );
  }

  async function requirePerson(c: GuardedContext, access: "person" | "administrator" = "person"): Promise<Session> {
    requireSameSite(c);
    const token = readSessionCookie(c.req.header("cookie"));
    const found = token === null ? null : await sessions.find(token);
    if (token === null || found === null) throw new AppError("unauthenticated", "sign in first");
    if (!mayUse(found.session.person.role, access)) throw new AppError("forbidden", "only an administrator may do this");
    if (found.renewed) c.header("Set-Cookie", writeSessionCookie(token, publicUrl), { append: true });
    return found.session;
  }

  return {
    requireSameSite,
    requirePerson,
    async isStillSignedIn(c) {
      const token = readSessionCookie(c.req.header("cookie"));
      return token !== null && (await sessions.isOpen(token));
    },
    async authorize(c, { access }) {
      if (access !== "anyone") return requirePerson(c, access);
      requireSameSite(c);
      return null;
    },
  };
}
