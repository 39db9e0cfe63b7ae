import { importFile } from "./import-file.ts";
import type { Progress } from "./imported-connector.ts";
import type { Refused } from "./parse-document.ts";

/** What comes back: connector and report as the texts that are stored, so that the server's loop has nothing to walk. */
export type ImportReply = Refused | { outcome: "imported"; report: string; connector: string };
export type FromProcess = Progress | ImportReply;
type Task = { bytes: Uint8Array; readAt: number; location: string | null; allowedHttpHosts: string[] };

process.once("message", async ({ bytes, ...options }: Task) => {
  const outcome = await importFile(new TextDecoder().decode(bytes), {
    ...options,
    onProgress: (progress) => process.send?.(progress),
  });
  const reply: ImportReply =
    outcome.outcome === "refused"
      ? outcome
      : { outcome: "imported", report: JSON.stringify(outcome.report), connector: JSON.stringify(outcome.connector) };
  process.send?.(reply, () => process.disconnect());
});
