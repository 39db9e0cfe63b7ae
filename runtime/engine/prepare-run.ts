import type { RunSource } from "../../shared/event/event.ts";
import type { Json } from "../../shared/json.ts";
import type { FoundFlow } from "../flows/find-flow.ts";
import type { PreparedRun } from "../store/engine-store.ts";

type Start = {
  id: string;
  found: Extract<FoundFlow, { found: true }>;
  workspace: string;
  source: RunSource;
  body: Json;
  parent: PreparedRun["parent"];
  depth: number;
  now: number;
};

/** A run of another flow, whose trigger gives `body`. What starts it is no event, so its journal begins with what the trigger gives. */
export function prepareRun({ id, found, workspace, source, body, parent, depth, now }: Start): PreparedRun {
  const { flow, version, trigger } = found;
  const output: Json = { id, source, receivedAt: now, body, headers: {}, query: {} };
  return {
    id,
    workspace,
    flow,
    flowVersion: version,
    event: "",
    source,
    trigger,
    createdAt: now,
    records: [
      { entry: { number: 1, at: now, kind: "run-started", trigger }, values: {} },
      {
        entry: { number: 2, at: now, values: ["output"], kind: "step-succeeded", node: trigger, startedAt: now, ports: ["out"] },
        values: { output },
      },
    ],
    parent,
    depth,
    rerunOf: null,
  };
}

/** Runs may start one another so deep; the one that would go deeper fails. */
export const deepestRun = 10;
