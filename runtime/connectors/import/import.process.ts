import { importFile } from "./import-file.ts";
import type { Progress } from "./imported-connector.ts";
import type { Refused } from "./parse-document.ts";
import { partsOf } from "./parts.ts";

/** What comes back: the report as the text that is stored, so that the server's loop has nothing to walk. */
export type ImportReply = Refused | { outcome: "imported"; report: string };
/** `part`: of the connector as text, which comes in parts before the reply, so that no turn of the loop handles all of it. */
export type FromProcess = Progress | { part: string } | ImportReply;
/** `bytes`: how many of them come on the standard input. */
type Task = { bytes: number; readAt: number; location: string | null; allowedHttpHosts: string[] };

process.once("message", async ({ bytes, ...options }: Task) => {
  const outcome = await importFile(await readText(bytes), {
    ...options,
    onProgress: (progress) => process.send?.(progress),
  });
  if (outcome.outcome === "imported") await sendParts(JSON.stringify(outcome.connector));
  const reply: ImportReply =
    outcome.outcome === "imported" ? { outcome: "imported", report: JSON.stringify(outcome.report) } : outcome;
  process.send?.(reply, () => process.disconnect());
});

async function sendParts(text: string): Promise<void> {
  for (const part of partsOf(text)) await new Promise<void>((sent) => process.send?.({ part }, () => sent()));
}

/** Their number is known, so that the file is never there twice as bytes. */
async function readText(bytes: number): Promise<string> {
  const whole = Buffer.allocUnsafe(bytes);
  let filled = 0;
  for await (const piece of process.stdin) filled += (piece as Buffer).copy(whole, filled);
  return new TextDecoder().decode(whole.subarray(0, filled));
}
