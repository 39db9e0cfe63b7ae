import type { Connector } from "../../shared/connector/connector.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { ChildEnd, FlowTest } from "../../shared/flow/flow-test.ts";
import { buildGraph } from "../../shared/flow/graph.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { LoadedConnection } from "../connections/load-connection.ts";
import type { KeyValues } from "../engine/key-values.ts";
import type { FindFlow } from "../flows/find-flow.ts";
import type { RunnableVersion } from "../flows/load-version.ts";
import type { EngineStore, PreparedRun } from "../store/engine-store.ts";

/** A test whose flow has been read. */
export type ReadyTest = Omit<FlowTest, "flow"> & { flow: Flow };

export const workspace = "wsp_test";
export const flow = "flw_test";
export const tested = "tested";

/** What a worker finds of flows and connections while a test runs: what the test says of them, and nothing else. */
export type TestWorld = {
  loadVersion(id: string): RunnableVersion;
  loadConnection(id: string): LoadedConnection | null;
  findFlow: FindFlow;
  /** The store, where a flow that a step starts comes to what the test says of that step. */
  engine: EngineStore;
};

export function createTestWorld(test: ReadyTest, engine: EngineStore): TestWorld {
  const connectors = new Map(test.connectors.map((connector) => [connector.key, withoutLinks(connector)]));
  const version = (id: string, document: Flow): RunnableVersion => ({
    ...{ id, number: 1, createdAt: test.startAt, connectors },
    ...{ flow: document, graph: buildGraph(document) },
  });
  const versions = new Map([[tested, version(tested, test.flow)]]);
  for (const [id, { steps, ...end }] of Object.entries(test.flows)) {
    versions.set(id, version(id, stub(end)));
    for (const [step, own] of Object.entries(steps)) versions.set(stubId(id, step), version(stubId(id, step), stub(own)));
  }
  const never = version("unknown", stub({ status: "failed", answer: null }));
  return {
    loadVersion: (id) => versions.get(id) ?? never,
    loadConnection: (id) => connectionOf(test, id),
    findFlow: async (_, id) =>
      Object.hasOwn(test.flows, id)
        ? { found: true, flow: id, version: id, trigger: "start" }
        : { found: false, message: `the test does not say what the flow "${id}" comes to` },
    engine: {
      ...engine,
      write: (write) => engine.write({ ...write, ...(write.starts && { starts: write.starts.map(asTold) }) }),
    },
  };

  function asTold(start: PreparedRun): PreparedRun {
    const own = start.parent ? stubId(start.flow, start.parent.step) : "";
    return versions.has(own) ? { ...start, flowVersion: own } : start;
  }
}

function stubId(id: string, step: string): string {
  return `${id} of ${step}`;
}

/** What a list allows is the API's to say, and a test asks none. */
function withoutLinks(connector: Connector): Connector {
  const endpoints = connector.endpoints.map((endpoint) => ({
    ...endpoint,
    parameters: endpoint.parameters.map(({ link: _, ...parameter }) => parameter),
  }));
  return { ...connector, endpoints };
}

/** A flow that comes to what the test says of one that is started. */
function stub({ status, answer }: ChildEnd): Flow {
  const at = { position: { x: 0, y: 0 } };
  const nodes = [
    { ...at, id: "start", name: "Start", kind: "manual-trigger" },
    { ...at, id: "answer", name: "Answer", kind: "respond", body: answer },
    ...(status === "failed" ? [{ ...at, id: "stop", name: "Stop", kind: "stop", message: "as the test says" }] : []),
  ].map((node) => FlowNode.parse(node));
  const edges = nodes
    .slice(1)
    .map(({ id: target }, index) => ({ id: target, source: nodes[index]?.id ?? "", port: "out", target }));
  return { schemaVersion: 1, nodes, edges };
}

function connectionOf(test: ReadyTest, id: string): LoadedConnection | null {
  const known = Object.hasOwn(test.connections, id) ? test.connections[id] : undefined;
  if (!known) return null;
  const { connector, baseUrl, variables } = known;
  const nothing = { account: null, origin: null, credentials: {}, since: 0, client: null };
  return { ...nothing, id, workspace, connector, target: "live", variables, baseUrl };
}

/** A run of earlier: what the tested one finds stored, and the keys that were seen, are from it. */
const earlier = "run_earlier";
const aYear = 366 * 86_400_000;

/** Stores what the test says that earlier runs have left. */
export async function storeEarlier(keyValues: KeyValues, { stored, seen }: ReadyTest): Promise<void> {
  for (const [index, { scope, key, value }] of stored.entries()) {
    const place = { workspace, scope: scope === "flow" ? flow : workspace, key };
    await keyValues.change(place, { run: earlier, step: `stored ${index}` }, { change: "put", value });
  }
  for (const [index, { node, key }] of seen.entries())
    await keyValues.first({ workspace, scope: `${flow}/${node}`, key }, { run: earlier, step: `seen ${index}` }, aYear);
}
