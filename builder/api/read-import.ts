import type { ImportReport } from "../../shared/connector/import-report.ts";
import { call, upload } from "./client.ts";
import { getImport, importFile, startImport } from "./routes.ts";

/** What was read of a file, and the id by which it is kept. */
export type ReadFile = { import: string; report: ImportReport };
export type ImportProgress = { stage: string; progress: number };
export type ReadOutcome = { outcome: "read"; file: ReadFile } | { outcome: "refused"; message: string };

/** `file`: also a text, of any length. */
export type ImportSource = { file: Blob } | { url: string };

/** Has a file read by the server, and waits until it is. Throws an `ApiError`. */
export async function readImport(source: ImportSource, onProgress: (progress: ImportProgress) => void): Promise<ReadOutcome> {
  onProgress({ stage: "Sending the file", progress: 0 });
  const { import: id } = "file" in source ? await upload(importFile, source.file) : await call(startImport, { body: { source } });
  for (let asked = 0; ; asked++) {
    const { result } = await call(getImport, { params: { import: id } });
    switch (result.state) {
      case "read":
        return { outcome: "read", file: { import: id, report: result.report } };
      case "refused":
        return { outcome: "refused", message: result.message };
      case "reading":
        onProgress(result);
    }
    // Small files are read in the time of a few questions; large ones take seconds.
    await new Promise((resolve) => setTimeout(resolve, asked < 25 ? 60 : 250));
  }
}
