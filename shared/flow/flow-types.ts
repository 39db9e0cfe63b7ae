import type { Json } from "../json.ts";
import { type Path, readPath } from "./expression.ts";
import type { FlowOrder } from "./flow-order.ts";
import type { Graph } from "./graph.ts";
import { hiddenInside } from "./hidden-inside.ts";
import type { FlowNode } from "./node.ts";
import { hasWaitUrl, isContainer, isTrigger, parentOf } from "./node-ports.ts";
import { type OutputType, unknownType } from "./output-type.ts";
import type { RunConditions } from "./run-conditions.ts";
import { type Found, joined, type Reading, schemaAt } from "./schema-path.ts";

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
  /** The for-each containers around the reader, the innermost first: its `item` and `index` are known by these names alone. */
  loopsOf(reader: Reader): FlowNode[];
  runsBefore(reader: Reader, source: string): boolean;
  /** May the reader run though `source`, which runs before it, gave nothing? */
  mayLack(reader: Reader, source: string): boolean;
  /** All that the reader may read, the nearest first. */
  rootsAt(reader: Reader): TypedRoot[];
  /** What a path finds whose root the reader may read; null where it may not, or there is none. */
  find(reader: Reader, path: Path, reading?: Reading): Found | null;
  /** What a path finds in the samples; undefined where there is none. */
  sampleAt(reader: Reader, path: Path): Json | undefined;
};

/** `outputs` and `items`, what the iterations of each for-each are for, may be filled in later. */
type Held = {
  graph: Graph;
  order: FlowOrder;
  conditions: RunConditions;
  outputs: ReadonlyMap<string, OutputType>;
  items: ReadonlyMap<string, OutputType>;
};

