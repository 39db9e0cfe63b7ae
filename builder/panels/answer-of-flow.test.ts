import { expect, it } from "vitest";
import type { Flow } from "../../shared/flow/flow.ts";
import { validateFlow } from "../../shared/flow/validate-flow.ts";
import type { Json } from "../../shared/json.ts";
import { answerOfFlow } from "./answer-of-flow.ts";

const position = { x: 0, y: 0 };
const trigger: Flow["nodes"][number] = { id: "start", name: "Start", kind: "manual-trigger", sample: { n: 1 }, position };
const edge = (source: string, target: string) => ({ id: `${source}-${target}`, source, port: "out", target });

function answering(body: Json): Flow {
  const respond: Flow["nodes"][number] = { id: "say", name: "Say", kind: "respond", status: 200, headers: {}, body, position };
  return { schemaVersion: 1, nodes: [trigger, respond], edges: [edge("start", "say")] };
}

/** What is wrong with a flow that reads a path of the answer of another. */
function problemsOf(answers: Flow, path: string) {
  const ask: Flow["nodes"][number] = {
    id: "ask",
    name: "Ask",
    kind: "sub-flow",
    flow: "flw_2",
    mode: "wait",
    input: {},
    position,
  };
  const use: Flow["nodes"][number] = { id: "use", name: "Use", kind: "transform", output: { found: `{{${path}}}` }, position };
  const flow: Flow = { schemaVersion: 1, nodes: [trigger, ask, use], edges: [edge("start", "ask"), edge("ask", "use")] };
  const answer = answerOfFlow(answers);
  const flows = new Map([["flw_2", { name: "Other", ...(answer !== undefined && { answer }) }]]);
  return validateFlow(flow, undefined, { flows }).map(({ code, severity }) => [code, severity]);
}

it("tells what a started flow answers: another path is a warning, for it may be published anew", () => {
  const flow = answering({ customer: { name: "{{trigger.body.n}}" } });
  expect(problemsOf(flow, "steps.ask.output.answer.body.customer.name")).toEqual([]);
  expect(problemsOf(flow, "steps.ask.output.answer.body.customer.nam")).toEqual([["unknown_path", "warning"]]);
  expect(problemsOf(flow, "steps.ask.output.answr")).toEqual([["unknown_path", "error"]]);
});

it("says nothing of a flow that answers nothing, or whatever came", () => {
  expect(answerOfFlow({ schemaVersion: 1, nodes: [trigger], edges: [] })).toBeUndefined();
  expect(problemsOf(answering("{{trigger.body}}"), "steps.ask.output.answer.body.anything")).toEqual([
    ["unknown_path", "warning"],
  ]);
  expect(problemsOf(answering("{{trigger.headers}}"), "steps.ask.output.answer.body.anything")).toEqual([]);
});
