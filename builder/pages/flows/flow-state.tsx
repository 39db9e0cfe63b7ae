import type { FlowSummary } from "../../../shared/api/flows.ts";
import { Badge } from "../../ui/badge.tsx";

/** Whether events start it, by which version, and whether its draft has moved on since. */
export function FlowState({ flow, changed }: { flow: Pick<FlowSummary, "state" | "version">; changed: boolean }) {
  const { tone, words } = describeState(flow, changed);
  return <Badge tone={tone}>{words}</Badge>;
}

export function describeState(
  { state, version }: Pick<FlowSummary, "state" | "version">,
  changed: boolean,
): { tone: "neutral" | "succeeded" | "waiting"; words: string } {
  if (version === null || state === "draft") return { tone: "neutral", words: "Draft" };
  const paused = state === "paused";
  const words = `${paused ? "Paused" : "Published"} v${version}${changed ? " · draft has changes" : ""}`;
  return { tone: paused ? "waiting" : "succeeded", words };
}
