import { type ImportOutcome, importSpecification } from "./import-specification.ts";

type Imported = Extract<ImportOutcome, { outcome: "imported" }>;

/** What comes back: the connector as the text that is stored, so that the server's loop has nothing to walk. */
export type ImportReply =
  | Extract<ImportOutcome, { outcome: "refused" }>
  | { outcome: "imported"; report: Imported["report"]; connector: string };

process.once("message", async ({ text, allowedHttpHosts }: { text: string; allowedHttpHosts: string[] }) => {
  const outcome = await importSpecification(text, allowedHttpHosts);
  const reply: ImportReply =
    outcome.outcome === "refused" ? outcome : { ...outcome, connector: JSON.stringify(outcome.connector) };
  process.send?.(reply, () => process.disconnect());
});
