import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ConnectionSummary } from "../../shared/api/connections.ts";
import type { FlowVersion } from "../../shared/api/runs.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { connectorLabel } from "../../shared/connector/connector-label.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Json } from "../../shared/json.ts";
import type { RunView } from "../../shared/run/run-view.ts";
import { connectionsQuery, connectorQuery, entryValuesQuery } from "../api/queries.ts";

/** What the panels of a flow know besides its document. */
export type FlowContext = {
  /** The connectors that its nodes use, by key, as far as they have been loaded. */
  connectors: ReadonlyMap<string, ConnectorDraft>;
  connections: readonly ConnectionSummary[];
  /** Names for the cards of the canvas. */
  labels: Pick<FlowVersion, "connectors" | "connections">;
  /** What nodes gave in the run that is shown or was made last, by node id. */
  samples: ReadonlyMap<string, Json>;
};

/** Loads what a flow's nodes refer to, and the outputs of a run of it. */
export function useFlowContext(document: Flow | null, run: { run: string; view: RunView } | null): FlowContext {
  const keys = useMemo(() => usedConnectors(document), [document]).join(" ");
  const names = keys === "" ? [] : keys.split(" ");
  const connectors = useQueries({
    queries: names.map((key) => connectorQuery(key)),
    combine: (results) => results.map(({ data }) => data?.document),
  });
  const { data: connectionData } = useQuery(connectionsQuery());
  const samples = useSamples(run);
  // The combined list is stable while its items are.
  return useMemo(() => {
    const loaded = new Map(connectors.flatMap((connector) => (connector ? [[connector.key, connector] as const] : [])));
    const connections = connectionData?.connections ?? [];
    return { connectors: loaded, connections, labels: labelsOf(loaded, connections), samples };
  }, [connectors, connectionData, samples]);
}

function usedConnectors(document: Flow | null): string[] {
  const keys = document?.nodes.flatMap((node) => (node.kind === "call" ? [node.connector] : [])) ?? [];
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

/** A run's outputs never change, so each is asked for once. */
function useSamples(run: { run: string; view: RunView } | null): ReadonlyMap<string, Json> {
  const steps = useMemo(
    () =>
      run === null
        ? []
        : Object.values(run.view.steps).flatMap(({ node, outputEntry }) =>
            outputEntry === null ? [] : [{ run: run.run, node, entry: outputEntry }],
          ),
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
