import type { FlowSummary } from "../../../shared/api/flows.ts";
import { Badge } from "../../ui/badge.tsx";

const faces = {
  published: { word: "Published", tone: "succeeded" },
  draft: { word: "Draft", tone: "neutral" },
  paused: { word: "Paused", tone: "waiting" },
} as const;

/** Whether events start it. */
export function FlowState({ state }: { state: FlowSummary["state"] }) {
  return <Badge tone={faces[state].tone}>{faces[state].word}</Badge>;
}
