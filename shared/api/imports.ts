import { z } from "zod";
import { ImportReport } from "../connector/import-report.ts";
import { route } from "./route.ts";

const mb = 1024 * 1024;
/** Of a file that is imported, in bytes. */
export const maxImportBytes = 30 * mb;

/** What is read: a file's text, or what a URL answers (guarded as every call is). */
const source = z.union([
  z.strictObject({
    text: z.string().min(1, "the file is empty").max(maxImportBytes, "at most 30 MB"),
  }),
  z.strictObject({ url: z.url({ protocol: /^https?$/, error: "must be an https URL" }).max(2_000) }),
]);

/**
 * Begins to read an OpenAPI 3.0 or 3.1 file (JSON or YAML), a Postman collection 2.1 or a cURL command in a process of its own, and
 * keeps what comes of it for a day; `getImport` says how far it is. Nothing else is changed by it.
 */
export const startImport = route({
  method: "POST",
  path: "/imports",
  access: "administrator",
  // JSON escapes what it must, so a file of 30 MB is somewhat longer on its way.
  maxBodyBytes: 40 * mb,
  body: z.object({ source }),
  response: z.object({ import: z.string() }),
});

export const ImportState = z.discriminatedUnion("state", [
  /** `progress`: from 0 to 100; `stage`: what is being done, for people. */
  z.object({ state: z.literal("reading"), progress: z.int(), stage: z.string() }),
  z.object({ state: z.literal("read"), report: ImportReport }),
  /** With the place and the reason. */
  z.object({ state: z.literal("refused"), message: z.string() }),
]);
export type ImportState = z.infer<typeof ImportState>;

/** `not_found` when it is older than a day or was never made. */
export const getImport = route({
  method: "GET",
  path: "/imports/:import",
  access: "administrator",
  params: z.object({ import: z.string().max(100) }),
  response: z.object({ result: ImportState }),
});
