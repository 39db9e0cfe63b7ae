import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ConnectionSummary } from "../../shared/api/connections.ts";
import type { InstalledConnector } from "../../shared/api/connector-versions.ts";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { connectorLabel } from "../../shared/connector/connector-label.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { connectorOf } from "../../shared/flow/node.ts";
import type { KnownFlow } from "../../shared/flow/output-type.ts";
import type { Json } from "../../shared/json.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import { connectionsQuery, connectorVersionQuery, entryValuesQuery, installedQuery } from "../api/queries.ts";
import { useKnownFlows } from "./use-known-flows.ts";

/** What the panels of a flow know besides its document. */
export type FlowContext = {
  /** The connectors that its nodes use, by key, in the versions that the flow uses, as far as they have been loaded. */
  connectors: ReadonlyMap<string, ConnectorDraft>;
  /** Their version numbers, by key. */
  used: Record<string, number>;
  /** Keys of those that are not installed. */
  missing: ReadonlySet<string>;
  /** Connectors of which another version is installed than the one that the flow uses. */
  upgrades: readonly Upgrade[];
  connections: readonly ConnectionSummary[];
  /** Names for the cards of the canvas. */
  labels: Pick<FlowVersion, "connectors" | "connections">;
  /** What nodes gave in the run that is shown or was made last, by node id. */
  samples: ReadonlyMap<string, Json>;
  /** The flows whose end it waits for, by id. */
  flows: ReadonlyMap<string, KnownFlow>;
};

export type Upgrade = { connector: string; name: string; used: number; installed: number };
type Used = { key: string; version: number };
const nothingPinned: Record<string, number> = {};

/**
 * Loads what a flow's nodes refer to, and the outputs of a run of it. `pinned`: the connector versions of its published version, with
 * which it stays until somebody upgrades it.
 */
export function useFlowContext(
  document: Flow | null,
  run: { run: string; view: RunView } | null,
  pinned: Record<string, number> = nothingPinned,
): FlowContext {
  const { data: installedData } = useQuery(installedQuery);
  const installed = installedData?.connectors;
  const keys = useMemo(() => usedConnectors(document), [document]).join(" ");
  const pins = document?.pins;
  const { used, missing } = useMemo(() => {
    const found: Used[] = [];
    const absent = new Set<string>();
    for (const key of keys === "" ? [] : keys.split(" ")) {
      const version = pins?.[key] ?? pinned[key] ?? installed?.find((each) => each.key === key)?.version;
      if (version !== undefined) found.push({ key, version });
      else if (installed) absent.add(key);
    }
    return { used: found, missing: absent };
  }, [keys, pins, pinned, installed]);
  const connectors = useQueries({
    queries: used.map(({ key, version }) => connectorVersionQuery(key, version)),
    combine: (results) => results.map(({ data }) => data?.document),
  });
  const { data: connectionData } = useQuery(connectionsQuery());
  const samples = useSamples(run);
  const flows = useKnownFlows(document);
  // The combined list is stable while its items are.
  return useMemo(() => {
    const loaded = new Map(connectors.flatMap((connector) => (connector ? [[connector.key, connector] as const] : [])));
    const connections = connectionData?.connections ?? [];
    const upgrades = upgradesOf(used, installed ?? []);
    const numbers = Object.fromEntries(used.map(({ key, version }) => [key, version]));
    return {
      connectors: loaded,
      used: numbers,
      missing,
      upgrades,
      connections,
      labels: labelsOf(loaded, connections),
      samples,
      flows,
    };
  }, [connectors, connectionData, samples, flows, used, missing, installed]);
}

function upgradesOf(used: readonly Used[], installed: readonly InstalledConnector[]): Upgrade[] {
  return used.flatMap(({ key, version }) => {
    const other = installed.find((each) => each.key === key);
    return other && other.version !== version
      ? [{ connector: key, name: other.name, used: version, installed: other.version }]
      : [];
  });
}

function usedConnectors(document: Flow | null): string[] {
  const keys = document?.nodes.flatMap((node) => connectorOf(node) ?? []) ?? [];
  return [...new Set(keys)].toSorted();
}

function labelsOf(
  connectors: ReadonlyMap<string, ConnectorDraft>,
  connections: readonly ConnectionSummary[],
): FlowContext["labels"] {
  return {
    connectors: [...connectors.values()].map(connectorLabel),
    connections: Object.fromEntries(connections.map(({ id, name }) => [id, name])),
  };
}

/** One of each node: a loop may have run it a hundred thousand times. */
function firstOutputs(view: RunView): [node: string, entry: number][] {
  const found = new Map<string, number>();
  for (const { node, outputEntry } of Object.values(view.steps))
    if (outputEntry !== null && !found.has(node)) found.set(node, outputEntry);
  return [...found];
}

/** A run's outputs never change, so each is asked for once. */
function useSamples(run: { run: string; view: RunView } | null): ReadonlyMap<string, Json> {
  const steps = useMemo(
    () => (run === null ? [] : firstOutputs(run.view).map(([node, entry]) => ({ run: run.run, node, entry }))),
    [run],
  );
  return useQueries({
    queries: steps.map(({ run: id, entry }) => entryValuesQuery(id, entry)),
    combine: (results) =>
      new Map(
        steps.flatMap(({ node }, index) => {
          const output = results[index]?.data?.values.output;
          return output === undefined ? [] : [[node, output] as const];
        }),
      ),
  });
}
