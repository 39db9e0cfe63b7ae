import type { Assertion, Endpoint } from "../../../shared/connector/endpoint.ts";
import { flattenParameters, responseParameters } from "../../../shared/connector/response-parameters.ts";
import { parsePath } from "../../../shared/flow/expression.ts";
import type { Json } from "../../../shared/json.ts";
import { pathText } from "../../ui/json-rows.ts";

/** A value as it is typed: JSON where it reads as JSON, else the text itself. */
export function valueOfText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** How a value is typed so that it is read again as it is. */
export function textOfValue(value: Json): string {
  return typeof value === "string" && valueOfText(value) === value ? value : JSON.stringify(value);
}

/** What is wrong with an assertion, in a sentence; null when it can be checked. */
export function assertionProblem(assertion: Assertion, { responseSchema }: Pick<Endpoint, "responseSchema">): string | null {
  switch (assertion.kind) {
    case "status":
      return null;
    case "value":
      if (assertion.path.trim() === "") return "Enter a path in the answer.";
      return parsePath(assertion.path.replace(/^\$\.?/, "")) ? null : `“${assertion.path}” is not a path, e.g. data[0].id.`;
    case "schema":
      return responseSchema === undefined ? "There is no response schema yet: pull parameters first." : null;
  }
}

/** Where an answer has values, at most so many: what a path may be chosen from. */
export function valuePaths({ responseSchema, responseSample }: Endpoint, most = 200): string[] {
  return flattenParameters(responseParameters(responseSchema, responseSample))
    .slice(0, most)
    .map(({ path }) => pathText("", path));
}
