import { freeEdgeId } from "../../shared/flow/copy-nodes.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import type { Flow, FlowEdge } from "../../shared/flow/flow.ts";
import { ancestors, buildGraph } from "../../shared/flow/graph.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import { isTrigger, outcomePorts } from "../../shared/flow/node-ports.ts";
import { geometryOf } from "./geometry.ts";

/** An edge that somebody wants to draw. */
export type Wish = { source: string; port: string; target: string };

/** Why an edge cannot be drawn, in words; null when it can. */
export function connectionProblem(flow: Flow, { source, port, target }: Wish): string | null {
  const from = flow.nodes.find(({ id }) => id === source);
  const to = flow.nodes.find(({ id }) => id === target);
  if (!from || !to) return "One of the nodes is gone.";
  if (from === to) return "A node cannot lead to itself.";
  if (isTrigger(to)) return `“${to.name}” is a trigger: it starts the flow, so nothing can lead into it.`;
  const border = borderBetween(flow, from, to);
  if (border !== null) return border;
  if (flow.edges.some((edge) => edge.source === source && edge.port === port && edge.target === target))
    return `“${from.name}” leads to “${to.name}” already.`;
  if (ancestors(buildGraph(flow), source).has(target))
    return `“${to.name}” runs before “${from.name}”: an edge back would make a cycle.`;
  return null;
}

/** Why no edge can join two nodes that are not in the same container; null when they are. */
function borderBetween(flow: Flow, from: FlowNode, to: FlowNode): string | null {
  const geometry = geometryOf(flow);
  const [left, entered] = [geometry.parent(from.id), geometry.parent(to.id)];
  if (left === entered) return null;
  const nameOf = (id: string | null) => flow.nodes.find((node) => node.id === id)?.name ?? id;
  if (entered !== null && !geometry.around(from.id).includes(entered))
    return entered === from.id
      ? `“${to.name}” is inside of “${from.name}”, which runs it without an edge.`
      : `“${to.name}” is inside of “${nameOf(entered)}”, and no edge crosses its border: lead to “${nameOf(entered)}” itself.`;
  return `“${from.name}” is inside of “${nameOf(left)}”, and no edge crosses its border: lead on from “${nameOf(left)}” itself.`;
}

/** The edit that draws the edge. */
export function connect(flow: Flow, wish: Wish): FlowEdit {
  const id = freeEdgeId(wish, new Set(flow.edges.map((edge) => edge.id)));
  return { edit: "add", nodes: [], edges: [{ edge: { id, ...wish } }] };
}

const portWords: Partial<Record<string, string>> = {
  out: "When it succeeds",
  done: "When it is done",
  timeout: "When nothing came in time",
  first: "The first time",
  again: "Every other time",
  approved: "When it is approved",
  rejected: "When it is rejected",
};

/** The ports by which a node may be left, with the words for them. `error` is the last, and triggers have none. */
export function portChoices(flow: Flow, id: string): { port: string; name: string }[] {
  const node = flow.nodes.find((each) => each.id === id);
  if (!node) return [];
  const cases = node.kind === "switch" ? new Map(node.cases.map((one) => [one.port, one.name])) : new Map<string, string>();
  const outcomes = outcomePorts(node).map((port) => ({
    port,
    name: portWords[port] ?? cases.get(port) ?? port,
  }));
  return isTrigger(node) ? outcomes : [...outcomes, { port: "error", name: "When it fails" }];
}

/** The port that a new node is most likely wanted behind: the first that leads nowhere yet, never the error port. */
export function likelyPort(flow: Flow, id: string): string {
  const node = flow.nodes.find((each) => each.id === id);
  const ports = node ? outcomePorts(node) : [];
  const open = ports.find((port) => !flow.edges.some((edge) => edge.source === id && edge.port === port));
  return open ?? ports[0] ?? "out";
}

/** The edge by which a port leads on, when it is one alone: a node can go into it as well as beside it. */
export function onlyEdgeOf(flow: Flow, { node, port }: { node: string; port: string }): string | null {
  const [edge, ...others] = flow.edges.filter((each) => each.source === node && each.port === port);
  return edge && others.length === 0 ? edge.id : null;
}

export type Target = { node: FlowNode; wish: Wish; drawn: FlowEdge | undefined; problem: string | null };

/** Every other node: those that can be connected, then those that are, then those that cannot be, with the reason. */
export function targetsOf(flow: Flow, { source, port }: { source: string; port: string }): Target[] {
  const targets = flow.nodes
    .filter(({ id }) => id !== source)
    .map((node): Target => {
      const wish = { source, port, target: node.id };
      const drawn = flow.edges.find((edge) => edge.source === source && edge.port === port && edge.target === node.id);
      return { node, wish, drawn, problem: drawn ? null : connectionProblem(flow, wish) };
    });
  const rank = ({ drawn, problem }: Target) => (drawn ? 1 : problem ? 2 : 0);
  return targets.toSorted((one, other) => rank(one) - rank(other));
}
