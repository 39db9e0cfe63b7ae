import type { Flow } from "../../../shared/flow/flow.ts";
import type { FlowSettings } from "../../../shared/flow/flow-settings.ts";
import { sameJson } from "../../../shared/flow/json-changes.ts";

/** What publishing changes, in counts. */
export type FlowDifference = { added: string[]; changed: string[]; removed: string[]; edges: number; settings: string[] };

/** In the words of the window in which they are set. */
const settingNames: Record<keyof FlowSettings, string> = {
  errorFlow: "What starts when a run fails",
  concurrency: "Runs at a time",
  retentionDays: "How long ended runs are kept",
  maxSteps: "Most steps of a run",
  maxDurationMs: "Longest duration of a run",
};

/**
 * How a draft differs from what runs now: names of nodes, how many edges are new or gone, and what is set for all runs. Where a node
 * lies does not count.
 */
export function compareFlows(published: Flow | null, draft: Flow): FlowDifference {
  const before = new Map(published?.nodes.map((node) => [node.id, node]));
  const after = new Set(draft.nodes.map(({ id }) => id));
  const settings = (node: Flow["nodes"][number]) => JSON.stringify({ ...node, position: null });
  const edgeText = ({ source, port, target }: Flow["edges"][number]) => `${source} ${port} ${target}`;
  const edgesBefore = new Set(published?.edges.map(edgeText));
  const edgesAfter = new Set(draft.edges.map(edgeText));
  const only = (one: Set<string>, other: Set<string>) => [...one].filter((edge) => !other.has(edge)).length;
  return {
    added: draft.nodes.filter(({ id }) => !before.has(id)).map(({ name }) => name),
    changed: draft.nodes
      .filter((node) => {
        const old = before.get(node.id);
        return old !== undefined && settings(old) !== settings(node);
      })
      .map(({ name }) => name),
    removed: [...before.values()].filter(({ id }) => !after.has(id)).map(({ name }) => name),
    edges: only(edgesBefore, edgesAfter) + only(edgesAfter, edgesBefore),
    settings: changedSettings(published?.settings ?? {}, draft.settings ?? {}),
  };
}

function changedSettings(before: FlowSettings, after: FlowSettings): string[] {
  const keys = Object.keys(settingNames) as (keyof FlowSettings)[];
  return keys.filter((key) => !sameJson(before[key] ?? null, after[key] ?? null)).map((key) => settingNames[key]);
}
