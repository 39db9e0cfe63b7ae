import type { ConnectorDraft } from "../../../shared/connector/connector.ts";
import type { TriggerDraft } from "./trigger-draft.ts";

/** What each step of the wizard gets. */
export type TriggerPartProps = {
  document: ConnectorDraft;
  draft: TriggerDraft;
  /** What is wrong, by field of the edit, e.g. `trigger.source.endpoint`. */
  problem: Readonly<Record<string, string>>;
  onChange: (draft: TriggerDraft) => void;
};
