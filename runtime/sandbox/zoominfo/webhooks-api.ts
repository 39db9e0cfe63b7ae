import type { Context, Hono } from "hono";
import type { Json } from "../../../shared/json.ts";
import { postJson } from "./post-update.ts";
import { type Problem, problemAnswer, problems } from "./problems.ts";
import { eventTypes, objectTypes, readObjectType, readTarget, type Webhook, type Webhooks } from "./webhooks.ts";

type ApiDeps = {
  webhooks: Webhooks;
  accountOf(c: Context): string;
  readBody(c: Context): Promise<{ fields: Record<string, Json> } | Problem>;
};

/**
 * The Webhooks API. The real one is part of the Scaling bundle; the sandbox has no bundles, so every account has it. The token is in the
 * answers that make it and nowhere else.
 */
export function mountWebhooks(app: Hono, deps: ApiDeps): void {
  const { webhooks, accountOf, readBody } = deps;
  const withOne = (act: (c: Context, webhook: Webhook) => Response | Promise<Response>) => (c: Context) => {
    const webhook = webhooks.find(accountOf(c), c.req.param("id") ?? "");
    return webhook ? act(c, webhook) : problemAnswer(c, problems.unknownWebhook);
  };
  app.post("/webhooks", async (c) => {
    const body = await readBody(c);
    const made = "status" in body ? body : webhooks.create(accountOf(c), body.fields);
    if ("status" in made) return problemAnswer(c, made);
    const { subscriptions, ...shown } = show(made);
    return c.json({ ...shown, verificationToken: made.verificationToken, subscriptions }, 200);
  });
  app.get("/webhooks", (c) => c.json({ webhooks: webhooks.of(accountOf(c)).map(show) }, 200));
  app.post("/webhooks/validate", (c) => validate(c, deps));
  app.get("/webhooks/subscriptiontypes", (c) => c.json({ objectTypes, eventTypes }, 200));
  app.get(
    "/webhooks/:id",
    withOne((c, webhook) => c.json(show(webhook), 200)),
  );
  app.put(
    "/webhooks/:id",
    withOne(async (c, webhook) => {
      const body = await readBody(c);
      const changed = "status" in body ? body : webhooks.change(webhook, body.fields);
      return "status" in changed ? problemAnswer(c, changed) : c.json(show(changed), 200);
    }),
  );
  app.delete(
    "/webhooks/:id",
    withOne((c, webhook) => {
      webhooks.delete(webhook);
      const { id, targetUrl, createdDate, subscriptions } = show(webhook);
      return c.json({ id, targetUrl, createdDate, status: "deleted", subscriptions }, 200);
    }),
  );
  app.post(
    "/webhooks/:id/token",
    withOne((c, webhook) => c.json({ verificationToken: webhooks.renewToken(webhook) }, 200)),
  );
}

/** Is anybody there? A delivery without profiles goes out, without a token: whatever it is answered, the URL can be reached. */
async function validate(c: Context, { readBody }: ApiDeps): Promise<Response> {
  const body = await readBody(c);
  if ("status" in body) return problemAnswer(c, body);
  const { targetUrl, objectType, fullPayload } = body.fields;
  const target = readTarget(targetUrl);
  if (typeof target !== "string") return problemAnswer(c, target);
  const type = readObjectType(objectType);
  if (type === null) return problemAnswer(c, problems.invalidFields(["objectType"], "objectType must be Contact or Company"));
  if (fullPayload !== undefined && typeof fullPayload !== "boolean")
    return problemAnswer(c, problems.invalidFields(["fullPayload"], "fullPayload must be true or false"));
  // Https targets are not called by the sandbox, so they are believed.
  const posted = target.startsWith("https:")
    ? { status: 201 }
    : await postJson(target, {}, { webhookDetails: { objectType: type, eventType: eventTypes[0] }, data: [] });
  if (posted.status === null) return problemAnswer(c, problems.invalidFields(["targetUrl"], "The target URL cannot be reached"));
  return c.json({ message: "Created", success: true, responseCode: 201 }, 200);
}

/** As the API shows a webhook: no token, and dates with the month first. */
function show({ id, title, enabled, targetUrl, createdDate, subscriptions }: Webhook) {
  return {
    id,
    title,
    enabled,
    targetUrl,
    createdDate: dateText(createdDate),
    subscriptions: subscriptions.map(
      ({ createdDate: made, modifiedDate, eventType, objectType, fullPayload, subscriptionId }) => ({
        createdDate: dateText(made),
        modifiedDate: dateText(modifiedDate),
        eventType,
        objectType,
        fullPayload,
        subscriptionId,
      }),
    ),
  };
}

/** `02-15-2021T11:56:11.000Z`. */
function dateText(time: number): string {
  const [year = "", month = "", rest = ""] = new Date(time).toISOString().split("-");
  return `${month}-${rest.slice(0, 2)}-${year}${rest.slice(2)}`;
}
