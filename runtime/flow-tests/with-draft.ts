import type { Connector } from "../../shared/connector/connector.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import { connectionsOf, recordedBase } from "./record-flow-test.ts";
import type { ReadyTest } from "./test-world.ts";

/** A test with another document and its connectors in the place of its own flow. */
export function withDraft(test: ReadyTest, { flow, connectors }: Pick<RunnableVersion, "flow" | "connectors">): ReadyTest {
  return {
    ...test,
    flow: withMarks(withRecordedPages(flow, test.flow), test),
    connectors: [...connectors.values()].map((connector) => inItsPlace(connector, test.connectors)),
    connections: { ...connectionsOf(flow), ...test.connections },
  };
}

/** What was recorded of a list is what came of all its pages: where the test fetches it as one, so does the draft. */
function withRecordedPages(flow: Flow, { nodes }: Flow): Flow {
  const atOnce = new Set(nodes.flatMap((node) => (node.kind === "call" && !node.allPages ? node.id : [])));
  return {
    ...flow,
    nodes: flow.nodes.map((node) => {
      if (node.kind !== "call" || !node.allPages || !atOnce.has(node.id)) return node;
      const { allPages: _, ...once } = node;
      return once;
    }),
  };
}

/** What the test's own trigger marks as secret stays so. */
function withMarks(flow: Flow, { trigger, flow: own }: ReadyTest): Flow {
  const marked = own.nodes.find(({ id }) => id === trigger.node)?.secretPaths;
  if (!marked) return flow;
  const nodes = flow.nodes.map((node) =>
    node.id === trigger.node ? { ...node, secretPaths: [...new Set([...marked, ...(node.secretPaths ?? [])])] } : node,
  );
  return { ...flow, nodes };
}

/** Stands where the test's own connector stands. What was recorded of an action without fields of its own is what the action gave. */
function inItsPlace(connector: Connector, recorded: Connector[]): Connector {
  const own = recorded.find(({ key }) => key === connector.key);
  const given = new Set(own?.actions?.flatMap(({ key, output }) => (output ? [] : key)));
  const actions = connector.actions?.map(({ output, ...action }) =>
    output && !given.has(action.key) ? { ...action, output } : action,
  );
  const place = { baseUrl: own?.baseUrl ?? recordedBase, variables: own?.variables ?? [] };
  return { ...connector, ...place, ...(actions && { actions }) };
}