/** Answers what the nodes of a flow may read, from the types of their outputs. */
export function createFlowTypes(held: Held): FlowTypes {
  const { graph, order, conditions, outputs } = held;
  const known = new Map<string, FlowNode[]>();
  const triggers = [...graph.nodes.values()].filter(isTrigger);
  const types: FlowTypes = {
    graph,
    outputs,
    loopsOf({ node, inside }) {
      const own = graph.nodes.get(node);
      const around = loopsAround(node);
      return inside && own?.kind === "for-each" ? [own, ...around] : around;
    },
    runsBefore: ({ node, inside }, source) => order.runsBefore(node, source, inside),
    mayLack: ({ node, inside }, source) => conditions.mayLack(node, source, inside ?? false),
    rootsAt: (reader) => [
      ...loopRoots(held, types.loopsOf(reader)),
      ...stepRoots(held, types, reader),
      ...urlRoots(graph, reader),
    ],
    find(reader, path, reading) {
      const named = rootOf(reader, path);
      return named && findIn(named.types, path, named.from, reading);
    },
    sampleAt(reader, path) {
      const named = rootOf(reader, path);
      for (const { sample } of named?.types ?? []) {
        // Samples hold JSON alone.
        const found = readPath(sample, path.slice(named?.from)) as Json | undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
  return types;

  function loopsAround(id: string): FlowNode[] {
    const done = known.get(id);
    if (done) return done;
    // A circle of containers, which no valid flow has, ends here.
    known.set(id, []);
    const node = graph.nodes.get(id);
    const parent = node && parentOf(node);
    const container = parent == null ? undefined : graph.nodes.get(parent);
    const around = !container || !isContainer(container) ? [] : loopsAround(container.id);
    const loops = container?.kind === "for-each" ? [container, ...around] : around;
    known.set(id, loops);
    return loops;
  }

  /** The types of what a path begins with, and where the path goes on behind that. */
  function rootOf(reader: Reader, path: Path): { types: OutputType[]; from: number } | null {
    const [root, id, field] = path;
    if (root === "trigger")
      return {
        types: triggers
          .filter((trigger) => types.runsBefore(reader, trigger.id))
          .map((trigger) => outputAt(held, reader, trigger.id)),
        from: 1,
      };
    if (root === "item" || root === "index") {
      const [loop] = types.loopsOf(reader);
      return loop ? { types: [root === "item" ? itemOf(held, loop.id) : index], from: 1 } : null;
    }
    if (root !== "steps" || typeof id !== "string" || typeof field !== "string") return null;
    if (field === "item" || field === "index") {
      const isAround = types.loopsOf(reader).some((loop) => loop.id === id);
      return isAround ? { types: [field === "item" ? itemOf(held, id) : index], from: 3 } : null;
    }
    if (field === "url" && isWaitUrl(graph, id, reader.node)) return { types: [url], from: 3 };
    if (!graph.nodes.has(id) || !types.runsBefore(reader, id)) return null;
    const own = field === "output" ? outputAt(held, reader, id) : field === "error" ? error : field === "status" ? status : null;
    return own && { types: [own], from: 3 };
  }
}

/** What a node gives where the reader runs: by which of its ports it left, the way there tells. */
function outputAt({ outputs, conditions }: Held, reader: Reader, id: string): OutputType {
  const output = outputs.get(id) ?? unknownType;
  if (!output.byPort) return output;
  const { origin } = output;
  const given = [...output.byPort].filter(([port]) => conditions.mayFollow(reader.node, id, port));
  const places = given.map(([, schema]) => ({ schema, origin, optional: false }));
  return places.length === 0 ? output : { ...output, schema: joined(places) };
}

const declared = { origin: "declared", closed: true } as const;
const text = { type: "string" };
const error: OutputType = {
  ...declared,
  schema: { type: "object", properties: { code: text, message: text, node: text }, required: ["code", "message"] },
};
const status: OutputType = { ...declared, schema: text };
const url: OutputType = { ...declared, schema: text };
const index: OutputType = { ...declared, schema: { type: "integer" } };

/** The signed URL of a step that waits is known to all steps beside it and inside of these, also before it begins. */
export function isWaitUrl(graph: Graph, id: string, reader: string): boolean {
  const node = graph.nodes.get(id);
  return node !== undefined && hasWaitUrl(node) && hiddenInside(graph, id, reader) === null;
}

function itemOf({ items }: Held, loop: string): OutputType {
  return items.get(loop) ?? unknownType;
}

/** `item` is the innermost loop's; those of the loops around it are named by the loop. */
function loopRoots(held: Held, loops: FlowNode[]): TypedRoot[] {
  return loops.flatMap(({ id }, depth): TypedRoot[] => {
    const path: Path = depth === 0 ? [] : ["steps", id];
    const root = (name: string) => ({ node: id, optional: false, path: [...path, name], source: [...path, name].join(".") });
    return [
      { ...itemOf(held, id), ...root("item") },
      { ...index, ...root("index") },
    ];
  });
}

function stepRoots(held: Held, types: FlowTypes, reader: Reader): TypedRoot[] {
  const { graph, order } = held;
  const roots: TypedRoot[] = [];
  for (const { node: id, at } of order.moments.toReversed()) {
    const node = graph.nodes.get(id);
    if (at === "begin" || !node || !types.runsBefore(reader, id)) continue;
    const optional = types.mayLack(reader, id);
    const path: Path = isTrigger(node) ? ["trigger"] : ["steps", id, "output"];
    roots.push({ ...outputAt(held, reader, id), node: id, optional, source: path.join("."), path });
    if (!optional || isTrigger(node)) continue;
    const failing = (graph.outgoing.get(id) ?? []).some(({ port }) => port === "error") || node.onError === "continue";
    if (failing) roots.push({ ...error, node: id, optional, source: `steps.${id}.error`, path: ["steps", id, "error"] });
  }
  return roots;
}

function urlRoots(graph: Graph, { node: reader }: Reader): TypedRoot[] {
  return [...graph.nodes.values()].flatMap(({ id }): TypedRoot[] => {
    if (!isWaitUrl(graph, id, reader)) return [];
    return [{ ...url, node: id, optional: false, source: `steps.${id}.url`, path: ["steps", id, "url"] }];
  });
}

/** A path that the schema lacks though a sample of the document has it is not known to be wrong. */
function findIn(types: OutputType[], path: Path, from: number, reading: Reading | undefined): Found {
  const rest = path.slice(from);
  if (types.length === 0) return { outcome: "open" };
  const schema = joined(types.map((type) => ({ ...type, optional: false })));
  const found = schemaAt({ schema, origin: "declared", optional: false }, rest, reading);
  if (found.outcome !== "absent") return found;
  if (types.some(({ seen }) => seen !== undefined && readPath(seen, rest) !== undefined)) return { outcome: "open" };
  return { ...found, at: found.at + from };
}
