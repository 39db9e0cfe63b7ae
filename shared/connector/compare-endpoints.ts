import type { Json } from "../json.ts";
import { type Endpoint, effectOf } from "./endpoint.ts";
import type { Parameter } from "./parameter.ts";

/** What differs between two forms of an endpoint, in words; `breaking`: what a step that fits the first may not survive. */
export type EndpointDifference = { details: string[]; breaking: string[] };

/** Compares what callers see of an endpoint: its request, its effect and its answer. Texts count as details. */
export function compareEndpoints(before: Endpoint, after: Endpoint): EndpointDifference {
  const difference: EndpointDifference = { details: [], breaking: [] };
  const { details, breaking } = difference;
  if (before.method !== after.method || before.path !== after.path)
    details.push(`it is ${after.method} ${after.path} now, and was ${before.method} ${before.path}`);
  if (before.name !== after.name) details.push(`it is called "${after.name}" now`);
  if ((before.description ?? "") !== (after.description ?? "")) details.push("its description changed");
  if (effectOf(before) !== effectOf(after)) breaking.push(`its effect is ${effectOf(after)} now, and was ${effectOf(before)}`);
  if ((before.body?.as ?? "json") !== (after.body?.as ?? "json"))
    details.push(`its body is sent as ${after.body?.as ?? "json"} now`);
  if (!same(before.pagination, after.pagination)) details.push("its pagination changed");
  compareParameters(before.parameters, after.parameters, difference);
  compareAnswers(before.responseSchema, after.responseSchema, difference);
  return difference;
}

function compareParameters(before: Parameter[], after: Parameter[], { details, breaking }: EndpointDifference): void {
  const known = new Map(before.map((parameter) => [parameter.key, parameter]));
  const kept = new Set(after.map(({ key }) => key));
  for (const { key, name } of before) if (!kept.has(key)) breaking.push(`the parameter "${name}" is gone`);
  for (const parameter of after) {
    const old = known.get(parameter.key);
    const demanded = parameter.required && parameter.default === undefined;
    if (!old) {
      if (demanded) breaking.push(`the parameter "${parameter.name}" is new, and required`);
      else details.push(`the parameter "${parameter.name}" is new`);
      continue;
    }
    if (demanded && !(old.required && old.default === undefined)) breaking.push(`"${parameter.name}" is required now`);
    if (old.type !== parameter.type) breaking.push(`"${parameter.name}" is ${parameter.type} now, and was ${old.type}`);
    if (old.in !== parameter.in) details.push(`"${parameter.name}" is sent in the ${parameter.in} now`);
    if (!same(old.default, parameter.default)) details.push(`the default of "${parameter.name}" changed`);
    if (!same(old.link, parameter.link)) details.push(`the list of "${parameter.name}" changed`);
  }
}

function compareAnswers(before: Json | undefined, after: Json | undefined, { details, breaking }: EndpointDifference): void {
  if (same(before, after)) return;
  const gone = [...pathsOf(before)].filter((path) => !pathsOf(after).has(path));
  // Where nothing is known of the new answer, nothing is known to be gone.
  if (after !== undefined && gone.length > 0)
    breaking.push(
      `its answer no longer has ${gone.slice(0, 5).join(", ")}${gone.length > 5 ? ` and ${gone.length - 5} more` : ""}`,
    );
  else details.push("the schema of its answer changed");
}

/** Paths of the declared fields, outer ones included; the items of a list are `[]`. */
function pathsOf(schema: Json | undefined, path = "", depth = 0): Set<string> {
  const found = new Set<string>();
  if (typeof schema !== "object" || schema === null || Array.isArray(schema) || depth > 12) return found;
  const { properties, items } = schema;
  if (typeof properties === "object" && properties !== null && !Array.isArray(properties))
    for (const [name, inner] of Object.entries(properties)) {
      const own = path === "" ? name : `${path}.${name}`;
      found.add(own);
      for (const deeper of pathsOf(inner, own, depth + 1)) found.add(deeper);
    }
  if (items !== undefined) for (const deeper of pathsOf(items, `${path}[]`, depth + 1)) found.add(deeper);
  return found;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
