import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HttpBindings } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ErrorBody, statusOf } from "../shared/api/errors.ts";
import { AppError } from "../shared/app-error.ts";
import type { Ids } from "./ids.ts";

export type Env = { Bindings: HttpBindings; Variables: { requestId: string } };

type AppDeps = {
  hooks: Hono<{ Bindings: HttpBindings }>;
  /** What is posted to waiting steps. */
  waits: Hono<{ Bindings: HttpBindings }>;
  /** Sub-applications below `/api/v1`. */
  api: Hono[];
  ids: Ids;
  staticDir: string;
  /** Is the product able to take events? Asked by `/readyz`. */
  ready(): Promise<boolean>;
  report(requestId: string, error: unknown): void;
};

/** Everything the server answers: hook URLs first and without ceremony, then our own API, then the interface. */
export function createApp(deps: AppDeps): Hono<Env> {
  const app = new Hono<Env>();
  app.route("/", deps.hooks);
  app.route("/", deps.waits);
  app.use(async (c, next) => {
    c.set("requestId", deps.ids.next("req"));
    await next();
    c.res.headers.set("X-Request-Id", c.get("requestId"));
  });
  app.use("/api/v1/logos/*", pictureHeaders);
  app.use(securityHeaders);
  app.route("/", createHealthApp(deps.ready));
  app.use("/api/*", async (c, next) => {
    await next();
    if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
  });
  app.use("/api/*", compress());
  for (const routes of deps.api) app.route("/api/v1", routes);
  app.all("/api/*", () => {
    throw new AppError("not_found", "there is no such route");
  });
  serveInterface(app, deps.staticDir);
  app.onError((error, c) => errorAnswer(error, c, deps));
  return app;
}

/** `/livez`: the process answers. `/readyz`: it can do its work. */
export function createHealthApp(ready: () => Promise<boolean>): Hono {
  const app = new Hono();
  app.get("/livez", (c) => c.text("ok"));
  app.get("/readyz", async (c) => ((await ready()) ? c.text("ok") : c.text("not ready", 503)));
  return app;
}

const securityHeaders = secureHeaders({
  // HTTPS is the operator's proxy's to announce: a plain-http host must stay reachable.
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: "same-origin",
  referrerPolicy: "no-referrer",
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    workerSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", "data:"],
    fontSrc: ["'self'", "data:"],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
});

/** A picture that people uploaded may be an SVG with a script: opened by itself, it may run and load nothing. */
const pictureHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  c.res.headers.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
};

/** Files with a hash in their name never change; every other path of the interface is its one page. */
function serveInterface(app: Hono<Env>, staticDir: string): void {
  const immutable = "public, max-age=31536000, immutable";
  app.use("/assets/*", async (c, next) => {
    await next();
    if (c.res.ok) c.res.headers.set("Cache-Control", immutable);
  });
  app.use("/assets/*", compress());
  app.get("*", serveStatic({ root: staticDir }));
  app.get("*", (c) => {
    // A page in the place of a file would be kept as that file.
    if (c.req.path.startsWith("/assets/") || /\.\w+$/.test(c.req.path)) throw new AppError("not_found", "there is no such file");
    return c.html(readFileSync(join(staticDir, "index.html"), "utf8"), 200, { "Cache-Control": "no-cache" });
  });
}

function errorAnswer(error: Error, c: Context<Env>, { report }: Pick<AppDeps, "report">): Response {
  const requestId = c.get("requestId");
  const fault = error instanceof AppError ? error : new AppError("internal", "an unexpected fault", { cause: error });
  const status = statusOf[fault.code];
  if (status >= 500) report(requestId, error);
  // What went wrong inside is for the operator's log; the caller gets the id to find it by.
  const message = status === 500 ? "an unexpected fault: the operator finds it in the log by the request id" : fault.message;
  const body: ErrorBody = { error: { code: fault.code, message, ...(fault.details && { details: fault.details }), requestId } };
  if (status === 503) c.header("Retry-After", "2");
  return c.json(body, status as ContentfulStatusCode);
}
