import { importFile } from "./import-file.ts";
import type { Progress } from "./imported-connector.ts";
import type { Refused } from "./parse-document.ts";

/** What comes back: connector and report as the texts that are stored, so that the server's loop has nothing to walk. */
export type ImportReply = Refused | { outcome: "imported"; report: string; connector: string };
export type FromProcess = Progress | ImportReply;
/** `bytes`: how many of them come on the standard input. */
type Task = { bytes: number; readAt: number; location: string | null; allowedHttpHosts: string[] };

process.once("message", async ({ bytes, ...options }: Task) => {
  const outcome = await importFile(await readText(bytes), {
    ...options,
    onProgress: (progress) => process.send?.(progress),
  });
  const reply: ImportReply =
    outcome.outcome === "refused"
      ? outcome
      : { outcome: "imported", report: JSON.stringify(outcome.report), connector: JSON.stringify(outcome.connector) };
  process.send?.(reply, () => process.disconnect());
});

/** Their number is known, so that the file is never there twice as bytes. */
async function readText(bytes: number): Promise<string> {
  const whole = Buffer.allocUnsafe(bytes);
  let filled = 0;
  for await (const piece of process.stdin) filled += (piece as Buffer).copy(whole, filled);
  return new TextDecoder().decode(whole.subarray(0, filled));
}
