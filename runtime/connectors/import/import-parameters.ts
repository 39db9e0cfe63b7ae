import { type AuthScheme, apiKeysOf } from "../../../shared/connector/auth-scheme.ts";
import type { Parameter, ParameterStyle } from "../../../shared/connector/parameter.ts";
import { follow, type JsonObject, listOf, objectOf } from "./json-object.ts";
import { exampleOf, type LinkWords, makeParameter, schemaBudget } from "./make-parameter.ts";

/** What one part of an operation gives. `blocked`: without this the operation cannot be called. */
export type Imported = { parameters: Parameter[]; links: LinkWords[]; notes: string[]; blocked: string | null };
type Found = Imported & { idempotencyHeader: string | null };

/** The path, query, header and cookie parameters of an operation, its path's among them; what cannot be sent is left out, with the reason. */
export function importParameters(
  root: JsonObject,
  { path, item, operation, auth }: { path: string; item: JsonObject; operation: JsonObject; auth: AuthScheme },
): Found {
  const declared = new Map<string, JsonObject>();
  for (const value of [...listOf(item.parameters), ...listOf(operation.parameters)]) {
    const parameter = follow(root, value);
    declared.set(`${String(parameter.in)} ${String(parameter.name)}`, parameter);
  }
  const inPath = new Set([...path.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name ?? ""));
  const found: Found = { parameters: [], links: [], notes: [], blocked: null, idempotencyHeader: null };
  for (const parameter of declared.values()) {
    const name = String(parameter.name);
    const place = String(parameter.in);
    // OpenAPI 3.1, 4.8.12.1: these are said elsewhere, and ignored here.
    if (place === "header" && /^(accept|authorization|content-type)$/i.test(name)) continue;
    if (isCredential(auth, place, name)) continue;
    if (place === "header" && found.idempotencyHeader === null && /^(x-)?idempotency-key$/i.test(name)) {
      found.idempotencyHeader = name;
      continue;
    }
    if (place === "path" && !inPath.has(name)) {
      found.notes.push(`the path parameter "${name.slice(0, 100)}" is not in the path: left out`);
      continue;
    }
    const misplaced = place !== "path" && inPath.has(name) && !declared.has(`path ${name}`);
    if (misplaced) found.notes.push(`"${name}" is declared in the ${place}, and the path names it: it was put into the path`);
    add(found, root, misplaced ? { ...parameter, in: "path", style: "simple", explode: false } : parameter);
  }
  return found;
}

/** What the connection brings along is asked for there, once. */
function isCredential(auth: AuthScheme, place: string, name: string): boolean {
  if (auth.kind === "jwt") return auth.addTo === place && auth.name.toLowerCase() === name.toLowerCase();
  if (auth.kind !== "api-key") return false;
  return apiKeysOf(auth).some(({ addTo, key }) => addTo === place && key.toLowerCase() === name.toLowerCase());
}

function add(found: Found, root: JsonObject, parameter: JsonObject): void {
  const made = importOne(root, parameter);
  if (typeof made === "string") {
    if (parameter.required === true) found.blocked ??= made;
    else found.notes.push(`${made}: left out`);
    return;
  }
  found.parameters.push(made.parameter);
  if (made.link) found.links.push(made.link);
  found.notes.push(...made.notes);
}

const places = ["path", "query", "header", "cookie"] as const;

/** Or why it cannot be sent. */
function importOne(root: JsonObject, parameter: JsonObject): ReturnType<typeof makeParameter> | string {
  const key = String(parameter.name);
  const place = places.find((name) => name === parameter.in);
  const what = `the ${String(parameter.in).slice(0, 40)} parameter "${key.slice(0, 100)}"`;
  if (!place) return `${what} has a place that is not known`;
  if (key.length > 120) return `${what} has a name of more than 120 characters`;
  const [media] = Object.entries(objectOf(parameter.content));
  const source = media ? (objectOf(media[1]).schema ?? {}) : (parameter.schema ?? {});
  return makeParameter(root, {
    key,
    place,
    source,
    required: place === "path" || parameter.required === true,
    budget: schemaBudget,
    writing: media ? { style: "json" } : writingOf(parameter, place),
    words: parameter,
    example: exampleOf(root, media ? objectOf(media[1]) : parameter),
  });
}

const styles: Record<(typeof places)[number], readonly ParameterStyle[]> = {
  path: ["simple", "label", "matrix"],
  query: ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
  header: ["simple"],
  cookie: ["form"],
};

/** Only what differs from what is usual there. */
function writingOf({ style, explode }: JsonObject, place: (typeof places)[number]): Pick<Parameter, "style" | "explode"> {
  const [usual] = styles[place];
  const known = styles[place].find((name) => name === style) ?? usual;
  const usuallyExploded = known === "form" || known === "deepObject";
  return {
    ...(known !== undefined && known !== usual && { style: known }),
    // `explode` of a deepObject and of a form in a query is true unless it says otherwise.
    ...(typeof explode === "boolean" && explode !== usuallyExploded && known !== "deepObject" && { explode }),
  };
}

/** Names that two parameters have: the later one gets a key of its own, and keeps its name on the wire. */
export function withOwnKeys(
  parameters: Parameter[],
  notes: string[],
): { parameters: Parameter[]; renamed: Map<Parameter, Parameter> } {
  const taken = new Set<string>();
  const renamed = new Map<Parameter, Parameter>();
  const kept: Parameter[] = [];
  const onWire = new Set<string>();
  for (const parameter of parameters) {
    const name = parameter.wireName ?? parameter.key;
    const wire = `${parameter.in} ${parameter.in === "header" ? name.toLowerCase() : name}`;
    if (onWire.has(wire)) {
      notes.push(`the ${parameter.in} has two parameters "${name.slice(0, 100)}": the second is left out`);
      continue;
    }
    onWire.add(wire);
    let key = parameter.key;
    for (let count = 1; taken.has(key); count++)
      key = `${parameter.key.slice(0, 105)}_${parameter.in}${count === 1 ? "" : count}`;
    taken.add(key);
    const own = key === parameter.key ? parameter : { ...parameter, key, wireName: name };
    if (own !== parameter) {
      notes.push(
        `"${name.slice(0, 100)}" is there more than once: the one in the ${parameter.in} is called "${key.slice(0, 120)}"`,
      );
      renamed.set(parameter, own);
    }
    kept.push(own);
  }
  return { parameters: kept, renamed };
}
