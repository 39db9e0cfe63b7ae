import type { Json } from "../json.ts";
import type { Endpoint } from "./endpoint.ts";
import { FileValue, type Parameter } from "./parameter.ts";
import { fillPath } from "./path-template.ts";
import { headerText, pairsOf, pathText, percentEncode, textOf } from "./serialize-value.ts";

/** One part of a multipart body: a text, or a file given by its bytes or its text. */
export type BodyPart =
  | { name: string; value: string; type?: string }
  | { name: string; file: FileValue | { name: string; type: string; text: string } };

/**
 * A call as it will be sent, before credentials are added: what the journal's intent holds. `encoding` left out: `body` is JSON; `form`
 * and `raw`: it is the text itself; `multipart`: it is the list of parts.
 */
export type RequestToSend = {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: Json | null;
  encoding?: "form" | "multipart" | "raw";
};
export type RequestProblem = { parameter: string; message: string };

type Parts = {
  path: Map<string, string>;
  query: string[];
  headers: Record<string, string>;
  cookies: string[];
  body: [Parameter, Json][];
};

/** Builds the request of an endpoint from filled-in inputs, by parameter key. Absent optional inputs are left out. */
export function buildRequest(
  endpoint: Endpoint,
  baseUrl: string,
  inputs: Record<string, Json | undefined>,
): { request: RequestToSend } | { problems: RequestProblem[] } {
  const problems: RequestProblem[] = [];
  const parts: Parts = { path: new Map(), query: [], headers: {}, cookies: [], body: [] };
  for (const parameter of endpoint.parameters) {
    // Own inputs only: a parameter may be called "constructor".
    const value = (Object.hasOwn(inputs, parameter.key) ? inputs[parameter.key] : undefined) ?? parameter.default;
    if (value === undefined || value === null) {
      if (parameter.required) problems.push({ parameter: parameter.key, message: `"${parameter.name}" is required` });
      continue;
    }
    const problem = typeProblem(parameter, value);
    if (problem) problems.push({ parameter: parameter.key, message: problem });
    else place(parts, parameter, value);
  }
  const { headers, query } = parts;
  if (parts.cookies.length > 0) headers.cookie = parts.cookies.join("; ");
  for (const [name, value] of Object.entries(headers))
    if (!/^[\x20-\x7e\t]*$/.test(value))
      problems.push({ parameter: name, message: `"${name}" has a character that no header may hold` });
  const filled = fillPath(endpoint.path, parts.path);
  if ("missing" in filled)
    problems.push({ parameter: filled.missing, message: `the path needs a value for "${filled.missing}"` });
  if (problems.length > 0 || "missing" in filled) return { problems };
  // The path of an endpoint may carry a fixed query of its own.
  const joint = filled.path.includes("?") ? "&" : "?";
  const url = baseUrl.replace(/\/+$/, "") + filled.path + (query.length > 0 ? joint + query.join("&") : "");
  const body = bodyOf(endpoint, parts.body);
  return { request: { method: endpoint.method, url, headers: { ...typeOfBody(endpoint, body), ...headers }, ...body } };
}

/** The content type that the endpoint declares for its body; that of parts has a boundary which only the encoder knows. */
function typeOfBody(endpoint: Endpoint, { body, encoding }: Pick<RequestToSend, "body" | "encoding">): Record<string, string> {
  const contentType = endpoint.body?.contentType;
  return contentType === undefined || body === null || encoding === "multipart" ? {} : { "content-type": contentType };
}

function place(parts: Parts, parameter: Parameter, value: Json): void {
  const name = parameter.wireName ?? parameter.key;
  switch (parameter.in) {
    case "path": {
      const text = pathText(name, value, parameter);
      // The path names a parameter by its key.
      if (text !== null) parts.path.set(parameter.key, text);
      return;
    }
    case "query":
      parts.query.push(...pairsOf(name, value, parameter, "query").map(encodedPair));
      return;
    case "cookie":
      parts.cookies.push(...pairsOf(name, value, parameter, "query").map(encodedPair));
      return;
    case "header":
      parts.headers[name.toLowerCase()] = headerText(value, parameter);
      return;
    case "body":
      parts.body.push([parameter, value]);
  }
}

function encodedPair([name, value]: [string, string]): string {
  return `${percentEncode(name)}=${percentEncode(value)}`;
}

/** In a form a space is a plus (WHATWG URL, application/x-www-form-urlencoded). */
function formPair(pair: [string, string]): string {
  return encodedPair(pair).replaceAll("%20", "+");
}

/** The body in the form that the endpoint declares; null where it has none. */
function bodyOf(endpoint: Endpoint, given: [Parameter, Json][]): Pick<RequestToSend, "body" | "encoding"> {
  const declared = endpoint.parameters.some((parameter) => parameter.in === "body");
  if (endpoint.method === "GET" || !declared) return { body: null };
  const named = given.map(([parameter, value]) => [parameter.wireName ?? parameter.key, value, parameter] as const);
  switch (endpoint.body?.as ?? "json") {
    case "json":
      // fromEntries defines own properties, so a field "__proto__" is sent like any other.
      return { body: Object.fromEntries(named.map(([name, value]) => [name, value])) };
    case "value":
      return { body: given[0]?.[1] ?? null };
    case "raw":
      return given[0] ? { body: textOf(given[0][1]), encoding: "raw" } : { body: null };
    case "form":
      return {
        body: named
          .flatMap(([name, value, parameter]) => pairsOf(name, value, parameter, "form"))
          .map(formPair)
          .join("&"),
        encoding: "form",
      };
    case "multipart":
      return { body: named.flatMap(([name, value, parameter]) => bodyParts(name, value, parameter)), encoding: "multipart" };
  }
}

/** Lists are repeated parts, objects are JSON (OpenAPI 3.1, 4.8.14.4). */
function bodyParts(name: string, value: Json, parameter: Parameter): BodyPart[] {
  if (Array.isArray(value)) return value.flatMap((item) => bodyParts(name, item, parameter));
  if (typeof value !== "object" || value === null)
    return parameter.file
      ? [{ name, file: { name: parameter.key, type: "text/plain", text: textOf(value) } }]
      : [{ name, value: textOf(value) }];
  const file = parameter.file ? FileValue.safeParse(value) : null;
  return file?.success ? [{ name, file: file.data }] : [{ name, value: JSON.stringify(value), type: "application/json" }];
}

/** Why a value is not of a parameter's type, in a sentence; null when it is. */
export function typeProblem(parameter: Parameter, value: Json): string | null {
  const actual = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  if (parameter.file && actual === "object")
    return FileValue.safeParse(value).success ? null : `"${parameter.name}" must be a text or a file {name, type, base64}`;
  const fits =
    parameter.type === actual ||
    (parameter.type === "integer" && Number.isInteger(value)) ||
    // Outside the body everything is text, and templates give text.
    (parameter.in !== "body" && actual !== "object" && actual !== "array");
  return fits ? null : `"${parameter.name}" must be ${parameter.type}, not ${actual}`;
}
