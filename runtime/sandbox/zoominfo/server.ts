import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Json } from "../../../shared/json.ts";
import { enrichContacts } from "./enrich-contact.ts";
import { type Problem, problemAnswer, problems } from "./problems.ts";
import { searchContacts } from "./search-contact.ts";
import { authenticate, isAuthorized } from "./session.ts";
import { createUsage } from "./usage.ts";
import { createWorld, type World } from "./world.ts";

/** `clientKey`: the public key (PEM) that clients sign with who authenticate by PKI; without it nobody can. */
export type SandboxDeps = { clock: () => number; ids?: () => string; clientKey?: string | null };

/**
 * A local API that behaves like the first part of ZoomInfo's Enterprise API, on invented data: authentication, contact search,
 * contact enrich and usage. The data is made at the first request that needs it.
 */
export function createZoomInfoSandbox({ clock, ids = randomUUID, clientKey = null }: SandboxDeps): Hono {
  const app = new Hono();
  const usage = createUsage();
  let made: World | null = null;
  const world = () => {
    made ??= createWorld();
    return made;
  };

  app.use(async (c, next) => {
    c.header("X-Request-Id", ids());
    if (!c.req.header("user-agent")) return problemAnswer(c, problems.noPermission);
    if (c.req.path !== "/authenticate" && !isAuthorized(c.req.header("authorization"), clock()))
      return problemAnswer(c, problems.unauthorized);
    return next();
  });
  app.post("/authenticate", (c) => authenticate(c, { now: clock(), clientKey }));
  app.post("/search/contact", async (c) => {
    usage.countRequest();
    const body = await readBody(c);
    const answer = "status" in body ? body : searchContacts(body.fields, world);
    return "status" in answer ? problemAnswer(c, answer) : c.json(answer, 200);
  });
  app.post("/enrich/contact", async (c) => {
    usage.countRequest();
    const body = await readBody(c);
    const enriched = "status" in body ? body : enrichContacts(body.fields, world);
    if ("status" in enriched) return problemAnswer(c, enriched);
    usage.countRecords(enriched.redeemed);
    return c.json(enriched.answer, 200);
  });
  app.get("/lookup/usage", (c) => c.json({ usage: usage.report() }, 200));
  app.notFound((c) => problemAnswer(c, problems.unknownEndpoint));
  app.onError((_, c) => problemAnswer(c, problems.unexpected));
  return app;
}

async function readBody(c: Context): Promise<{ fields: Record<string, Json> } | Problem> {
  try {
    const value: Json = JSON.parse(await c.req.text());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { fields: value } : problems.malformedJson;
  } catch {
    // The only thing that throws here is the parser.
    return problems.malformedJson;
  }
}
