import { expect, it } from "vitest";
import { AppError } from "../../shared/app-error.ts";
import type { CodePool } from "../expressions/code-pool.ts";
import type { JsonataPool } from "../expressions/jsonata-pool.ts";
import { type CrashPlan, neverCrash, startCrashRuntime } from "../testing/crash-runtime.ts";
import { play, type Scenario } from "../testing/crash-stage.ts";
import { call, loop, type Made, make, node, writeFlow } from "../testing/write-flow.ts";

type Evaluate = JsonataPool["evaluate"];
const code: Pick<CodePool, "run"> = { run: () => Promise.reject(new AppError("internal", "no code here")) };
const rejects: Evaluate = () => Promise.reject(new AppError("internal", "no process could be started"));
const throws: Evaluate = () => {
  throw new TypeError("a fault of ours");
};

const result = "{{= $sum([1, 2]) }}";
const inside = { parent: "a" };
const ofPure = make("b", "{{item}}", inside);
const ofCalls = call("b", "keyed", "ok", inside, ".{{index}}");

/** What contains `b`, and what comes after its `error` and `done`. */
function scenarioOf(container: Made, inner: Made): Scenario {
  const after = [make("c", { failed: "{{steps.a.error}}" }), make("d", { gave: "{{steps.a.output}}" })];
  const flow = writeFlow([container, inner, ...after], "start -> a:error -> c, a:done -> d");
  return {
    name: "a result",
    comesTo: ["succeeded"],
    acts: async ({ publish, send, pass }) => [send(await publish(flow), "r1"), pass(1_000)],
  };
}

async function performed(evaluate: Evaluate, scenario: Scenario, plans: CrashPlan[] = [neverCrash]) {
  const runtime = await startCrashRuntime({ jsonata: { evaluate }, code });
  const played = [];
  for (const [at, plan] of plans.entries()) {
    const first = runtime.points;
    played.push(await play(runtime, scenario, `n${at}`, (point) => plan(point - first)));
  }
  await runtime.close();
  return { played, reports: runtime.oracle.faults.map(String), repeated: runtime.oracle.repeated };
}

const containers: [string, Made, Made][] = [
  ["a try", node("try", "a", { result }), make("b", 1, inside)],
  ["a loop of pure steps", loop("a", [1, 2], { result }), ofPure],
  ["a loop of calls", loop("a", [1, 2], { result, concurrency: 2 }), ofCalls],
];
const cases = containers.flatMap((each) => [["rejects", ...each] as const, ["throws", ...each] as const]);

it.each(cases)("an evaluation that %s fails %s that asked for it, and nothing else", async (how, _, container, inner) => {
  const evaluate = how === "rejects" ? rejects : throws;
  const { played, reports } = await performed(evaluate, scenarioOf(container, inner));
  expect(played[0]).toMatchObject({ stuck: [], faults: [], statuses: ["succeeded"] });
  expect(JSON.parse(played[0]?.outcome ?? "")[1].steps).toEqual(
    expect.arrayContaining([
      ["a", expect.objectContaining({ status: "failed", error: { code: "internal", node: "a" } })],
      ["c", expect.objectContaining({ status: "succeeded" })],
      ["d", expect.objectContaining({ status: "skipped" })],
    ]),
  );
  // The operator reads why, and people do not.
  expect(reports[0]).toMatch(/no process|a fault of ours/);
  expect(played[0]?.outcome).not.toMatch(/no process|a fault of ours/);
});

it.each([ofPure, ofCalls])("a loop that goes on after failures goes on after those of its result", async (inner) => {
  let asked = 0;
  const second: Evaluate = async () => {
    asked += 1;
    if (asked === 2) throw new TypeError("a fault of ours");
    return [{ outcome: "value", value: asked }];
  };
  const { played } = await performed(second, scenarioOf(loop("a", [1, 2, 3], { result, onItemError: "continue" }), inner));
  const steps = new Map<string, { output: unknown }>(JSON.parse(played[0]?.outcome ?? "")[1].steps);
  expect(steps.get("a")?.output).toEqual({
    results: [1, null, 3],
    errors: [{ index: 1, error: expect.objectContaining({ code: "internal", node: "a" }) }],
    count: 3,
  });
});

it.each(containers)("what %s gives comes to the same failure after a crash anywhere", async (_, container, inner) => {
  const points = Array.from({ length: 6 }, (_, at) => at + 1);
  const plans = points.map(
    (at): CrashPlan =>
      (point) =>
        point === at ? "before" : null,
  );
  const { played, repeated } = await performed(rejects, scenarioOf(container, inner), [neverCrash, ...plans]);
  const [calm, ...rough] = played;
  expect(rough.filter(({ crashes }) => crashes === 1).length).toBeGreaterThan(2);
  for (const { stuck, faults, outcome } of rough)
    expect({ stuck, faults, outcome: outcome.replaceAll(/n\d/g, "n0") }).toEqual({
      stuck: [],
      faults: [],
      outcome: calm?.outcome,
    });
  expect(repeated).toEqual([]);
});

it.each(containers)(
  "what %s gives is asked for again where the processes are only being stopped",
  async (_, container, inner) => {
    let asked = 0;
    const later: Evaluate = async () => {
      asked += 1;
      if (asked === 1) throw new AppError("unavailable", "the server is stopping");
      return [{ outcome: "value", value: 3 }];
    };
    const { played } = await performed(later, scenarioOf(container, inner));
    expect(played[0]).toMatchObject({ stuck: [], faults: [], statuses: ["succeeded"] });
    expect(played[0]?.outcome).toContain('["c",{"status":"skipped"');
    expect(played[0]?.outcome).toContain('["d",{"status":"succeeded"');
  },
);
