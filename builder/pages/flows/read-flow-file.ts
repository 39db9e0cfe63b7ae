import type { ImportPreview } from "../../../shared/api/flow-files.ts";
import type { Json } from "../../../shared/json.ts";
import { ApiError } from "../../api/api-error.ts";
import { call } from "../../api/client.ts";
import { explain } from "../../api/explain.ts";
import { previewFlowImport } from "../../api/flow-file-routes.ts";
import { formatSize } from "../../ui/format-size.ts";

const largestBytes = 10_000_000;

export type ReadFlowFile =
  | { outcome: "read"; file: Json; preview: ImportPreview }
  | { outcome: "refused"; problems: readonly string[] };

/** Reads a chosen file and asks the server what its slots can be filled with. A file that is refused comes with what is wrong, in words. */
export async function readFlowFile(chosen: File, signal?: AbortSignal): Promise<ReadFlowFile> {
  if (chosen.size > largestBytes)
    return refused([`“${chosen.name}” has ${formatSize(chosen.size)}: at most 10 MB can be imported.`]);
  const text = await chosen.text().catch(() => null);
  if (text === null) return refused([`“${chosen.name}” could not be read.`]);
  const file = parsed(text);
  if (file === undefined) return refused([`“${chosen.name}” is not a JSON file.`]);
  try {
    return { outcome: "read", file, preview: await call(previewFlowImport, { body: { file } }, signal) };
  } catch (error) {
    if (error instanceof ApiError && error.code === "invalid_document") return refused(problemsOf(error));
    throw error;
  }
}

/** What is wrong with a file, one sentence each, as far as the server says it; else why the call failed. */
export function problemsOf(error: Error): readonly string[] {
  const problems = error instanceof ApiError ? error.details?.problems : undefined;
  const named = Array.isArray(problems) ? problems.filter((problem) => typeof problem === "string") : [];
  return named.length > 0 ? named : [explain(error).why];
}

function refused(problems: readonly string[]): ReadFlowFile {
  return { outcome: "refused", problems };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
