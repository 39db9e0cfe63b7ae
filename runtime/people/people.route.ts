import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import * as api from "../../shared/api/people.ts";
import type { Response as Answer } from "../../shared/api/route.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Guard } from "./guard.ts";
import { readSessionCookie, writeSessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";
import type { Setup } from "./setup.ts";
import { type SignedIn, type SignInDeps, signIn } from "./sign-in.ts";

export type PeopleDeps = SignInDeps & { setup: Setup; sessions: Sessions; guard: Guard; publicUrl: string };

/** The part of the node server's bindings that is used here; absent when the app is called without a socket. */
type Bindings = { incoming?: { socket: { remoteAddress?: string } } };
type PeopleContext = Context<{ Bindings: Bindings | undefined }>;

/** More than the longest form; passwords must not be a way to make the server read without end. */
const maxBodyBytes = 16_384;

/** Set-up, sign-in and the session of the browser, to be mounted at `/api/v1`. Faults are left to the app's one error handler. */
export function peopleRoutes(deps: PeopleDeps) {
  const { guard, setup, sessions, publicUrl } = deps;
  const tooLarge = () => {
    throw new AppError("bad_request", `the body is larger than ${maxBodyBytes} bytes`);
  };

  function signedIn(c: PeopleContext, { session, token }: SignedIn) {
    c.header("Set-Cookie", writeSessionCookie(token, publicUrl), { append: true });
    c.header("Cache-Control", "no-store");
    return c.json(session satisfies Answer<typeof api.signIn>);
  }

  return new Hono<{ Bindings: Bindings | undefined }>()
    .use(api.getSetup.path, bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }))
    .use(api.getSession.path, bodyLimit({ maxSize: maxBodyBytes, onError: tooLarge }))
    .get(api.getSetup.path, async (c) => {
      await guard.authorize(c, api.getSetup);
      return c.json({ needed: await setup.isNeeded() } satisfies Answer<typeof api.getSetup>);
    })
    .post(api.completeSetup.path, async (c) => {
      await guard.authorize(c, api.completeSetup);
      return signedIn(c, await setup.complete(await readBody(c, api.completeSetup.body)));
    })
    .post(api.signIn.path, async (c) => {
      await guard.authorize(c, api.signIn);
      const address = c.env?.incoming?.socket.remoteAddress ?? "unknown";
      return signedIn(c, await signIn(deps, { ...(await readBody(c, api.signIn.body)), address }));
    })
    .get(api.getSession.path, async (c) => {
      c.header("Cache-Control", "no-store");
      return c.json((await guard.requirePerson(c)) satisfies Answer<typeof api.getSession>);
    })
    .delete(api.signOut.path, async (c) => {
      await guard.requirePerson(c);
      const token = readSessionCookie(c.req.header("cookie"));
      if (token !== null) await sessions.close(token);
      c.header("Set-Cookie", writeSessionCookie(null, publicUrl));
      return c.json({} satisfies Answer<typeof api.signOut>);
    });
}

/** Parses a JSON body once, at the edge. Throws `bad_request`; `details.issues` names the fields. */
async function readBody<S extends z.ZodType>(c: PeopleContext, schema: S): Promise<z.output<S>> {
  const parsed = schema.safeParse(parseJson(await c.req.text()));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  const first = issues[0];
  throw new AppError("bad_request", first ? `${first.field}: ${first.message}` : "the body is not as it should be", {
    details: { issues },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("bad_request", "the body is no JSON", { cause });
  }
}
