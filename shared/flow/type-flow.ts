import type { Json } from "../json.ts";
import { type Path, parseTemplate, readPath } from "./expression.ts";
import type { Flow } from "./flow.ts";
import { orderFlow } from "./flow-order.ts";
import { buildGraph, containersOf, type Graph, lastInside } from "./graph.ts";
import type { FlowNode, TriggerNode } from "./node.ts";
import { isContainer, isTrigger } from "./node-ports.ts";
import { type Known, type OutputType, outputType } from "./output-type.ts";
import { runConditions } from "./run-conditions.ts";
import { type Found, type JsonSchema, joined, type Reading, schemaAt } from "./schema-path.ts";

/** What the paths of a node may begin with. `source`: as it is written, e.g. `steps.search.output`; `node`: whose data it is. */
export type TypedRoot = OutputType & {
  source: string;
  path: Path;
  node: string;
  /** It may have been skipped, or have failed, when the node runs. */
  optional: boolean;
};

/** Where paths are resolved: at a node, or, `inside`, at the end of a container. */
export type Reader = { node: string; inside?: boolean | undefined };
/** What is known of all data of a flow, at each of its nodes. */
export type FlowTypes = {
  graph: Graph;
  outputs: ReadonlyMap<string, OutputType>;
  /** The for-each whose `item` and `index` are known to the reader. */
  loopOf(reader: Reader): FlowNode | null;
  runsBefore(reader: Reader, source: string): boolean;
  /** May the reader run though `source`, which runs before it, gave nothing? */
  mayLack(reader: Reader, source: string): boolean;
  /** All that the reader may read, the nearest first. */
  rootsAt(reader: Reader): TypedRoot[];
  /** What a path finds whose root the reader may read; null where it may not, or there is none. */
  find(reader: Reader, path: Path, reading?: Reading): Found | null;
};

const unknown: OutputType = { schema: {}, origin: "unknown", closed: false };
const error: OutputType = {
  schema: {
    type: "object",
    properties: { code: { type: "string" }, message: { type: "string" }, node: { type: "string" } },
    required: ["code", "message"],
  },
  origin: "declared",
  closed: true,
};
const status: OutputType = { schema: { type: "string" }, origin: "declared", closed: true };
const index: OutputType = { schema: { type: "integer" }, origin: "declared", closed: true };

/** Levels of a value that is written down of which the type is told, and items of a list. */
const deepestShape = 50;
const mostItems = 20;

/**
 * Computes what each node of a flow gives and may read: the types that its check, the completion of paths, the data tree and hover show.
 * Pure, and linear in the flow but for the sets of what runs before what.
 */
export function typeFlow(flow: Flow, known: Known = {}): FlowTypes {
  const graph = buildGraph(flow);
  const { moments, runsBefore } = orderFlow(graph);
  const begun = moments.filter(({ node, at }) => at === "begin" || !isContainerId(graph, node)).map(({ node }) => node);
  const conditions = runConditions(graph, begun);
  const triggers = flow.nodes.filter(isTrigger);
  const outputs = new Map<string, OutputType>();
  /** Of each for-each, what its iterations are for. */
  const items = new Map<string, OutputType>();

  const types: FlowTypes = {
    graph,
    outputs,
    loopOf: ({ node, inside }) => {
      const own = graph.nodes.get(node);
      if (inside && own?.kind === "for-each") return own;
      return containersOf(graph, node).find(({ kind }) => kind === "for-each") ?? null;
    },
    runsBefore: ({ node, inside }, source) => runsBefore(node, source, inside),
    mayLack: ({ node, inside }, source) => conditions.mayLack(node, source, inside ?? false),
    rootsAt,
    find,
  };

  for (const { node: id, at } of moments) {
    const node = graph.nodes.get(id);
    if (!node) continue;
    if (at === "begin") {
      if (node.kind === "for-each")
        items.set(id, { ...itemType(shapeAt(node.items, { node: id })), sample: itemSample(node.items, { node: id }) });
      continue;
    }
    outputs.set(
      id,
      outputType(node, known, {
        shapeOf: (value, inside) => shapeAt(value, { node: id, inside }),
        lastInside: () => {
          const last = lastInside(graph, id);
          const type = last === null ? undefined : outputs.get(last);
          return type ? joined([{ schema: type.schema, origin: type.origin, optional: false }]) : null;
        },
      }),
    );
  }
  return types;

  function triggersBefore(reader: Reader): TriggerNode[] {
    return triggers.filter(({ id }) => types.runsBefore(reader, id));
  }

  function rootsAt(reader: Reader): TypedRoot[] {
    const roots: TypedRoot[] = [];
    const loop = types.loopOf(reader);
    if (loop) {
      const at = { node: loop.id, optional: false };
      roots.push({ ...(items.get(loop.id) ?? unknown), ...at, source: "item", path: ["item"] });
      roots.push({ ...index, ...at, source: "index", path: ["index"] });
    }
    for (const { node: id, at } of moments.toReversed()) {
      const node = graph.nodes.get(id);
      if (at === "begin" || !node || !types.runsBefore(reader, id)) continue;
      const optional = types.mayLack(reader, id);
      const path: Path = isTrigger(node) ? ["trigger"] : ["steps", id, "output"];
      roots.push({ ...(outputs.get(id) ?? unknown), node: id, optional, source: path.join("."), path });
      if (!optional || isTrigger(node)) continue;
      const failing = (graph.outgoing.get(id) ?? []).some(({ port }) => port === "error") || node.onError === "continue";
      if (failing) roots.push({ ...error, node: id, optional, source: `steps.${id}.error`, path: ["steps", id, "error"] });
    }
    return roots;
  }

  function find(reader: Reader, path: Path, reading?: Reading): Found | null {
    const [root, id, field] = path;
    switch (root) {
      case "trigger":
        return findIn(
          triggersBefore(reader).map((node) => outputs.get(node.id) ?? unknown),
          path,
          1,
          reading,
        );
      case "item": {
        const loop = types.loopOf(reader);
        return loop && findIn([items.get(loop.id) ?? unknown], path, 1, reading);
      }
      case "index":
        return types.loopOf(reader) && findIn([index], path, 1, reading);
      case "steps": {
        if (typeof id !== "string" || !graph.nodes.has(id) || !types.runsBefore(reader, id)) return null;
        if (field === "error") return findIn([error], path, 3, reading);
        if (field === "status") return findIn([status], path, 3, reading);
        return field === "output" ? findIn([outputs.get(id) ?? unknown], path, 3, reading) : null;
      }
      default:
        return null;
    }
  }

  /** What the first iteration would be for, as far as samples tell. */
  function itemSample(list: Json, reader: Reader): Json | undefined {
    if (Array.isArray(list)) return JSON.stringify(list).includes("{{") ? undefined : list[0];
    const template = typeof list === "string" ? parseTemplate(list) : null;
    if (!template || "problem" in template || !template.whole) return undefined;
    const sample = sampleAt(rootsAt(reader), template.whole);
    return Array.isArray(sample) ? sample[0] : undefined;
  }

  /** What a value is whose templates the reader resolves. */
  function shapeAt(value: Json, reader: Reader): JsonSchema {
    return shapeOf(value, deepestShape, (path) => {
      const found = find(reader, path);
      const isMissing = path[0] === "steps" && typeof path[1] === "string" && types.mayLack(reader, path[1]);
      if (found?.outcome !== "found") return { schema: {}, optional: isMissing || found?.outcome === "absent" };
      return { schema: joined(found.places), optional: isMissing || found.places.some(({ optional }) => optional) };
    });
  }
}

