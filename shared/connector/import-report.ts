import { z } from "zod";
import { HttpMethod } from "./endpoint.ts";

/** What became of one operation of an imported specification. */
export const ImportedOperation = z.object({
  /** The endpoint's key; for one that cannot be imported, null. */
  key: z.string().nullable(),
  method: z.union([HttpMethod, z.string()]),
  path: z.string(),
  name: z.string(),
  /** As the file groups its operations. */
  tags: z.array(z.string()).optional(),
  outcome: z.enum(["imported", "left-out"]),
  /** What was left out or changed, each with its reason. */
  notes: z.array(z.string()),
});
export type ImportedOperation = z.infer<typeof ImportedOperation>;

/** The report of an import: every operation of the file is in it. */
export const ImportReport = z.object({
  /** `3.0.3`, `3.1.0` … as the file says; for other formats their name, e.g. `Postman collection 2.1`. */
  openapi: z.string(),
  title: z.string(),
  description: z.string(),
  baseUrl: z.string(),
  /** Auth scheme that was recognised, in words, and what was not. */
  auth: z.string(),
  notes: z.array(z.string()),
  operations: z.array(ImportedOperation),
});
export type ImportReport = z.infer<typeof ImportReport>;

/** `OpenAPI 3.1.0`, `Postman collection 2.1` … */
export function formatOf({ openapi }: Pick<ImportReport, "openapi">): string {
  return /^\d/.test(openapi) ? `OpenAPI ${openapi}` : openapi;
}
