import { node, testConnector } from "../../runtime/testing/test-engine.ts";
import type { TestHook } from "../../runtime/testing/test-hook.ts";
import { publishHookFlow } from "../fixtures.ts";
import type { Topology } from "./topology.ts";

/** The status with which the flow itself answers: neither the one for taken events nor the one for late answers. */
export const answeredStatus = 201;

/** What the senders of a campaign post; `pauseMs` only counts where `pause` is true. */
export type TwoCallsBody = { id: string; pause: boolean; pauseMs: number };

/** The calls of both flows, and the paths at which the upstream gets them. */
export const calls = [
  { node: "first", path: "keyed" },
  { node: "second", path: "idempotent" },
] as const;

/** One that sends an idempotency key and one that repeats without harm, with a pause between them for some events. */
export async function publishTwoCalls(topology: Topology, baseUrl: string): Promise<{ plain: TestHook; responding: TestHook }> {
  const connector = { ...testConnector, baseUrl };
  const value = { inputs: { value: "{{trigger.body.id}}" } };
  return topology.beside(async (foundation) => ({
    plain: await publishHookFlow(foundation, {
      name: "Two calls",
      connector,
      nodes: [
        node.call("first", "keyed", value),
        node.branch("check", "{{steps.first.output.value}}", "{{trigger.body.id}}"),
        node.branch("hurry", "{{trigger.body.pause}}", false),
        node.delay("pause", "{{trigger.body.pauseMs}}"),
        node.call("second", "idempotent", value),
        node.transform("never", 0),
        node.transform("shape", { first: "{{steps.first.output.value}}", second: "{{steps.second.output.value}}" }),
      ],
      edges: [
        "event -> first",
        "first -> check",
        "check:true -> hurry",
        "check:false -> never",
        "hurry:true -> second",
        "hurry:false -> pause",
        "pause -> second",
        "second -> shape",
      ],
    }),
    responding: await publishHookFlow(foundation, {
      name: "Two calls and an answer",
      connector,
      answerWithinMs: 2_000,
      nodes: [
        node.call("first", "keyed", value),
        node.respond("answer", { id: "{{steps.first.output.value}}" }, answeredStatus),
        node.call("second", "idempotent", value),
      ],
      edges: ["event -> first", "first -> answer", "answer -> second"],
    }),
  }));
}
