import { isReservedHeader } from "../../../shared/event/reserved-header.ts";
import type { RespondNode } from "../../../shared/flow/node.ts";
import type { Json } from "../../../shared/json.ts";
import { compileValue } from "../../expressions/resolve-template.ts";
import { compileOnce } from "../compile-once.ts";
import { withValue } from "../resolve-value.ts";
import { failed, place, type StepContext, type StepHandler, type StepOutcome } from "../step.ts";

const compile = compileOnce((node: RespondNode) => compileValue({ headers: node.headers, body: node.body }));

/** Answers the sender of the event. The first answer of a run wins; a later one is only this step's output. */
export const respond: StepHandler<RespondNode> = (node, context) =>
  withValue({ node, context, compiled: compile(node) }, (value) => {
    // What was compiled is an object of these two.
    const { headers = {}, body = null } = value as { headers?: Json; body?: Json };
    return answer(node, { headers: textValues(headers), body }, context);
  });

type Answer = { headers: Record<string, string>; body: Json };

function answer(node: RespondNode, { headers, body }: Answer, { journal, path }: StepContext): StepOutcome {
  const bad = Object.entries(headers).find(
    ([name, value]) => !headerName.test(name) || !headerValue.test(value) || isReservedHeader(name),
  );
  if (bad) return failed("invalid_input", `"${bad[0]}" is not a header that an answer may set`);
  const output = { status: node.status, headers, body };
  if (journal.view.answer) return { outcome: "succeeded", ports: ["out"], values: { output } };
  journal.add({ kind: "run-answered", ...place(node.id, path), status: node.status }, { output });
  return { outcome: "succeeded", ports: ["out"], values: {} };
}

/** RFC 9110, 5.1 and 5.5; what frames the message or belongs to our origin is not the flow's to set. */
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const headerValue = /^[\x20-\x7e\t]*$/;

function textValues(value: Json | undefined): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, typeof inner === "string" ? inner : JSON.stringify(inner)]),
  );
}
