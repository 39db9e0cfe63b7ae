import type { Json } from "../json.ts";
import { parseTemplate } from "./expression.ts";
import type { Flow } from "./flow.ts";
import { orderFlow } from "./flow-order.ts";
import { createFlowTypes, type FlowTypes, type Reader } from "./flow-types.ts";
import { buildGraph, type Graph, lastInside } from "./graph.ts";
import { isContainer } from "./node-ports.ts";
import { type Known, type OutputType, outputType, unknownType } from "./output-type.ts";
import { runConditions } from "./run-conditions.ts";
import { type JsonSchema, joined, schemaAt } from "./schema-path.ts";
import { valueShape } from "./value-shape.ts";

/**
 * Computes what each node of a flow gives and may read: the types that its check, the completion of paths, the data tree and hover show.
 * Pure, and linear in the flow but for the sets of what runs before what.
 */
export function typeFlow(flow: Flow, known: Known = {}): FlowTypes {
  const graph = buildGraph(flow);
  const order = orderFlow(graph);
  const conditions = runConditions(graph, nodesInOrder(graph, order.moments));
  const outputs = new Map<string, OutputType>();
  const items = new Map<string, OutputType>();
  const types = createFlowTypes({ graph, order, conditions, outputs, items });
  for (const { node: id, at } of order.moments) {
    const node = graph.nodes.get(id);
    if (!node) continue;
    if (at === "begin") {
      if (node.kind === "for-each") items.set(id, itemType(node.items, types, { node: id }));
      continue;
    }
    const resolving = {
      shapeOf: (value: Json, inside?: boolean) => shapeAt(value, types, { node: id, inside }),
      lastInside: () => lastOutput(graph, outputs, id),
    };
    outputs.set(id, outputType(node, known, resolving));
  }
  return types;
}

/** Each node once, a container where it begins. */
function nodesInOrder(graph: Graph, moments: ReturnType<typeof orderFlow>["moments"]): string[] {
  return moments.flatMap(({ node: id, at }) => {
    const node = graph.nodes.get(id);
    return node && (at === "begin" || !isContainer(node)) ? [id] : [];
  });
}

/** What one iteration is for, given the list, and what the first would be for as far as samples tell. */
function itemType(list: Json, types: FlowTypes, reader: Reader): OutputType {
  const found = schemaAt({ schema: shapeAt(list, types, reader), origin: "declared", optional: false }, [0]);
  const sample = itemSample(list, types, reader);
  if (found.outcome !== "found") return { ...unknownType, sample };
  const origin = found.places.find((place) => place.origin !== "declared")?.origin ?? "declared";
  return { schema: joined(found.places), origin, closed: origin === "declared", sample };
}

function itemSample(list: Json, types: FlowTypes, reader: Reader): Json | undefined {
  if (Array.isArray(list)) return JSON.stringify(list[0] ?? null).includes("{{") ? undefined : list[0];
  const template = typeof list === "string" ? parseTemplate(list) : null;
  if (!template || "problem" in template || !template.whole) return undefined;
  const sample = types.sampleAt(reader, template.whole);
  return Array.isArray(sample) ? sample[0] : undefined;
}

function lastOutput(graph: Graph, outputs: ReadonlyMap<string, OutputType>, container: string): JsonSchema | null {
  const last = lastInside(graph, container);
  const type = last === null ? undefined : outputs.get(last);
  return type ? joined([{ ...type, optional: false }]) : null;
}

/** The schema of a value whose templates the reader resolves. */
function shapeAt(value: Json, types: FlowTypes, reader: Reader): JsonSchema {
  return valueShape(value, (path) => {
    const found = types.find(reader, path);
    const isMissing = path[0] === "steps" && typeof path[1] === "string" && types.mayLack(reader, path[1]);
    if (found?.outcome !== "found") return { schema: {}, optional: isMissing || found?.outcome === "absent" };
    return { schema: joined(found.places), optional: isMissing || found.places.some(({ optional }) => optional) };
  });
}
