import { z } from "zod";
import { Json } from "../json.ts";

/** A declared input of an endpoint. `in: body` parameters are the top-level fields of a JSON body. */
export const Parameter = z.object({
  key: z.string().min(1).max(120),
  name: z.string().min(1).max(120),
  in: z.enum(["path", "query", "header", "body"]),
  type: z.enum(["string", "number", "integer", "boolean", "array", "object"]),
  required: z.boolean().default(false),
  description: z.string().max(2_000).optional(),
  default: Json.optional(),
});
export type Parameter = z.infer<typeof Parameter>;
