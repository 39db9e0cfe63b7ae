import { actionParameters } from "../connector/action-call.ts";
import { typeProblem } from "../connector/build-request.ts";
import type { ConnectorDraft } from "../connector/connector.ts";
import { effectOf } from "../connector/endpoint.ts";
import type { Parameter } from "../connector/parameter.ts";
import type { Json } from "../json.ts";
import { parseTemplate } from "./expression.ts";
import type { NodeProblem } from "./expression-problems.ts";
import type { CallNode } from "./node.ts";

/** What is wrong with a call, given the connectors that it may use, by key: its target, its connection and each of its inputs. */
export function callProblems(node: CallNode, connectors: ReadonlyMap<string, ConnectorDraft>): NodeProblem[] {
  const connector = connectors.get(node.connector);
  if (!connector)
    return [{ field: "connector", code: "unknown_connector", message: `there is no connector "${node.connector}"` }];
  const endpoint = connector.endpoints.find(({ key }) => key === node.endpoint);
  if (!endpoint) {
    const message = `"${connector.name}" has no endpoint "${node.endpoint}"`;
    return [{ field: "endpoint", code: "unknown_endpoint", message }];
  }
  const action = node.action === undefined ? null : connector.actions?.find(({ key }) => key === node.action);
  if (action === undefined || (action && action.endpoint !== node.endpoint)) {
    const message = action
      ? `the action "${action.name}" calls another endpoint by now: choose it again`
      : `"${connector.name}" has no action "${node.action}"`;
    return [{ field: "action", code: "unknown_action", message }];
  }
  const problems: NodeProblem[] = [];
  if (node.allPages && (!endpoint.pagination || effectOf(endpoint) !== "read")) {
    const message = endpoint.pagination
      ? `"${endpoint.name}" may change something: its pages are not fetched one after the other`
      : `"${endpoint.name}" says nothing of pages: add a pagination to it`;
    problems.push({ field: "allPages", code: "no_pages", message });
  }
  if (connector.auth.kind !== "none" && node.connection === null) {
    const message = `choose a connection: "${connector.name}" needs one`;
    problems.push({ field: "connection", code: "missing_connection", message });
  }
  const parameters = action ? actionParameters(action, endpoint) : endpoint.parameters;
  for (const key of Object.keys(node.inputs))
    if (!parameters.some((parameter) => parameter.key === key)) {
      const message = `"${action?.name ?? endpoint.name}" has no parameter "${key}"`;
      problems.push({ field: `inputs.${key}`, code: "unknown_input", message });
    }
  for (const parameter of parameters) {
    const value = Object.hasOwn(node.inputs, parameter.key) ? node.inputs[parameter.key] : undefined;
    const problem = inputProblem(parameter, value);
    if (problem) problems.push({ field: `inputs.${parameter.key}`, ...problem });
  }
  return problems;
}

function inputProblem(parameter: Parameter, value: Json | undefined): Omit<NodeProblem, "field"> | null {
  const { name } = parameter;
  // No path has an empty segment.
  if (value === undefined || value === null || (value === "" && parameter.in === "path")) {
    const missing = parameter.required && (parameter.default === undefined || parameter.default === null || value === "");
    return missing ? { code: "missing_input", message: `"${name}" is required` } : null;
  }
  if (isOpen(value)) return null;
  if (isJsonText(parameter, value))
    return { code: "wrong_type", message: `"${name}" must be ${parameter.type}, but was entered as text: enter it as JSON` };
  const wrong = typeProblem(parameter, value);
  if (wrong) return { code: "wrong_type", message: wrong };
  return isListed(parameter, value)
    ? null
    : { code: "not_in_list", message: `"${name}" must be one of the values in its list, not ${JSON.stringify(value)}` };
}

/** Only a run tells what a whole-value expression gives; a text with placeholders in it stays a text. */
function isOpen(value: Json): boolean {
  if (typeof value !== "string" || !value.includes("{{")) return false;
  const template = parseTemplate(value);
  return "problem" in template || template.whole !== null || template.jsonata !== undefined;
}

function isJsonText({ type }: Parameter, value: Json): boolean {
  if (typeof value !== "string" || (type !== "array" && type !== "object")) return false;
  return (type === "array" ? /^\s*\[.*\]\s*$/s : /^\s*\{.*\}\s*$/s).test(value);
}

function isListed({ link, in: place }: Parameter, value: Json): boolean {
  if (link?.kind !== "static" || link.allowCustom) return true;
  const listed = (item: Json) =>
    // Outside the body everything is text.
    link.values.some((known) => known.value === item || (place !== "body" && String(known.value) === String(item)));
  const items = Array.isArray(value) ? value : [value];
  return items.every((item) => listed(item) || (typeof item === "string" && item.includes("{{")));
}
