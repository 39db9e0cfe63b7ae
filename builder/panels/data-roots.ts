import { type ResponseParameter, responseParameters } from "../../shared/connector/response-parameters.ts";
import { parsePath, readPath } from "../../shared/flow/expression.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { ancestors, buildGraph, topologicalOrder } from "../../shared/flow/graph.ts";
import type { FlowNode, NodeKind } from "../../shared/flow/node.ts";
import { isTrigger } from "../../shared/flow/node-ports.ts";
import type { Json } from "../../shared/json.ts";
import { pathText } from "../ui/json-rows.ts";
import type { FlowContext } from "./use-flow-context.ts";

/** What one earlier node gives to the one that is edited; outside of flows, whatever else paths may begin with. */
export type DataRoot = {
  node: string;
  name: string;
  kind: NodeKind;
  /** What expressions begin with: `steps.search.output`, or `trigger`; `event` where a trigger of a connector is made. */
  source: string;
  tree: ResponseParameter;
  /** Where the sample comes from; null when nothing is known yet. */
  from: "run" | "sample" | null;
};

type Known = Pick<FlowContext, "connectors" | "samples">;

/** The outputs of all nodes that run before `node`, the nearest first. */
export function dataRoots(document: Flow, node: string, known: Known): DataRoot[] {
  const graph = buildGraph(document);
  const before = ancestors(graph, node);
  const sorted = topologicalOrder(graph);
  const order = "order" in sorted ? sorted.order : [...graph.nodes.keys()];
  return order
    .filter((id) => before.has(id) && id !== node)
    .toReversed()
    .flatMap((id) => {
      const found = graph.nodes.get(id);
      return found ? [rootOf(found, known)] : [];
    });
}

/** What a template finds in the samples: for previews. Undefined where nothing is known. */
export function sampleAt(roots: readonly DataRoot[], path: (string | number)[]): Json | undefined {
  for (const { source, tree } of roots) {
    const start = parsePath(source) ?? [];
    if (start.length === 0 || start.some((part, at) => part !== path[at])) continue;
    // Samples hold JSON alone.
    return readPath(tree.sample, path.slice(start.length)) as Json | undefined;
  }
  return undefined;
}

/** Every path that an expression may name, for completion: `steps.search.output.data[0].id`. */
export function pathsOf(roots: readonly DataRoot[]): { path: string; type: string }[] {
  const below = (source: string, parameter: ResponseParameter): { path: string; type: string }[] => [
    { path: pathText(source, parameter.path), type: parameter.type },
    ...parameter.children.flatMap((child) => below(source, child)),
  ];
  return roots.flatMap(({ source, tree }) => below(source, tree));
}

function rootOf(node: FlowNode, { connectors, samples }: Known): DataRoot {
  const run = samples.get(node.id);
  const { schema, sample } = declaredOutput(node, connectors);
  const shown = run ?? sample;
  return {
    node: node.id,
    name: node.name,
    kind: node.kind,
    source: isTrigger(node) ? "trigger" : `steps.${node.id}.output`,
    tree: responseParameters(schema, shown),
    from: run !== undefined ? "run" : sample !== undefined ? "sample" : null,
  };
}

type Declared = { schema?: Json | undefined; sample?: Json | undefined };

/** What is known of a node's output before it has run. */
function declaredOutput(node: FlowNode, connectors: Known["connectors"]): Declared {
  switch (node.kind) {
    case "webhook-trigger":
    case "manual-trigger":
    case "api-trigger":
      return triggerOutput({}, node.sample);
    case "app-trigger": {
      const trigger = connectors.get(node.connector)?.triggers?.find(({ key }) => key === node.trigger);
      // A sample is a body as it came: what a transformation makes of it is told by its schema.
      const sample = trigger?.transformation === undefined ? (node.sample ?? trigger?.sample) : undefined;
      return triggerOutput(trigger?.outputSchema ?? {}, sample);
    }
    case "schedule-trigger":
      return triggerOutput({ type: "object", required: ["firedFor"], properties: { firedFor: { type: "string" } } }, undefined);
    case "call": {
      const connector = connectors.get(node.connector);
      const action = connector?.actions?.find(({ key }) => key === node.action);
      if (action) return { schema: action.outputSchema, sample: action.outputSample };
      const endpoint = connector?.endpoints.find(({ key }) => key === node.endpoint);
      return { schema: endpoint?.responseSchema, sample: endpoint?.responseSample };
    }
    case "branch":
    case "filter":
      return { schema: { type: "object", required: ["matched"], properties: { matched: { type: "boolean" } } } };
    case "switch":
      return { schema: { type: "object", required: ["case"], properties: { case: { type: ["string", "null"] } } } };
    case "transform":
      return { schema: shapeOf(node.output) };
    case "delay":
      return { schema: { type: "object", required: ["waitedUntil"], properties: { waitedUntil: { type: "integer" } } } };
    case "respond":
      return { schema: { type: "object", required: ["status"], properties: { status: { type: "integer" }, body: {} } } };
    case "code":
      return { schema: node.outputSchema, sample: node.sample };
    case "http":
      return { schema: objectOf({ status: { type: "integer" }, headers: { type: "object" }, body: {} }) };
    case "for-each":
      return { schema: objectOf({ results: { type: "array" }, errors: { type: "array" }, count: { type: "integer" } }) };
    case "try":
      return { schema: node.result === undefined ? {} : shapeOf(node.result) };
    case "wait":
      return { schema: objectOf({ by: { type: "string" }, body: {} }) };
    case "approval":
      return { schema: objectOf({ decision: { type: "string" }, form: { type: "object" } }) };
    case "sub-flow":
      return {
        schema: objectOf({ run: { type: "string" }, ...(node.mode === "wait" && { status: { type: "string" }, answer: {} }) }),
      };
    case "key-value":
      return { schema: objectOf({ value: {}, found: { type: "boolean" } }) };
    case "once":
      return { schema: objectOf({ first: { type: "boolean" } }) };
    case "stop":
      return {};
  }
}

function objectOf(properties: { [key: string]: Json }): Json {
  return { type: "object", required: Object.keys(properties), properties };
}

function triggerOutput(body: Json, sample: Json | undefined): Declared {
  return {
    schema: { ...triggerSchema, properties: { body, ...triggerSchema.properties } },
    ...(sample !== undefined && { sample: { body: sample, headers: {}, query: {} } }),
  };
}

const triggerSchema = {
  type: "object",
  required: ["body", "headers", "query", "id", "source", "receivedAt"],
  properties: {
    headers: { type: "object" },
    query: { type: "object" },
    id: { type: "string" },
    source: { type: "string" },
    receivedAt: { type: "integer" },
  },
};

/** The fields of a value that is written down; what a template gives is not known. */
function shapeOf(value: Json): Json {
  if (typeof value === "string" && value.includes("{{")) return {};
  if (value === null) return {};
  if (Array.isArray(value)) return { type: "array", ...(value[0] !== undefined && { items: shapeOf(value[0]) }) };
  if (typeof value !== "object") return { type: typeof value };
  return {
    type: "object",
    required: Object.keys(value),
    properties: Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)])),
  };
}
