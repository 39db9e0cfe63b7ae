import { z } from "zod";
import { Json } from "../json.ts";
import { ParameterLink } from "./parameter-link.ts";

export const ParameterPlace = z.enum(["path", "query", "header", "body"]);
export type ParameterPlace = z.infer<typeof ParameterPlace>;
export const ParameterType = z.enum(["string", "number", "integer", "boolean", "array", "object"]);
export type ParameterType = z.infer<typeof ParameterType>;

/** A declared input of an endpoint. `in: body` parameters are the top-level fields of a JSON body. */
export const Parameter = z.object({
  key: z.string().min(1, "enter a name").max(120),
  /** Display name. */
  name: z.string().min(1, "enter a display name").max(120),
  in: ParameterPlace,
  type: ParameterType,
  required: z.boolean().default(false),
  description: z.string().max(2_000).optional(),
  default: Json.optional(),
  example: Json.optional(),
  /** JSON Schema of the value, where more than its type is known. Holds no `$ref`. */
  schema: Json.optional(),
  link: ParameterLink.optional(),
});
export type Parameter = z.infer<typeof Parameter>;
