import type { Json } from "../json.ts";
import type { FlowEdit } from "./edits.ts";
import type { Flow, FlowEdge } from "./flow.ts";
import type { FlowNode } from "./node.ts";
import { isContainer, isTrigger, parentOf } from "./node-ports.ts";

/** Nodes on the clipboard, with the edges between them. */
export type CopiedNodes = { patchbay: "nodes"; nodes: FlowNode[]; edges: FlowEdge[] };
type Position = { x: number; y: number };

const maxSlug = 63;

/** Takes the nodes of these ids out of a flow, in the flow's order, with the edges that join two of them. */
export function copyNodes(flow: Flow, ids: ReadonlySet<string>): CopiedNodes {
  return {
    patchbay: "nodes",
    nodes: flow.nodes.filter(({ id }) => ids.has(id)),
    edges: flow.edges.filter(({ source, target }) => ids.has(source) && ids.has(target)),
  };
}

/**
 * The edit that adds copied nodes to a flow, moved by `offset`. Ids that are taken are replaced by free ones, and expressions of
 * the copied nodes that refer to one another follow; those that refer to other nodes stay as they are. What is inside of a container that is copied too goes into the copy.
 */
export function pasteNodes(flow: Flow, copied: CopiedNodes, offset: Position): { edit: FlowEdit; ids: string[] } {
  const taken = new Set(flow.nodes.map(({ id }) => id));
  const names = new Set(flow.nodes.map(({ name }) => name));
  const renamed = new Map<string, string>();
  for (const { id } of copied.nodes) {
    const free = freeNodeId(id, taken);
    taken.add(free);
    renamed.set(id, free);
  }
  const nodes = copied.nodes.map((node) => {
    const name = freeName(node.name, names);
    names.add(name);
    const placed = inContainer(renameReferences(node, renamed), parentAfter(flow, node, renamed));
    // What is inside of a copied container keeps its place there.
    const by = renamed.has(parentOf(node) ?? "") ? { x: 0, y: 0 } : offset;
    const position = { x: node.position.x + by.x, y: node.position.y + by.y };
    return { ...placed, id: renamed.get(node.id) ?? node.id, name, position };
  });
  const edgeIds = new Set(flow.edges.map(({ id }) => id));
  const edges = copied.edges.flatMap((edge) => {
    const source = renamed.get(edge.source);
    const target = renamed.get(edge.target);
    if (source === undefined || target === undefined) return [];
    const id = freeEdgeId({ ...edge, source, target }, edgeIds);
    edgeIds.add(id);
    return [{ id, source, port: edge.port, target }];
  });
  return {
    edit: { edit: "add", nodes: nodes.map((node) => ({ node })), edges: edges.map((edge) => ({ edge })) },
    ids: nodes.map(({ id }) => id),
  };
}

/** The copy of its container, else its container where the flow has that too, else none. */
function parentAfter(flow: Flow, node: FlowNode, renamed: ReadonlyMap<string, string>): string | null {
  const parent = parentOf(node);
  if (parent === null) return null;
  const copied = renamed.get(parent);
  if (copied !== undefined) return copied;
  return flow.nodes.some((each) => each.id === parent && isContainer(each)) ? parent : null;
}

/** A node as one that is inside of a container, or, with null, of none. */
export function inContainer(node: FlowNode, container: string | null): FlowNode {
  if (isTrigger(node)) return node;
  const { parent: _, ...rest } = node;
  return container === null ? rest : { ...rest, parent: container };
}

/** A readable slug of a name that no node has yet: "Search contacts" gives `search-contacts`, then `search-contacts-2`. */
export function freeNodeId(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, maxSlug);
  return firstFree(plain === "" ? "step" : plain, taken, (base, n) => `${base.slice(0, maxSlug - `-${n}`.length)}-${n}`);
}

/** The name itself, or the name with the first number that makes it new. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  return firstFree(name, taken, (base, n) => `${base.slice(0, 120 - ` ${n}`.length)} ${n}`);
}

/** A readable id for an edge that no other has. */
export function freeEdgeId(
  { source, port, target }: Pick<FlowEdge, "source" | "port" | "target">,
  taken: ReadonlySet<string>,
): string {
  return firstFree(port === "out" ? `${source}-${target}` : `${source}-${port}-${target}`, taken, (base, n) => `${base}-${n}`);
}

const numberAtEnd = /^(.+)[- ](\d{1,4})$/s;

/** A number at the end is counted on, so that the copy of a copy is not `search-2-2`. */
function firstFree(wanted: string, taken: ReadonlySet<string>, numbered: (base: string, n: number) => string): string {
  if (!taken.has(wanted)) return wanted;
  const [, base = wanted, last = "1"] = numberAtEnd.exec(wanted) ?? [];
  for (let n = Number(last) + 1; ; n += 1) {
    const candidate = numbered(base, n);
    if (!taken.has(candidate)) return candidate;
  }
}

function renameReferences(node: FlowNode, renamed: ReadonlyMap<string, string>): FlowNode {
  const { id, name, position, kind, ...settings } = node;
  // Settings are JSON, and rewriting strings keeps their shape.
  return { id, name, position, kind, ...(rewrite(settings as Json, renamed) as object) } as FlowNode;
}

function rewrite(value: Json, renamed: ReadonlyMap<string, string>): Json {
  if (typeof value === "string") return value.includes("{{") ? rewriteText(value, renamed) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => rewrite(item, renamed));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, renamed)]));
}

/** `{{steps.id`, `{{steps["id"]`, `{{steps['id']`. */
const inTemplate = /(\{\{\s*steps)(?:\.([A-Za-z_$][\w$-]*)|\["([^"\\]*)"\]|\['([^'\\]*)'\])/g;
/** `steps.id` and steps.`id` where they begin a path; quoted strings are matched first, so that their text stays. */
const inJsonata = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![\w$.`])steps\.(?:([A-Za-z_$][\w$-]*)|`([^`]*)`)/g;

function rewriteText(text: string, renamed: ReadonlyMap<string, string>): string {
  if (text.trimStart().startsWith("{{="))
    return text.replace(inJsonata, (whole, plain?: string, ticked?: string) => {
      const id = renamed.get(plain ?? ticked ?? "");
      if (id === undefined) return whole;
      // In JSONata a hyphen is a minus.
      return ticked !== undefined || id.includes("-") ? `steps.\`${id}\`` : `steps.${id}`;
    });
  return text.replace(inTemplate, (whole, head: string, plain?: string, double?: string, single?: string) => {
    const id = renamed.get(plain ?? double ?? single ?? "");
    if (id === undefined) return whole;
    if (plain !== undefined) return `${head}.${id}`;
    return double !== undefined ? `${head}["${id}"]` : `${head}['${id}']`;
  });
}
