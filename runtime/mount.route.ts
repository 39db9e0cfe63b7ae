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
 * (`bad_request` names each field in `details.issues`), and answers 200 with JSON. A file is only taken once it is known who sends it.
 */
export function mount<R extends Route>(
  app: Hono,
  { route, guard }: { route: R; guard: Guard },
  handle: (request: Request<R>) => Promise<RouteResponse<R>>,
): void {
  const maxBytes = route.maxBodyBytes ?? usualBodyBytes;
  app.on(route.method, route.path, route.upload ? takeAsItComes : limitBody(maxBytes), async (c) => {
    const session = await guard.authorize(c, route);
    const request = {
      c,
      params: parse(route.params, c.req.param(), "path"),
      query: parse(route.query, c.req.query(), "query"),
      body: route.upload ? await takePieces(c, maxBytes) : route.body ? parse(route.body, await jsonBody(c), "body") : undefined,
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
      throw tooLarge(maxSize);
    },
  });
}

function tooLarge(maxBytes: number): AppError {
  return new AppError("bad_request", `body: at most ${Math.floor(maxBytes / megabyte)} MB`);
}

/** In the place of a limit, for bodies that are counted while they are taken. */
async function takeAsItComes(_: Context, next: () => Promise<void>): Promise<void> {
  await next();
}

/** The bytes of a file in the pieces that they came in: nothing of it is copied, and no turn of the loop handles all of it. */
async function takePieces({ req }: Context, maxBytes: number): Promise<Uint8Array[]> {
  if (Number(req.header("content-length")) > maxBytes) throw tooLarge(maxBytes);
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = req.raw.body?.getReader();
  for (;;) {
    const read = await reader?.read();
    if (!read || read.done) break;
    size += read.value.length;
    if (size > maxBytes) {
      await reader?.cancel();
      throw tooLarge(maxBytes);
    }
    pieces.push(read.value);
  }
  if (size === 0) throw new AppError("bad_request", "body: the file is empty");
  return pieces;
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
