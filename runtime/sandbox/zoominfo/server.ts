import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Json } from "../../../shared/json.ts";
import { changeContacts } from "./change-contacts.ts";
import { deliverUpdates } from "./deliver-updates.ts";
import { enrichContacts } from "./enrich-contact.ts";
import { type Problem, problemAnswer, problems } from "./problems.ts";
import { createManagedRecords } from "./records.ts";
import { searchContacts } from "./search-contact.ts";
import { accountOf, authenticate } from "./session.ts";
import { createUsage } from "./usage.ts";
import { createWebhooks } from "./webhooks.ts";
import { mountWebhooks } from "./webhooks-api.ts";
import { createWorld, type World } from "./world.ts";

/** `clientKey`: the public key (PEM) that clients sign with who authenticate by PKI; without it nobody can. */
export type SandboxDeps = { clock: () => number; ids?: () => string; clientKey?: string | null };

/**
 * A local API that behaves like the first part of ZoomInfo's Enterprise API, on invented data: authentication, contact search,
 * contact enrich, webhooks and usage. The data is made at the first request that needs it. `POST /sandbox/changes` is the sandbox's own:
 * it changes records, and whoever manages them hears of it.
 */
export function createZoomInfoSandbox({ clock, ids = randomUUID, clientKey = null }: SandboxDeps): Hono {
  const app = new Hono();
  const usage = createUsage();
  const records = createManagedRecords(clock);
  const webhooks = createWebhooks(clock);
  let made: World | null = null;
  const world = () => {
    made ??= createWorld();
    return made;
  };

  app.use(async (c, next) => {
    c.header("X-Request-Id", ids());
    if (!c.req.header("user-agent")) return problemAnswer(c, problems.noPermission);
    const open = c.req.path === "/authenticate" || c.req.path === "/sandbox/changes";
    if (!open && account(c) === null) return problemAnswer(c, problems.unauthorized);
    return next();
  });
  const account = (c: Context) => accountOf(c.req.header("authorization"), clock());
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
    const { redeemed } = enriched;
    usage.countRecords(redeemed.length, records.redeem(account(c) ?? "", "Contact", redeemed));
    return c.json(enriched.answer, 200);
  });
  app.use("/webhooks/*", async (_, next) => {
    usage.countRequest();
    await next();
  });
  mountWebhooks(app, { webhooks, readBody, accountOf: (c) => account(c) ?? "" });
  app.post("/sandbox/changes", async (c) => {
    // Nobody has to sign in to change invented data; but a page of another site, which may send no JSON unasked, cannot start flows so.
    if (!c.req.header("content-type")?.startsWith("application/json"))
      return problemAnswer(c, problems.invalidFields(["Content-Type"], "Content-Type must be application/json"));
    const body = await readBody(c);
    const changes =
      "status" in body ? body : changeContacts(body.fields, { world: world(), candidates: records.all("Contact"), now: clock() });
    if ("status" in changes) return problemAnswer(c, changes);
    const deliveries = await deliverUpdates(changes, { webhooks, records });
    return c.json({ changed: changes.map(({ contact }) => contact.id), deliveries }, 200);
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
