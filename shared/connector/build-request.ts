import type { Json } from "../json.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";
import { fillPath } from "./path-template.ts";

/** A call as it will be sent, before credentials are added: what the journal's intent holds. */
export type RequestToSend = { method: string; url: string; headers: Record<string, string>; body: Json | null };
export type RequestProblem = { parameter: string; message: string };

/** Builds the request of an endpoint from filled-in inputs, by parameter key. Absent optional inputs are left out. */
export function buildRequest(
  endpoint: Endpoint,
  baseUrl: string,
  inputs: Record<string, Json | undefined>,
): { request: RequestToSend } | { problems: RequestProblem[] } {
  const problems: RequestProblem[] = [];
  const path = new Map<string, string>();
  const query: string[] = [];
  const headers: Record<string, string> = {};
  const body: [string, Json][] = [];
  for (const parameter of endpoint.parameters) {
    // Own inputs only: a parameter may be called "constructor".
    const value = (Object.hasOwn(inputs, parameter.key) ? inputs[parameter.key] : undefined) ?? parameter.default;
    if (value === undefined || value === null) {
      if (parameter.required) problems.push({ parameter: parameter.key, message: `"${parameter.name}" is required` });
      continue;
    }
    const problem = typeProblem(parameter, value);
    if (problem) problems.push({ parameter: parameter.key, message: problem });
    else if (parameter.in === "body") body.push([parameter.key, value]);
    else if (parameter.in === "query") query.push(...queryPairs(parameter.key, value));
    else if (parameter.in === "path") path.set(parameter.key, text(value));
    else headers[parameter.key.toLowerCase()] = text(value);
  }
  for (const [name, value] of Object.entries(headers))
    if (!/^[\x20-\x7e\t]*$/.test(value))
      problems.push({ parameter: name, message: `"${name}" has a character that no header may hold` });
  const filled = fillPath(endpoint.path, path);
  if ("missing" in filled)
    problems.push({ parameter: filled.missing, message: `the path needs a value for "${filled.missing}"` });
  if (problems.length > 0 || "missing" in filled) return { problems };
  // The path of an endpoint may carry a fixed query of its own.
  const joint = filled.path.includes("?") ? "&" : "?";
  const url = baseUrl.replace(/\/+$/, "") + filled.path + (query.length > 0 ? joint + query.join("&") : "");
  const hasBody = endpoint.method !== "GET" && endpoint.parameters.some((parameter) => parameter.in === "body");
  // fromEntries defines own properties, so a field "__proto__" is sent like any other.
  return { request: { method: endpoint.method, url, headers, body: hasBody ? Object.fromEntries(body) : null } };
}

/** Why a value is not of a parameter's type, in a sentence; null when it is. */
export function typeProblem(parameter: Parameter, value: Json): string | null {
  const actual = Array.isArray(value) ? "array" : typeof value;
  const fits =
    parameter.type === actual ||
    (parameter.type === "integer" && Number.isInteger(value)) ||
    // Outside the body everything is text, and templates give text.
    (parameter.in !== "body" && actual !== "object" && actual !== "array");
  return fits ? null : `"${parameter.name}" must be ${parameter.type}, not ${actual}`;
}

/** Arrays repeat their name, as OpenAPI's default style `form`, explode true. */
function queryPairs(key: string, value: Json): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.map((item) => `${encodeURIComponent(key.toWellFormed())}=${encodeURIComponent(text(item).toWellFormed())}`);
}

function text(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
