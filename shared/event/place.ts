import { z } from "zod";
import { parsePath } from "../flow/expression.ts";

/** RFC 9110, 5.1: a token. */
export const HeaderName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, "must be a header name");
export const BodyPath = z
  .string()
  .min(1, "enter a path")
  .max(200, "at most 200 characters")
  .refine((path) => parsePath(path) !== null, "cannot be read as a path");
const name = z.string().min(1, "enter a name").max(128, "at most 128 characters");

/**
 * Where a value of a delivery is: a header, a query parameter, a field of a form (`application/x-www-form-urlencoded`), or a path in
 * the JSON body.
 */
export const Place = z.discriminatedUnion("in", [
  z.object({ in: z.literal("header"), name: HeaderName }),
  z.object({ in: z.literal("query"), name }),
  z.object({ in: z.literal("form"), name }),
  z.object({ in: z.literal("body"), path: BodyPath }),
]);
export type Place = z.infer<typeof Place>;
