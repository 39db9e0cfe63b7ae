import { z } from "zod";
import { ImportReport } from "../connector/import-report.ts";
import { route } from "./route.ts";

/**
 * Reads an OpenAPI 3.0 or 3.1 file (JSON or YAML) and keeps its normalised form for a day. `bad_request` with the place and reason
 * when it cannot be read; nothing is changed by it.
 */
export const importSpecification = route({
  method: "POST",
  path: "/imports",
  access: "administrator",
  maxBodyBytes: 24 * 1024 * 1024,
  body: z.object({
    text: z
      .string()
      .min(1, "the file is empty")
      .max(20 * 1024 * 1024, "at most 20 MB"),
  }),
  response: z.object({ import: z.string(), report: ImportReport }),
});
