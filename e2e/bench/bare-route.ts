import { createHmac, timingSafeEqual } from "node:crypto";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

/** The baseline: the same HMAC over the same body in a bare Hono route that stores nothing. */
const [port = "0", secret = ""] = process.argv.slice(2);

const app = new Hono().post("/hooks/:id", async (c) => {
  const body = Buffer.from(await c.req.arrayBuffer());
  const id = c.req.header("x-patchbay-id") ?? "";
  const timestamp = c.req.header("x-patchbay-timestamp") ?? "";
  const expected = createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest();
  const given = Buffer.from((c.req.header("x-patchbay-signature") ?? "").slice(3), "hex");
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    return c.json({ error: { code: "verification_failed" } }, 401);
  return c.json({ event: id }, 200);
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(port) }, () => process.stdout.write("Ready.\n"));
