import type { Flow, FlowEdge } from "../../shared/flow/flow.ts";
import type { FlowSettings } from "../../shared/flow/flow-settings.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";

/** Short words for flows that call the world of `call-oracle.ts`. `child`: the flow that sub-flow steps start. */
export type Made = (child: string) => FlowNode;
type Fields = Record<string, Json>;

export const step = (kind: string, id: string, more: Fields = {}): FlowNode =>
  FlowNode.parse({ id, name: id, kind, position: { x: 0, y: 0 }, ...more });
export const node =
  (kind: string, id: string, more: Fields = {}): Made =>
  () =>
    step(kind, id, more);
export const make = (id: string, output: Json, more: Fields = {}): Made => node("transform", id, { output, ...more });
const retry = { maxAttempts: 20, backoffMs: 1_000, factor: 1, maxBackoffMs: 1_000, jitter: 0 };

/** A call whose name is its own; inside of a loop `at` says which. */
export const call =
  (id: string, endpoint: string, mode = "ok", more: Fields = {}, at = ""): Made =>
  () =>
    step("call", id, {
      connector: "world",
      endpoint,
      connection: null,
      inputs: { name: `{{trigger.body.of}}/${id}${at}`, mode },
      retry,
      ...more,
    });
export const inLoop = (parent: string, id: string, endpoint: string, mode = "ok"): Made =>
  call(id, endpoint, mode, { parent }, ".{{index}}");
export const rule = (left: Json, right: Json) => ({ conditions: [{ left, operator: "equals", right }] });
export const loop = (id: string, items: Json, more: Fields = {}): Made => node("for-each", id, { items, ...more });

/** A flow that begins at `start`; edges as `a -> b:port -> c, d -> e`. */
export function writeFlow(
  made: Made[],
  edges: string,
  { child = "", ...settings }: FlowSettings & { child?: string } = {},
): Flow {
  return {
    schemaVersion: 1,
    nodes: [step("manual-trigger", "start"), ...made.map((each) => each(child))],
    edges: edges.split(", ").flatMap(edgesOf),
    settings,
  };
}

/** `a -> b:port -> c` is two edges. */
function edgesOf(text: string): FlowEdge[] {
  const stops = text.split(" -> ");
  return stops.slice(1).map((to, at) => {
    const [source = "", port = "out"] = (stops[at] ?? "").split(":");
    const target = to.split(":")[0] ?? "";
    return { id: `${source}-${port}-${target}`, source, port, target };
  });
}
