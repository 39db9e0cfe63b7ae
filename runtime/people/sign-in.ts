import type { Session } from "../../shared/api/people.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Sql } from "../store/sql.ts";
import type { Passwords } from "./passwords.ts";
import type { Sessions } from "./sessions.ts";
import type { SignInLimiter } from "./sign-in-limiter.ts";
import { findUser, normalEmail } from "./users.ts";

export type SignInDeps = { sql: Sql; sessions: Sessions; passwords: Passwords; limiter: SignInLimiter };
export type Credentials = { email: string; password: string; address: string };
/** `token` goes into the cookie and nowhere else. */
export type SignedIn = { session: Session; token: string };

/**
 * Checks a password and opens a session. An unknown address costs the same work and gives the same fault as a wrong password, so
 * neither tells who has an account. Throws `unauthenticated`, or `rate_limited` after too many tries.
 */
export async function signIn({ sql, sessions, passwords, limiter }: SignInDeps, credentials: Credentials): Promise<SignedIn> {
  const email = normalEmail(credentials.email);
  limiter.begin(email, credentials.address);
  const user = await findUser(sql, email);
  const right = await passwords.verify(credentials.password, user?.passwordHash ?? null);
  if (!user || !right) throw new AppError("unauthenticated", "the e-mail address or the password is wrong");
  limiter.succeeded(email, credentials.address);
  const { token, statements } = sessions.opening(user.session);
  const opened = await sql.commit(statements);
  if (opened.outcome !== "committed") throw new AppError("internal", `the session could not be stored: ${opened.outcome}`);
  return { session: user.session, token };
}
