import type { z } from "zod";

/** One route of our own API as one value: the server mounts it, the builder calls it, the OpenAPI document is made from it. */
export type Route = {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/api/v1`, with `:name` parameters. */
  path: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body is a file: its bytes as they are, taken in pieces and never as one value. */
  upload?: true;
  response: z.ZodType;
  /** Largest body in bytes; 2 MB unless it says otherwise. */
  maxBodyBytes?: number;
  /** Who may call it; `anyone` needs no session. */
  access: "anyone" | "person" | "administrator";
};

export function route<const R extends Route>(definition: R): R {
  return definition;
}

export type Params<R extends Route> = R["params"] extends z.ZodType ? z.output<R["params"]> : Record<string, never>;
export type Query<R extends Route> = R["query"] extends z.ZodType ? z.output<R["query"]> : Record<string, never>;
/** What a caller may leave out of the query: defaults are filled in by the server. */
export type QueryInput<R extends Route> = R["query"] extends z.ZodType ? z.input<R["query"]> : Record<string, never>;
export type Body<R extends Route> = R["upload"] extends true
  ? Uint8Array[]
  : R["body"] extends z.ZodType
    ? z.output<R["body"]>
    : undefined;
export type BodyInput<R extends Route> = R["body"] extends z.ZodType ? z.input<R["body"]> : undefined;
export type Response<R extends Route> = z.output<R["response"]>;
