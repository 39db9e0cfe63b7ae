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
  const written = [...new URLSearchParams(below.slice(at + 1))].filter(([key]) => key !== "");
  const known = (key: string) => endpoint.parameters.some((parameter) => parameter.in === "query" && parameter.key === key);
  const defaults = new Map(written);
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

/** A parameter that was written without a value gets no default. */
function withDefault(parameter: Parameter, value: string): Parameter {
  return value === "" ? parameter : { ...parameter, default: value };
}
