import { validate } from "@readme/openapi-parser";
import type { Json } from "../../../shared/json.ts";
import { follow, isObject, type JsonObject, listOf, objectOf } from "./json-object.ts";
import { pointer, shortLines } from "./parse-document.ts";

/** What makes a document invalid, with its place; null when nothing does. */
export async function checkDocument(document: JsonObject): Promise<string | null> {
  return (await checkBySchema(document)) ?? checkVariables(document) ?? checkContact(document) ?? checkPlaces(document);
}

async function checkBySchema(document: JsonObject): Promise<string | null> {
  const restore = hideReferences(document);
  try {
    const result = await validate(document as unknown as Parameters<typeof validate>[0], {
      resolve: { external: false },
      // What stands behind references is not seen there, so these are checked below.
      validate: {
        rules: { openapi: { "path-parameters-not-in-parameters": "warning", "path-parameters-not-in-path": "warning" } },
      },
    });
    if (result.valid) return null;
    const [first] = result.errors;
    const more = result.errors.length - 1 + result.additionalErrors;
    const message = (first?.message ?? "").replaceAll(elsewhere, "");
    return `The file is no valid OpenAPI document: ${shortLines(message)}${more > 0 ? `\n(and ${more} more)` : ""}`;
  } catch (error) {
    return `The file is no valid OpenAPI document: ${shortLines(error instanceof Error ? error.message : String(error))}`;
  } finally {
    restore();
  }
}

const elsewhere = "elsewhere:";

/**
 * The validator fills references in where they stand, and then walks all of it: a small file whose schemas name one another has no
 * end there. References to elsewhere it leaves alone. That they lead somewhere has been checked before.
 */
function hideReferences(document: JsonObject): () => void {
  const hidden: [JsonObject, string][] = [];
  const queue: Json[] = [document];
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (isObject(value) && typeof value.$ref === "string") {
      hidden.push([value, value.$ref]);
      value.$ref = elsewhere + value.$ref;
    }
    for (const inner of Object.values(value)) if (typeof inner === "object") queue.push(inner);
  }
  return () => {
    for (const [value, ref] of hidden) value.$ref = ref;
  };
}

function checkVariables(document: JsonObject): string | null {
  for (const [index, server] of listOf(document.servers).entries()) {
    const { url, variables } = objectOf(server);
    if (typeof url === "string" && /\s/.test(url)) return `${pointer(["servers", String(index), "url"])} holds white space`;
    for (const [name, variable] of Object.entries(objectOf(variables))) {
      const { enum: values, default: chosen } = objectOf(variable);
      if (Array.isArray(values) && !values.includes(chosen ?? null))
        return `${pointer(["servers", String(index), "variables", name, "default"])} is none of the values in its enum`;
    }
  }
  return null;
}

function checkContact({ info }: JsonObject): string | null {
  const { email } = objectOf(objectOf(info).contact);
  return typeof email !== "string" || email === "" || email.includes("@") ? null : "#/info/contact/email is no e-mail address";
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

function checkPlaces(document: JsonObject): string | null {
  const operationIds = new Set<string>();
  for (const [path, value] of Object.entries(objectOf(document.paths))) {
    const item = follow(document, value);
    const shared = checkParameters(document, item.parameters, ["paths", path]);
    if (typeof shared === "string") return shared;
    for (const method of methods) {
      const operation = item[method];
      if (!isObject(operation)) continue;
      const place = ["paths", path, method];
      const { operationId } = operation;
      if (typeof operationId === "string" && operationIds.has(operationId))
        return `${pointer([...place, "operationId"])}: "${operationId}" is the id of another operation`;
      if (typeof operationId === "string") operationIds.add(operationId);
      const own = checkParameters(document, operation.parameters, place);
      if (typeof own === "string") return own;
      const names = new Set([...shared, ...own]);
      const missing = [...path.matchAll(/\{([^{}]+)\}/g)].find(([, name]) => name !== undefined && !names.has(name));
      if (missing) return `${pointer(place)}: the path names {${missing[1]}}, and no parameter of that name is declared`;
    }
  }
  return checkPatterns(objectOf(objectOf(document.components).schemas));
}

/** The names of the parameters, or what is wrong with them. */
function checkParameters(document: JsonObject, parameters: Json | undefined, place: string[]): string[] | string {
  const seen = new Set<string>();
  const names: string[] = [];
  for (const [index, value] of listOf(parameters).entries()) {
    const parameter = follow(document, value);
    const key = `${String(parameter.in)} ${String(parameter.name)}`;
    if (seen.has(key)) return `${pointer([...place, "parameters", String(index)])}: the ${key} is declared twice`;
    seen.add(key);
    names.push(String(parameter.name));
  }
  return names;
}

function checkPatterns(schemas: JsonObject): string | null {
  for (const [name, schema] of Object.entries(schemas)) {
    const { pattern } = objectOf(schema);
    if (typeof pattern === "string" && !isPattern(pattern))
      return `${pointer(["components", "schemas", name, "pattern"])} is no regular expression`;
  }
  return null;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
