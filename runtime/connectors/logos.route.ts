import { Hono } from "hono";
import { uploadLogo } from "../../shared/api/connectors.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Clock } from "../ids.ts";
import { mount } from "../mount.route.ts";
import type { Guard } from "../people/guard.ts";
import type { Sql } from "../store/sql.ts";
import { keepLogo, readLogo } from "./logos.ts";

/** Takes pictures of connectors in and shows them to the people of their workspace; `createApp` keeps what is inside them from running. */
export function logosRoute(deps: { sql: Sql; clock: Clock; guard: Guard }): Hono {
  const { sql, guard } = deps;
  const app = new Hono();
  mount(app, { route: uploadLogo, guard }, async ({ body, session }) => ({
    logo: await keepLogo(deps, { workspace: session.workspace.id, base64: body.base64 }),
  }));
  app.get("/logos/:sha256", async (c) => {
    const { workspace } = await guard.requirePerson(c);
    const logo = await readLogo(sql, workspace.id, c.req.param("sha256"));
    if (!logo) throw new AppError("not_found", "there is no such picture");
    c.header("Content-Type", logo.media);
    // The address is the hash of what it gives; `private`, as only people of the workspace may see it.
    c.header("Cache-Control", "private, max-age=31536000, immutable");
    return c.body(new Uint8Array(logo.bytes));
  });
  return app;
}
