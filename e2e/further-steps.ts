import type { FlowEdge } from "../shared/flow/flow.ts";
import { FlowNode } from "../shared/flow/node.ts";
import type { Json } from "../shared/json.ts";

type Fields = Record<string, Json>;

/** A flow of every step kind that needs no connector of its own. `flow`: the one that its sub-flow starts. */
export function furtherSteps(flow: string, longName: string): { nodes: FlowNode[]; edges: FlowEdge[] } {
  const sized = (kind: string, id: string, name: string, [x, y]: [number, number], more: Fields): FlowNode =>
    FlowNode.parse({ id, kind, name, position: { x, y }, ...more });
  const step = (kind: string, id: string, name: string, [x, y]: [number, number], more: Fields = {}): FlowNode =>
    sized(kind, id, name, [x * 320, y * 160], more);
  const host: Fields = { left: "{{trigger.body.host}}", operator: "is-not-empty" };
  const nodes = [
    step("webhook-trigger", "start", "An order comes in", [0, 1], {
      sample: { order: "A-17", host: "north-4", rows: [{ n: 1 }, { n: 2 }] },
    }),
    step("http", "ask", "Ask the status page", [1, 0], {
      method: "POST",
      url: "https://status.example/hosts/{{trigger.body.host}}",
      query: { fields: "state,since" },
      headers: { Accept: "application/json" },
      bodyType: "json",
      body: { order: "{{trigger.body.order}}" },
    }),
    step("code", "count", "Count the rows", [1, 1], {
      code: "const sum = inputs.rows.reduce((all, { n }) => all + n, 0);\nreturn { sum };",
      inputs: { rows: "{{trigger.body.rows}}" },
      sample: { sum: 3 },
    }),
    step("filter", "known", "Is the host known?", [2, 1], { match: "all", conditions: [host] }),
    step("for-each", "each", longName, [3, 1], { items: "{{trigger.body.rows}}", concurrency: 2, onItemError: "continue" }),
    sized("transform", "row", "Shape the row", [40, 80], { output: { n: "{{item.n}}", at: "{{index}}" }, parent: "each" }),
    step("try", "attempt", "Try to add", [5, 1], { result: "{{steps.total.output}}" }),
    sized("key-value", "total", "Running total", [40, 80], {
      operation: "increment",
      key: "total/{{trigger.body.host}}",
      by: "{{steps.count.output.sum}}",
      parent: "attempt",
    }),
    step("once", "first", "First of the order?", [7, 1], { key: "{{trigger.body.order}}" }),
    step("approval", "allow", "May it go out?", [8, 0], {
      title: "Order {{trigger.body.order}}",
      description: "It comes to {{steps.count.output.sum}}.",
      form: [
        { key: "reason", name: "Reason", type: "long-text", required: true },
        { key: "by", name: "Not before", type: "date" },
      ],
    }),
    step("wait", "paid", "Until it is paid", [9, 0], {
      correlation: { key: "{{trigger.body.order}}", trigger: "start", path: "data.order" },
    }),
    step("sub-flow", "other", "Start the other flow", [10, 0], {
      flow,
      input: { order: "{{trigger.body.order}}" },
      mode: "start",
    }),
    step("stop", "enough", "It was there before", [8, 2], { status: "failed", message: "{{trigger.body.order}} came before" }),
  ];
  const pairs: [string, string, string][] = [
    ["start", "out", "ask"],
    ["start", "out", "count"],
    ["count", "out", "known"],
    ["known", "out", "each"],
    ["each", "done", "attempt"],
    ["attempt", "done", "first"],
    ["first", "first", "allow"],
    ["first", "again", "enough"],
    ["allow", "approved", "paid"],
    ["paid", "out", "other"],
  ];
  return { nodes, edges: pairs.map(([source, port, target], at) => ({ id: `e${at}`, source, port, target })) };
}
