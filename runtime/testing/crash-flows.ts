import type { Flow } from "../../shared/flow/flow.ts";
import { call, inLoop, loop, type Made, make, node, rule, step, writeFlow } from "./write-flow.ts";

/** A flow whose every point is crashed at. `children`: flows that it starts are published first. */
export type CrashFlow = { name: string; document(child: string): Flow };

function flow(name: string, made: Made[], edges: string): CrashFlow {
  return { name, document: (child) => writeFlow(made, edges, { child }) };
}

/** Each step kind by itself, and those that meet: what waits, what runs beside it, what is inside of what. */
export const crashFlows: CrashFlow[] = [
  flow("one transform", [make("a", { of: "{{trigger.body.of}}" })], "start -> a"),
  flow("a read", [call("a", "read")], "start -> a"),
  flow("an idempotent call", [call("a", "idempotent")], "start -> a"),
  flow("a keyed call", [call("a", "keyed")], "start -> a"),
  flow("an unsafe call", [call("a", "unsafe")], "start -> a"),
  flow("a call after a call", [call("a", "keyed"), call("b", "idempotent")], "start -> a -> b"),
  flow("an unsafe call between two others", [call("a", "read"), call("b", "unsafe"), call("c", "keyed")], "start -> a -> b -> c"),
  flow("a call that is tried again", [call("a", "idempotent", "flaky"), make("b", "{{steps.a.output.echo}}")], "start -> a -> b"),
  flow("a keyed call that is tried again", [call("a", "keyed", "flaky")], "start -> a"),
  flow("a failure without an edge", [call("a", "read", "reject"), make("b", 1)], "start -> a -> b"),
  flow("a failure with an edge", [call("a", "read", "reject"), make("b", "{{steps.a.error.code}}")], "start -> a:error -> b"),
  flow(
    "a failure that does not matter",
    [call("a", "keyed", "reject", { onError: "continue" }), make("b", 1)],
    "start -> a -> b",
  ),
  flow(
    "two beside each other",
    [call("a", "keyed"), call("b", "idempotent"), make("c", ["{{steps.a.output.echo}}", "{{steps.b.output.echo}}"])],
    "start -> a -> c, start -> b -> c",
  ),
  flow(
    "five beside each other",
    ["a", "b", "c", "d", "e"].map((id) => call(id, "keyed")),
    "start -> a, start -> b, start -> c, start -> d, start -> e",
  ),
  flow(
    "a branch that joins again",
    [node("branch", "a", rule("{{trigger.body.n}}", 1)), call("b", "keyed"), call("c", "read"), make("d", 1)],
    "start -> a:true -> b -> d, a:false -> c -> d",
  ),
  flow(
    "a switch",
    [
      node("switch", "a", { cases: [1, 2].map((n) => ({ port: `case-${n}`, name: `${n}`, ...rule("{{trigger.body.n}}", n) })) }),
      call("b", "keyed"),
      call("c", "keyed"),
    ],
    "start -> a:case-1 -> b, a:default -> c",
  ),
  flow(
    "a filter",
    [node("filter", "a", rule("{{trigger.body.n}}", 2)), call("b", "keyed"), call("c", "read")],
    "start -> a -> b, start -> c",
  ),
  flow("a delay", [node("delay", "a", { delayMs: 60_000 }), call("b", "keyed")], "start -> a -> b"),
  flow(
    "a delay beside a call",
    [node("delay", "a", { delayMs: 60_000 }), call("b", "idempotent"), make("c", 1)],
    "start -> a -> c, start -> b -> c",
  ),
  flow(
    "an answer, and more after it",
    [node("respond", "a", { status: 201, body: "{{trigger.body.of}}" }), call("b", "keyed")],
    "start -> a -> b",
  ),
  flow("a wait for an event", [node("wait", "a"), make("b", "{{steps.a.output.body}}")], "start -> a -> b"),
  flow(
    "an approval beside a call",
    [node("approval", "a", { title: "May it?" }), call("b", "keyed"), make("c", 1)],
    "start -> a:approved -> c, start -> b -> c",
  ),
  flow(
    "a deadline that passes",
    [node("delay", "a", { delayMs: 1 }), node("wait", "b", { deadlineMs: 0 }), make("c", 1)],
    "start -> a -> b:timeout -> c",
  ),
  flow(
    "a stored value",
    [
      node("key-value", "a", { operation: "increment", key: "{{trigger.body.of}}" }),
      node("key-value", "b", { operation: "get", key: "{{trigger.body.of}}" }),
    ],
    "start -> a -> b",
  ),
  flow(
    "a value put and deleted",
    [
      node("key-value", "a", { operation: "put", key: "{{trigger.body.of}}", value: { n: 1 } }),
      node("key-value", "b", { operation: "delete", key: "{{trigger.body.of}}" }),
    ],
    "start -> a -> b",
  ),
  flow(
    "once for each key",
    [
      node("once", "a", { key: "{{trigger.body.of}}" }),
      node("once", "b", { key: "{{trigger.body.of}}/b" }),
      call("c", "keyed"),
      call("d", "keyed"),
    ],
    "start -> a:first -> b:first -> c, a:again -> d",
  ),
  flow(
    "a flow that is waited for",
    [
      (child) => step("sub-flow", "a", { flow: child, input: { of: "{{trigger.body.of}}/child", n: 1 } }),
      make("b", "{{steps.a.output.answer.body}}"),
    ],
    "start -> a -> b",
  ),
  flow(
    "a flow that is only started",
    [
      (child) => step("sub-flow", "a", { flow: child, mode: "start", input: { of: "{{trigger.body.of}}/child", n: 1 } }),
      call("b", "keyed"),
    ],
    "start -> a -> b",
  ),
  flow("a stop beside a call", [call("a", "keyed"), node("stop", "b", { message: "enough" })], "start -> a -> b"),
  flow(
    "a loop of pure steps",
    [
      loop("a", [1, 2, 3]),
      make("b", { n: "{{item}}", at: "{{index}}" }, { parent: "a" }),
      make("c", "{{steps.a.output.results}}"),
    ],
    "start -> a:done -> c",
  ),
  flow("a loop of calls, one at a time", [loop("a", [1, 2, 3]), inLoop("a", "b", "keyed")], "start -> a"),
  flow(
    "a loop of calls, all at a time",
    [loop("a", [1, 2, 3, 4], { concurrency: 4 }), inLoop("a", "b", "idempotent"), inLoop("a", "c", "keyed")],
    "start -> a, b -> c",
  ),
  flow("a loop of unsafe calls", [loop("a", [1, 2], { concurrency: 2 }), inLoop("a", "b", "unsafe")], "start -> a"),
  flow(
    "a loop that ends at a failure",
    [loop("a", [1, 2]), inLoop("a", "b", "keyed"), inLoop("a", "c", "read", "reject"), make("d", "{{steps.a.error.code}}")],
    "start -> a:error -> d, b -> c",
  ),
  flow(
    "a loop that goes on after failures",
    [loop("a", [1, 2], { onItemError: "continue" }), inLoop("a", "b", "read", "reject"), make("c", "{{steps.a.output}}")],
    "start -> a:done -> c",
  ),
  flow(
    "a loop that waits",
    [loop("a", [1, 2], { concurrency: 2 }), node("delay", "b", { delayMs: 1_000, parent: "a" }), inLoop("a", "c", "keyed")],
    "start -> a, b -> c",
  ),
  flow(
    "a loop in a loop",
    [
      loop("a", [[1, 2], [3]]),
      loop("b", "{{item}}", { parent: "a" }),
      make("c", "{{item}}", { parent: "b" }),
      make("d", "{{steps.a.output.results}}"),
    ],
    "start -> a:done -> d",
  ),
  flow(
    "a try that goes well",
    [node("try", "a"), call("b", "keyed", "ok", { parent: "a" }), make("c", "{{steps.a.output.echo}}")],
    "start -> a:done -> c",
  ),
  flow(
    "a try that catches",
    [
      node("try", "a"),
      call("b", "keyed", "ok", { parent: "a" }),
      call("c", "read", "reject", { parent: "a" }),
      make("d", "{{steps.a.error.code}}"),
    ],
    "start -> a:error -> d, b -> c",
  ),
  flow(
    "a try in a loop",
    [
      loop("a", [1, 2]),
      node("try", "b", { parent: "a" }),
      inLoop("b", "c", "keyed"),
      inLoop("b", "d", "read", "reject"),
      make("e", 1, { parent: "a" }),
    ],
    "start -> a, c -> d, b:error -> e",
  ),
  flow(
    "code",
    [node("code", "a", { code: "return { n: inputs.n * 2 };", inputs: { n: "{{trigger.body.n}}" } }), call("b", "keyed")],
    "start -> a -> b",
  ),
];

/** What the flows start. */
export const childFlow: CrashFlow = flow(
  "Child",
  [call("a", "keyed"), node("respond", "b", { body: "{{steps.a.output.echo}}" })],
  "start -> a -> b",
);
