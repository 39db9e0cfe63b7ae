import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { ImportReport } from "../../../shared/connector/import-report.ts";
import type { Refused } from "./parse-document.ts";

/** What an import keeps: all of the connector but its own key and name, with every endpoint that can be chosen. */
export type ImportedConnector = Pick<
  ConnectorDraft,
  "baseUrl" | "variables" | "auth" | "endpoints" | "limits" | "verification" | "actions"
> & {
  /** The file itself; those kept by an earlier release have none. `readAt` in epoch ms. */
  source?: { format: string; title: string; readAt: number; extensions?: { key: string; count: number }[] };
};
export type ImportOutcome = { outcome: "imported"; report: ImportReport; connector: ImportedConnector } | Refused;

/** `progress`: from 0 to 100; `stage`: what is being done, for people. */
export type Progress = { stage: string; progress: number };

export type ImportOptions = {
  allowedHttpHosts: string[];
  /** What the import will say of when it was made, in epoch ms. */
  readAt?: number;
  /** URL of the file, against which its relative servers are read. */
  location?: string | null;
  onProgress?(progress: Progress): void;
};
