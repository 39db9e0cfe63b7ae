import { z } from "zod";
import { isTooDeep, type Json } from "../json.ts";
import { ConnectorDraft } from "./connector.ts";

/** A connector as a file. It describes an API and holds no credentials; those belong to connections. */
export const ConnectorFile = z.object({
  patchbay: z.literal("connector"),
  format: z.literal(1),
  connector: ConnectorDraft,
});
export type ConnectorFile = z.infer<typeof ConnectorFile>;

/** The file of a connector. An uploaded picture stays behind: its bytes are this installation's. */
export function exportConnector(document: ConnectorDraft): ConnectorFile {
  const { logo: _, ...connector } = document;
  return ConnectorFile.parse({ patchbay: "connector", format: 1, connector });
}

export type ReadConnectorFile = { outcome: "read"; file: ConnectorFile } | { outcome: "refused"; problems: string[] };

/** Reads a file from outside. Refused with one sentence for each field that is wrong. */
export function readConnectorFile(value: Json): ReadConnectorFile {
  if (isTooDeep(value, 200)) return { outcome: "refused", problems: ["the file nests deeper than 200 levels"] };
  const parsed = ConnectorFile.safeParse(value);
  if (parsed.success) return { outcome: "read", file: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.map(String).join(".") || "the file"}: ${message}`);
  return { outcome: "refused", problems: problems.slice(0, 20) };
}
