import { z } from "zod";
import { Json } from "../json.ts";
import { ParameterLink } from "./parameter-link.ts";

export const ParameterPlace = z.enum(["path", "query", "header", "cookie", "body"]);
export type ParameterPlace = z.infer<typeof ParameterPlace>;
export const ParameterType = z.enum(["string", "number", "integer", "boolean", "array", "object"]);
export type ParameterType = z.infer<typeof ParameterType>;

/** OpenAPI 3.1, 4.8.12: how arrays and objects are written outside a JSON body; `json`: as JSON text (a parameter with `content`). */
export const ParameterStyle = z.enum([
  "form",
  "spaceDelimited",
  "pipeDelimited",
  "deepObject",
  "simple",
  "label",
  "matrix",
  "json",
]);
export type ParameterStyle = z.infer<typeof ParameterStyle>;

/** A file as a part of a multipart body; `base64` are its bytes. */
export const FileValue = z.object({ name: z.string().max(255), type: z.string().max(120).optional(), base64: z.base64() });
export type FileValue = z.infer<typeof FileValue>;

/** A declared input of an endpoint. `in: body` parameters are the top-level fields of the body. */
export const Parameter = z.object({
  key: z.string().min(1, "enter a name").max(120),
  /** Display name. */
  name: z.string().min(1, "enter a display name").max(120),
  in: ParameterPlace,
  type: ParameterType,
  required: z.boolean().default(false),
  /** Name on the wire, when another parameter of the endpoint has taken it as its key. */
  wireName: z.string().min(1).max(120).optional(),
  /** Left out: `form` for query, cookie and form bodies, `simple` for path and header. */
  style: ParameterStyle.optional(),
  /** Left out: true for `form` and `deepObject`, else false. */
  explode: z.boolean().optional(),
  /** A part of a multipart body that is a file: a text, or `{name, type, base64}`. */
  file: z.boolean().optional(),
  /** Never shown to people who fill in: its default is sent. */
  hidden: z.boolean().optional(),
  /** Shown only on demand. */
  advanced: z.boolean().optional(),
  description: z.string().max(2_000).optional(),
  default: Json.optional(),
  example: Json.optional(),
  /** JSON Schema of the value, where more than its type is known. Holds no `$ref`. */
  schema: Json.optional(),
  link: ParameterLink.optional(),
});
export type Parameter = z.infer<typeof Parameter>;
