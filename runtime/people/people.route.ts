import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as api from "../../shared/api/people.ts";
import { AppError } from "../../shared/app-error.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "./guard.ts";
import type { Invitations } from "./invitations.ts";
import { readSessionCookie, writeSessionCookie } from "./session-cookie.ts";
import type { Setup } from "./setup.ts";
import { type SignedIn, type SignInDeps, signIn } from "./sign-in.ts";

export type PeopleDeps = SignInDeps & { setup: Setup; invitations: Invitations; guard: Guard; publicUrl: string };

/** The part of the node server's bindings that is used here; absent when the app is called without a socket. */
type Bindings = { incoming?: { socket: { remoteAddress?: string } } };

/** More than the longest form: nobody has signed in yet, so nobody may make the server read without end. */
const maxBodyBytes = 16_384;

/** Set-up, sign-in, invitations and the session of the browser, to be mounted at `/api/v1`. */
export function peopleRoutes(deps: PeopleDeps): Hono {
  const { guard, setup, invitations, limiter, sessions, publicUrl } = deps;
  const app = new Hono();
  const open = [api.completeSetup, api.signIn, api.previewInvitation, api.acceptInvitation];
  for (const { path } of open) app.use(path, bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }));

  function signedIn(c: Context, { session, token }: SignedIn) {
    c.header("Set-Cookie", writeSessionCookie(token, publicUrl), { append: true });
    return session;
  }

  /** Slows down whoever tries tokens; one that is good does not count. */
  async function trying<T>(c: Context, use: () => Promise<T>): Promise<T> {
    const address = addressOf(c);
    limiter.begin(null, address);
    const result = await use();
    limiter.succeeded(null, address);
    return result;
  }

  mount(app, { route: api.getSetup, guard }, async () => ({ needed: await setup.isNeeded() }));
  mount(app, { route: api.completeSetup, guard }, async ({ c, body }) => signedIn(c, await setup.complete(body)));
  mount(app, { route: api.signIn, guard }, async ({ c, body }) => {
    return signedIn(c, await signIn(deps, { ...body, address: addressOf(c) }));
  });
  mount(app, { route: api.previewInvitation, guard }, ({ c, body }) => trying(c, () => invitations.preview(body.token)));
  mount(app, { route: api.acceptInvitation, guard }, async ({ c, body }) =>
    signedIn(c, await trying(c, () => invitations.accept(body))),
  );
  mount(app, { route: api.getSession, guard }, async ({ session }) => session);
  mount(app, { route: api.signOut, guard }, async ({ c }) => {
    const token = readSessionCookie(c.req.header("cookie"));
    if (token !== null) await sessions.close(token);
    c.header("Set-Cookie", writeSessionCookie(null, publicUrl));
    return {};
  });
  return app;
}

function addressOf(c: Context): string {
  const env: Bindings | undefined = c.env;
  return env?.incoming?.socket.remoteAddress ?? "unknown";
}

function tooLarge(): never {
  throw new AppError("bad_request", `the body is larger than ${maxBodyBytes} bytes`);
}
