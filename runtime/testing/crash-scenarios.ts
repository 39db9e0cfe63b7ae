import { oneByOne, type Scenario, together } from "./crash-stage.ts";
import { call, loop, make, node, rule, step, writeFlow } from "./write-flow.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const slow = [node("delay", "a", { delayMs: minuteMs }), call("b", "keyed")];
const slowEdges = "start -> a -> b";

/** Waits for an event with its `order` at `pays`, half an hour at the most. */
const correlation = { key: "{{trigger.body.order}}", trigger: "start", path: "pays" };
const paid = writeFlow(
  [node("wait", "a", { correlation, deadlineMs: hourMs / 2 }), call("b", "keyed"), call("c", "unsafe")],
  "start -> a -> b, a:timeout -> c",
);

const inARow = (mode: string, more: ReturnType<typeof call>[] = []) => [
  call("a", "keyed"),
  call("b", "idempotent", mode),
  call("c", "keyed"),
  ...more,
];

/** What takes more than one run, or something from outside while runs go on. */
export const crashScenarios: Scenario[] = [
  {
    name: "runs that wait for their turn, each key for itself",
    comesTo: ["succeeded", "succeeded", "succeeded", "succeeded"],
    most: 1,
    async acts({ publish, send }) {
      const flow = await publish(
        writeFlow(slow, slowEdges, { concurrency: { limit: 1, key: "{{trigger.body.key}}", whenFull: "queue" } }),
      );
      const one = { key: "one" };
      return [
        together(send(flow, "r1", one), send(flow, "r2", one)),
        together(send(flow, "r3", one), send(flow, "r4", { key: "two" })),
      ];
    },
  },
  {
    name: "runs that are dropped where there is no place",
    comesTo: ["succeeded", "canceled", "succeeded"],
    most: 1,
    async acts({ publish, send, pass }) {
      const flow = await publish(writeFlow(slow, slowEdges, { concurrency: { limit: 1, whenFull: "drop" } }));
      return [send(flow, "r1"), send(flow, "r2"), pass(minuteMs), send(flow, "r3")];
    },
  },
  {
    name: "runs that take the places of older ones",
    comesTo: ["canceled", "canceled", "succeeded", "succeeded"],
    most: 2,
    async acts({ publish, send }) {
      const flow = await publish(writeFlow(slow, slowEdges, { concurrency: { limit: 2, whenFull: "cancel-oldest" } }));
      return ["r1", "r2", "r3", "r4"].map((key) => send(flow, key));
    },
  },
  {
    name: "runs that are canceled while they wait for their turn, and while others do",
    comesTo: ["canceled", "canceled", "succeeded"],
    most: 1,
    async acts({ publish, send, cancel }) {
      const flow = await publish(writeFlow(slow, slowEdges, { concurrency: { limit: 1, whenFull: "queue" } }));
      return [send(flow, "r1"), send(flow, "r2"), send(flow, "r3"), cancel(1), cancel(0)];
    },
  },
  {
    name: "sub-flows of a flow with a limit, which does not count them",
    comesTo: ["succeeded", "succeeded", "succeeded", "succeeded"],
    async acts({ publish, send }) {
      const child = await publish(writeFlow(slow, slowEdges, { concurrency: { limit: 1, whenFull: "drop" } }));
      const parent = writeFlow(
        [(id) => step("sub-flow", "s", { flow: id, input: { of: "{{trigger.body.of}}/child" } })],
        "start -> s",
        { child },
      );
      const flow = await publish(parent);
      return [together(send(flow, "r1"), send(flow, "r2"))];
    },
  },
  {
    name: "an event that resumes all that wait for it, and another right after it",
    comesTo: ["succeeded", "succeeded", "succeeded"],
    async acts({ publish, send }) {
      const flow = await publish(paid);
      const order = { order: "A-1" };
      return [
        together(send(flow, "r1", order), send(flow, "r2", order)),
        oneByOne(send(flow, "e1", { pays: "A-1" }), send(flow, "e2", { pays: "A-1" })),
      ];
    },
  },
  {
    name: "an event that comes at the deadline",
    comesTo: ["succeeded", "succeeded"],
    async acts({ publish, send }) {
      const flow = await publish(paid);
      const event = send(flow, "e1", { pays: "A-1" });
      let isOver = false;
      return [
        send(flow, "r1", { order: "A-1" }),
        async (door, passTime) => {
          if (!isOver) passTime(hourMs / 2);
          isOver = true;
          await event(door, passTime);
        },
      ];
    },
  },
  {
    name: "an event that came before the deadline, and a process that comes back after it",
    comesTo: ["succeeded"],
    downMs: hourMs,
    async acts({ publish, send, mark }) {
      const flow = await publish(paid);
      return [send(flow, "r1", { order: "A-1" }), mark(send(flow, "e1", { pays: "A-1" }))];
    },
  },
  {
    name: "a rerun from what failed",
    comesTo: ["failed", "succeeded"],
    calls: ["r1/a", "r1/b", "r1/b'", "r1/c'"],
    async acts({ publish, send, mend, rerun }) {
      const flow = await publish(writeFlow(inARow("broken"), "start -> a -> b -> c"));
      return [send(flow, "r1"), mend, rerun(0, "failed")];
    },
  },
  {
    name: "a rerun from what failed, on a version that has been mended",
    comesTo: ["failed", "succeeded"],
    async acts({ publish, republish, send, rerun }) {
      const flow = await publish(writeFlow(inARow("reject"), "start -> a -> b -> c"));
      const mended = writeFlow(inARow("ok", [call("d", "unsafe")]), "start -> a -> b -> d -> c");
      return [send(flow, "r1"), republish(flow, mended), rerun(0, "failed", "latest")];
    },
  },
  {
    name: "reruns from a step and from the trigger",
    comesTo: ["succeeded", "succeeded", "succeeded"],
    calls: ["r1/a", "r1/a''", "r1/b", "r1/b'", "r1/b''", "r1/c", "r1/c'", "r1/c''"],
    async acts({ publish, send, rerun }) {
      const calls = ["a", "b", "c"].map((id) => call(id, "unsafe"));
      const flow = await publish(writeFlow(calls, "start -> a -> b -> c"));
      return [send(flow, "r1"), rerun(0, { step: "b" }), rerun(1, "trigger")];
    },
  },
  {
    name: "reruns from inside of a loop",
    comesTo: ["failed", "succeeded", "succeeded"],
    calls: ["r1/b.0", "r1/b.1", "r1/b.1'", "r1/b.2'", "r1/c.0", "r1/c.1'", "r1/c.1''", "r1/c.2'"],
    async acts({ publish, send, mend, rerun }) {
      const inside = { parent: "a" };
      const made = [
        loop("a", ["ok", "broken", "ok"]),
        call("b", "keyed", "{{item}}", inside, ".{{index}}"),
        call("c", "idempotent", "ok", inside, ".{{index}}"),
        make("d", "{{steps.a.output}}"),
      ];
      const flow = await publish(writeFlow(made, "start -> a:done -> d, b -> c"));
      return [send(flow, "r1"), mend, rerun(0, "failed"), rerun(1, { step: "c[1]" })];
    },
  },
  {
    name: "an ended run that is deleted beside one that goes on",
    comesTo: ["succeeded"],
    async acts({ publish, send, pass, retain }) {
      const made = [
        node("filter", "a", rule("{{trigger.body.n}}", 1)),
        node("delay", "b", { delayMs: 3 * dayMs }),
        call("c", "keyed"),
      ];
      const flow = await publish(writeFlow(made, "start -> a -> b -> c", { retentionDays: 1 }));
      return [send(flow, "r1"), send(flow, "r2", { n: 1 }), pass(2 * dayMs), retain];
    },
  },
  {
    name: "an error flow",
    comesTo: ["failed", "succeeded"],
    async acts({ publish, send }) {
      const name = { inputs: { name: "{{trigger.body.error.message}}/told", mode: "ok" } };
      const errorFlow = await publish(writeFlow([call("a", "unsafe", "ok", name)], "start -> a"));
      const made = [call("a", "unsafe"), node("stop", "b", { message: "{{trigger.body.of}}" })];
      return [send(await publish(writeFlow(made, "start -> a -> b", { errorFlow })), "r1")];
    },
  },
  {
    name: "a sub-flow that is canceled by the failure of what is around it",
    comesTo: ["succeeded", "canceled"],
    async acts({ publish, send }) {
      const child = await publish(writeFlow([node("delay", "a", { delayMs: hourMs }), call("b", "keyed")], slowEdges));
      const inside = { parent: "t" };
      const made = [
        node("try", "t"),
        (id: string) => step("sub-flow", "s", { flow: id, input: { of: "{{trigger.body.of}}/child" }, ...inside }),
        node("delay", "d", { delayMs: minuteMs, ...inside }),
        call("e", "read", "reject", inside),
        call("f", "unsafe"),
      ];
      return [send(await publish(writeFlow(made, "start -> t:error -> f, d -> e", { child })), "r1")];
    },
  },
];
