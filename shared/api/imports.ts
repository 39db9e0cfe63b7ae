import { z } from "zod";
import { maxEndpoints } from "../connector/connector.ts";
import { ImportMerge } from "../connector/import-merge.ts";
import { ImportReport } from "../connector/import-report.ts";
import { Json } from "../json.ts";
import { route } from "./route.ts";

const mb = 1024 * 1024;
/** Of a file that is imported, in bytes. */
export const maxImportBytes = 30 * mb;
/** Of a text that is sent as JSON, in characters. */
const maxTextLength = mb;

/** What is read: a short text, or what a URL answers (guarded as every call is). */
const source = z.union([
  z.strictObject({
    text: z.string().min(1, "the file is empty").max(maxTextLength, "at most 1 MB; longer ones are sent as a file"),
  }),
  z.strictObject({ url: z.url({ protocol: /^https?$/, error: "must be an https URL" }).max(2_000) }),
]);

/**
 * Begins to read an OpenAPI 3.0 or 3.1 file (JSON or YAML), a Postman collection 2.1 or a cURL command in a process of its own, and
 * keeps what comes of it for a day; `getImport` says how far it is. Nothing else is changed by it. Files go to `importFile`.
 */
export const startImport = route({
  method: "POST",
  path: "/imports",
  access: "administrator",
  // A character has up to three bytes, and JSON escapes what it must.
  maxBodyBytes: 4 * mb,
  body: z.object({ source }),
  response: z.object({ import: z.string() }),
});

/** As `startImport`, of a file's own bytes in UTF-8: the body is the file, of whatever content type. */
export const importFile = route({
  method: "POST",
  path: "/imports/file",
  access: "administrator",
  upload: true,
  maxBodyBytes: maxImportBytes,
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

const connectorParams = z.object({ connector: z.string().max(63) });

/** The file that a connector came from, or was brought up to date with last. `format`: e.g. `OpenAPI 3.0.3`. Times in epoch ms. */
export const ImportSource = z.object({
  format: z.string(),
  title: z.string(),
  readAt: z.int().nullable(),
  endpoints: z.int(),
  /** `x-` keys of the file that were not understood, with how often each came. */
  extensions: z.array(z.object({ key: z.string(), count: z.int() })),
});
export type ImportSource = z.infer<typeof ImportSource>;

/** `source` is null for a connector that was made by hand. */
export const getImportSource = route({
  method: "GET",
  path: "/connectors/:connector/specification",
  access: "person",
  params: connectorParams,
  response: z.object({ source: ImportSource.nullable() }),
});

/** What taking a newer file in would do to a connector, and to the flows that use it. Changes nothing. */
export const previewImport = route({
  method: "POST",
  path: "/connectors/:connector/specification/preview",
  access: "administrator",
  params: connectorParams,
  body: z.object({ import: z.string().max(100), mode: z.enum(["merge", "overwrite"]) }),
  response: z.object({ merge: ImportMerge }),
});

/**
 * Takes a file in, whole or not at all. `merge` keeps what was changed by hand, except where `decisions` says `file` (by the change's
 * id; every conflict needs one); `overwrite` takes the file's word for everything. `take`: keys of the import's endpoints that are
 * new. `conflict` with `details.revision` when the draft was changed since; `invalid_document` when the result could not be saved.
 */
export const applyImport = route({
  method: "POST",
  path: "/connectors/:connector/specification",
  access: "administrator",
  params: connectorParams,
  body: z.object({
    import: z.string().max(100),
    mode: z.enum(["merge", "overwrite"]),
    base: z.int(),
    take: z.array(z.string().max(63)).max(maxEndpoints, `a connector has at most ${maxEndpoints} endpoints`),
    decisions: z.record(z.string().max(400), z.enum(["file", "mine"])).default({}),
  }),
  response: z.object({ revision: z.int() }),
});

/** The connector as an OpenAPI 3.1 document; imported again it gives the same connector. */
export const exportConnector = route({
  method: "GET",
  path: "/connectors/:connector/openapi",
  access: "person",
  params: connectorParams,
  response: z.object({ fileName: z.string(), document: z.record(z.string(), Json) }),
});
