import type { Endpoint } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";

/**
 * An endpoint whose path was written as people copy it: a URL below the base URL loses it, and query parameters with values become
 * parameters with defaults (Zoom Connect: "query parameters with values written on the path become defaults of the method").
 * Anything else stays as it was written.
 */
export function withWrittenPath(endpoint: Endpoint, baseUrl: string): Endpoint {
  const base = baseUrl.replace(/\/+$/, "");
  const below = base !== "" && endpoint.path.startsWith(`${base}/`) ? endpoint.path.slice(base.length) : endpoint.path;
  const at = below.indexOf("?");
  if (at < 0) return below === endpoint.path ? endpoint : { ...endpoint, path: below };
  const defaults = writtenQuery(below.slice(at + 1));
  const known = (key: string) => endpoint.parameters.some((parameter) => parameter.in === "query" && parameter.key === key);
  const kept = endpoint.parameters.map((parameter) =>
    parameter.in === "query" && defaults.has(parameter.key)
      ? withDefault(parameter, defaults.get(parameter.key) ?? "")
      : parameter,
  );
  const added = [...defaults].flatMap(([key, value]): Parameter[] =>
    known(key) ? [] : [withDefault({ key, name: key, in: "query", type: "string", required: false }, value)],
  );
  return { ...endpoint, path: below.slice(0, at), parameters: [...kept, ...added] };
}

/** Names and values of a query, decoded; the last value of a name counts. */
function writtenQuery(query: string): Map<string, string> {
  const pairs = query.split("&").map((pair): [string, string] => {
    const [key = "", ...value] = pair.split("=");
    return [decoded(key), decoded(value.join("="))];
  });
  return new Map(pairs.filter(([key]) => key !== ""));
}

function decoded(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A lone % is no escape: it was typed as it stands.
    return spaced;
  }
}

/** A parameter that was written without a value gets no default. */
function withDefault(parameter: Parameter, value: string): Parameter {
  return value === "" ? parameter : { ...parameter, default: value };
}
