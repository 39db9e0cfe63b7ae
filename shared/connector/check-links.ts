import { parsePath } from "../flow/expression.ts";
import type { ConnectorDraft } from "./connector.ts";
import { type Endpoint, effectOf } from "./endpoint.ts";
import { parseLabel } from "./link-label.ts";
import type { DynamicLink } from "./parameter-link.ts";

/** `field`: a path within the endpoint, e.g. `parameters.1.link.endpoint`. */
export type LinkProblem = { endpoint: string; field: string; message: string };

/** The first parameter link that cannot work: its endpoint is no read, or an argument comes from nowhere or from itself. */
export function linkProblem({ endpoints }: Pick<ConnectorDraft, "endpoints">): LinkProblem | null {
  const byKey = new Map(endpoints.map((endpoint) => [endpoint.key, endpoint]));
  for (const endpoint of endpoints) {
    const problem = endpointLinkProblem(endpoint, byKey);
    if (problem) return problem;
  }
  return null;
}

/** The first of an endpoint's own links that cannot work; those of others do not bear on it. */
export function endpointLinkProblem(endpoint: Endpoint, byKey: Map<string, Endpoint>): LinkProblem | null {
  for (const [index, { link, name }] of endpoint.parameters.entries()) {
    if (link?.kind !== "dynamic") continue;
    const found = dynamicProblem(endpoint, link, byKey);
    if (found)
      return {
        endpoint: endpoint.key,
        field: `parameters.${index}.link.${found.field}`,
        message: `the link of "${name}": ${found.message}`,
      };
  }
  return circleProblem(endpoint);
}

function dynamicProblem(
  endpoint: Endpoint,
  link: DynamicLink,
  byKey: Map<string, Endpoint>,
): { field: string; message: string } | null {
  const linked = byKey.get(link.endpoint);
  if (!linked) return { field: "endpoint", message: `there is no endpoint "${link.endpoint}"` };
  if (effectOf(linked) !== "read")
    return {
      field: "endpoint",
      message: `"${linked.name}" may change something; choose one that only reads, or mark it as a read`,
    };
  for (const field of ["items", "value", "disabledWhen"] as const) {
    const path = link[field];
    if (path && !parsePath(path)) return { field, message: `"${path}" is not a path` };
  }
  for (const field of ["label", "description"] as const) {
    const parsed = link[field] ? parseLabel(link[field]) : [];
    if ("problem" in parsed)
      return { field, message: `"${parsed.problem}" is neither a path nor a text with paths in braces, e.g. {name} ({key})` };
  }
  for (const [key, argument] of Object.entries(link.args)) {
    if (!linked.parameters.some((parameter) => parameter.key === key))
      return { field: `args.${key}`, message: `"${linked.name}" has no parameter "${key}"` };
    if ("from" in argument && !endpoint.parameters.some((parameter) => parameter.key === argument.from))
      return { field: `args.${key}`, message: `"${endpoint.name}" has no parameter "${argument.from}"` };
  }
  if (link.search !== undefined && !linked.parameters.some(({ key }) => key === link.search))
    return { field: "search", message: `"${linked.name}" has no parameter "${link.search}"` };
  if (link.searchMinimum !== undefined && link.search === undefined)
    return { field: "searchMinimum", message: "it says how much is to be typed, but no search parameter takes it" };
  return link.resolve ? resolveProblem(link.resolve, byKey) : null;
}

function resolveProblem(
  { endpoint: key, argument, item }: NonNullable<DynamicLink["resolve"]>,
  byKey: Map<string, Endpoint>,
): { field: string; message: string } | null {
  const finds = byKey.get(key);
  if (!finds) return { field: "resolve.endpoint", message: `there is no endpoint "${key}"` };
  if (effectOf(finds) !== "read")
    return { field: "resolve.endpoint", message: `"${finds.name}" may change something, so it cannot look up a value` };
  if (!finds.parameters.some((parameter) => parameter.key === argument))
    return { field: "resolve.argument", message: `"${finds.name}" has no parameter "${argument}"` };
  return item && !parsePath(item) ? { field: "resolve.item", message: `"${item}" is not a path` } : null;
}

/** Lists that need each other's choice could never be shown. */
function circleProblem({ key: endpoint, parameters }: Endpoint): LinkProblem | null {
  const needs = new Map<string, string[]>();
  for (const { key, link } of parameters) {
    if (link?.kind !== "dynamic") continue;
    needs.set(key, [
      ...(needs.get(key) ?? []),
      ...Object.values(link.args).flatMap((argument) => ("from" in argument ? argument.from : [])),
    ]);
  }
  for (const [index, { key, name }] of parameters.entries()) {
    const reached = new Set(needs.get(key));
    for (const next of reached) for (const further of needs.get(next) ?? []) reached.add(further);
    if (reached.has(key))
      return {
        endpoint,
        field: `parameters.${index}.link.args`,
        message: `the link of "${name}" needs its own value, by way of ${[...reached].join(", ")}`,
      };
  }
  return null;
}
