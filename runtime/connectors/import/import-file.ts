import { importCurl, isCurl } from "./import-curl.ts";
import { importPostman, isPostman } from "./import-postman.ts";
import { importSpecification } from "./import-specification.ts";
import type { ImportOptions, ImportOutcome } from "./imported-connector.ts";
import { readText } from "./parse-document.ts";

/** Reads a file of any format that is known into a connector and a report that lists every operation of it. */
export async function importFile(text: string, options: ImportOptions): Promise<ImportOutcome> {
  options.onProgress?.({ stage: "Reading the text", progress: 5 });
  if (isCurl(text)) return importCurl(text, options);
  const read = readText(text);
  if ("outcome" in read) return read;
  if (isPostman(read.value)) return importPostman(read.value, options);
  return importSpecification(read.value, options);
}