/** What a path finds in the samples; undefined where there is none. */
export function sampleAt(roots: readonly Pick<TypedRoot, "path" | "sample">[], path: Path): Json | undefined {
  for (const root of roots) {
    if (root.path.some((part, at) => part !== path[at])) continue;
    // Samples hold JSON alone.
    const found = readPath(root.sample, path.slice(root.path.length)) as Json | undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A path that the schema lacks though a sample has it is not known to be wrong. */
function findIn(types: OutputType[], path: Path, from: number, reading: Reading | undefined): Found {
  const rest = path.slice(from);
  if (types.length === 0) return { outcome: "open" };
  const start = {
    schema: joined(types.map((type) => ({ ...type, optional: false }))),
    origin: "declared" as const,
    optional: false,
  };
  const found = schemaAt(start, rest, reading);
  if (found.outcome !== "absent") return found;
  if (types.some(({ seen }) => seen !== undefined && readPath(seen, rest) !== undefined)) return { outcome: "open" };
  return { ...found, at: found.at + from };
}

function isContainerId(graph: Graph, id: string): boolean {
  const node = graph.nodes.get(id);
  return node !== undefined && isContainer(node);
}

/** What one iteration is for, given the type of the list. */
function itemType(list: JsonSchema): OutputType {
  const found = schemaAt({ schema: list, origin: "declared", optional: false }, [0]);
  if (found.outcome !== "found") return unknown;
  const schema = joined(found.places);
  const origin = found.places.find((place) => place.origin !== "declared")?.origin ?? "declared";
  return { schema, origin, closed: origin === "declared" };
}

type Read = (path: Path) => { schema: JsonSchema; optional: boolean };

/** The type of a value that is written down; what its templates give is told by `read`, what JSONata gives is not known. */
function shapeOf(value: Json, depth: number, read: Read): JsonSchema {
  if (typeof value === "string") return textShape(value, read).schema;
  if (value === null) return { type: "null" };
  if (typeof value === "number") return { type: Number.isInteger(value) ? "integer" : "number" };
  if (typeof value === "boolean") return { type: "boolean" };
  if (depth === 0) return {};
  if (Array.isArray(value)) return listShape(value, depth, read);
  const fields = Object.entries(value).map(([key, inner]) => {
    const shape =
      typeof inner === "string" ? textShape(inner, read) : { schema: shapeOf(inner, depth - 1, read), optional: false };
    return { key, ...shape };
  });
  const required = fields.filter(({ optional }) => !optional).map(({ key }) => key);
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(({ key, schema }) => [key, schema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function listShape(value: Json[], depth: number, read: Read): JsonSchema {
  const shapes = new Map<string, JsonSchema>();
  for (const item of value.slice(0, mostItems)) {
    const shape = shapeOf(item, depth - 1, read);
    // Scalars alone are worth comparing: what is large is told apart by its place.
    shapes.set(typeof item === "object" && item !== null ? `${shapes.size} ` : JSON.stringify(shape.type ?? shapes.size), shape);
  }
  const [first] = shapes.values();
  if (!first) return { type: "array" };
  if (value.length > mostItems) shapes.set("", {});
  return { type: "array", items: shapes.size === 1 ? first : { anyOf: [...shapes.values()] } };
}

function textShape(text: string, read: Read): { schema: JsonSchema; optional: boolean } {
  if (!text.includes("{{")) return { schema: { type: "string" }, optional: false };
  const template = parseTemplate(text);
  if ("problem" in template) return { schema: { type: "string" }, optional: false };
  if (template.jsonata !== undefined) return { schema: {}, optional: true };
  return template.whole ? read(template.whole) : { schema: { type: "string" }, optional: false };
}
