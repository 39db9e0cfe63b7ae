import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import type { Session } from "../shared/api/people.ts";
import type { Body, Params, Query, Route, Response as RouteResponse } from "../shared/api/route.ts";
import { AppError } from "../shared/app-error.ts";
import { deepestJson, isTooDeep, type Json } from "../shared/json.ts";
import type { Guard } from "./people/guard.ts";

export type Request<R extends Route> = {
  c: Context;
  params: Params<R>;
  query: Query<R>;
  body: Body<R>;
  /** Whose request it is; null only where the route's access is `anyone`. */
  session: R["access"] extends "anyone" ? null : Session;
};

/**
 * Mounts one route of `shared/api`: checks session, role and origin, parses params, query and body with the route's own schemas
 * (`bad_request` names each field in `details.issues`), and answers 200 with JSON.
 */
export function mount<R extends Route>(
  app: Hono,
  { route, guard }: { route: R; guard: Guard },
  handle: (request: Request<R>) => Promise<RouteResponse<R>>,
): void {
  app.on(route.method, route.path, limitBody(route.maxBodyBytes ?? usualBodyBytes), async (c) => {
    const session = await guard.authorize(c, route);
    const request = {
      c,
      params: parse(route.params, c.req.param(), "path"),
      query: parse(route.query, c.req.query(), "query"),
      body: route.body ? parse(route.body, await jsonBody(c), "body") : undefined,
      session,
    };
    return c.json(await handle(request as Request<R>));
  });
}

function parse(schema: z.ZodType | undefined, value: unknown, place: string): unknown {
  if (!schema) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const all = parsed.error.issues.map(({ path, message }) => ({ field: path.join(".") || place, message }));
  const issues = all.slice(0, mostIssues);
  const text = issues.map(({ field, message }) => `${field}: ${message}`).join("; ");
  const more = all.length > issues.length ? `; and ${all.length - issues.length} more` : "";
  throw new AppError("bad_request", text + more, { details: { issues } });
}

/** An answer to a body that is wrong everywhere is not longer than that body. */
const mostIssues = 20;

const megabyte = 1024 * 1024;
const usualBodyBytes = 2 * megabyte;

/** Bodies of our own API are small JSON documents; counted on the stream, whatever Content-Length says. */
function limitBody(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new AppError("bad_request", `body: at most ${Math.floor(maxSize / megabyte)} MB`);
    },
  });
}

async function jsonBody(c: Context): Promise<unknown> {
  const text = await c.req.text();
  if (text === "") return {};
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new AppError("bad_request", "body: must be JSON", { cause });
  }
  if (isTooDeep(value)) throw new AppError("bad_request", `body: nests deeper than ${deepestJson} levels`);
  return value;
}
