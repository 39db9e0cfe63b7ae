import { load } from "js-yaml";
import { deepestJson, type Json } from "../../../shared/json.ts";
import { countExtension, type Extensions, isNullText } from "./extensions.ts";
import { isObject, type JsonObject, pointedAt } from "./json-object.ts";

export type Refused = { outcome: "refused"; message: string };
export type ParsedDocument = { outcome: "parsed"; document: JsonObject; extensions: Extensions } | Refused;

/** Aliases of YAML share a value, so that a small text can be an endless document: what is walked is counted. */
const maxNodes = 3_000_000;
const maxCharacters = 30 * 1024 * 1024;

/** Checks a document of OpenAPI 3.0 or 3.1 that refers to nothing outside itself, and to nothing that is not there. */
export function parseDocument(value: Json): ParsedDocument {
  if (!isObject(value)) return refused("The file holds no OpenAPI document: it must be an object with the field openapi");
  const walk: Walk = { root: value, nodes: 0, refusal: null, extensions: new Map(), resolved: new Set() };
  return checkVersion(value) ?? checkPlaces(walk) ?? { outcome: "parsed", document: value, extensions: walk.extensions };
}

export function refused(message: string): Refused {
  return { outcome: "refused", message };
}

/** Reads a text as JSON or YAML. */
export function readText(text: string): { value: Json } | Refused {
  if (text.length > maxCharacters) return refused("The file is larger than 30 MB");
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (/^\s*\{/.test(plain)) {
    try {
      return { value: JSON.parse(plain) };
    } catch {
      // Braces also begin YAML; its reader names the line of what neither can read.
    }
  }
  try {
    return { value: load(plain) as Json };
  } catch (error) {
    const reason = error instanceof RangeError ? "it nests too deep" : error instanceof Error ? error.message : String(error);
    return refused(`The file can be read neither as JSON nor as YAML: ${shortLines(reason)}`);
  }
}

/** The excerpts that readers show have lines as long as the file's. */
export function shortLines(text: string): string {
  const lines = text.split("\n").map((line) => (line.length > 160 ? `${line.slice(0, 159)}…` : line));
  return lines.slice(0, 12).join("\n").trimEnd();
}

function checkVersion(document: JsonObject): Refused | null {
  const { openapi, swagger } = document;
  if (typeof openapi === "string" && /^3\.[01]\.\d{1,3}(-[0-9A-Za-z.-]{1,20})?$/.test(openapi)) return null;
  const says =
    typeof openapi === "string"
      ? `OpenAPI ${openapi.slice(0, 20)}`
      : swagger !== undefined
        ? `Swagger ${String(swagger).slice(0, 20)}`
        : "nothing of its version";
  return refused(`Only OpenAPI 3.0 and 3.1 can be read; this file says ${says}`);
}

type Walk = {
  root: JsonObject;
  nodes: number;
  refusal: string | null;
  extensions: Extensions;
  /** References that lead somewhere. */
  resolved: Set<string>;
};

function checkPlaces(walk: Walk): Refused | null {
  visit(walk, walk.root, []);
  return walk.refusal === null ? null : refused(walk.refusal);
}

/** Values in which `$ref` is plain data. */
const values = new Set(["example", "examples", "default", "enum", "const"]);

function visit(walk: Walk, value: Json, path: string[]): void {
  if (++walk.nodes > maxNodes)
    walk.refusal ??= "The file is too large: it has more than 3 million values once its aliases are filled in";
  if (path.length > deepestJson) walk.refusal ??= `The file nests deeper than ${deepestJson} levels`;
  if (walk.refusal !== null || typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) {
      if (typeof inner !== "object") walk.nodes++;
      else visitChild(walk, inner, path, String(index));
      if (walk.refusal !== null) return;
    }
    return;
  }
  const parent = path.at(-1);
  if (typeof value.$ref === "string" && !walk.resolved.has(value.$ref)) checkReference(walk, value.$ref, path);
  for (const key of Object.keys(value)) {
    const inner = value[key] ?? null;
    countExtension(walk.extensions, key, parent);
    if (isNullText(key, parent, inner)) delete value[key];
    else if (typeof inner !== "object") walk.nodes++;
    else visitChild(walk, inner, path, key);
    if (walk.refusal !== null) return;
  }
}

function visitChild(walk: Walk, value: Json, path: string[], key: string): void {
  path.push(key);
  visit(walk, value, path);
  path.pop();
}

function checkReference(walk: Walk, ref: string, path: string[]): void {
  if (path.some((name) => values.has(name) || name.startsWith("x-"))) return;
  const place = `${pointer([...path, "$ref"])} says ${ref.slice(0, 200)}`;
  if (!ref.startsWith("#")) walk.refusal ??= `References to other files are not followed: ${place}`;
  else if (!/^#(\/|$)/.test(ref)) walk.refusal ??= `References to an anchor are not followed: ${place}`;
  else if (pointedAt(walk.root, ref) === undefined) walk.refusal ??= `A reference leads nowhere: ${place}, and nothing is there`;
  else walk.resolved.add(ref);
}

/** A place in the file, as a JSON Pointer (RFC 6901). */
export function pointer(path: string[]): string {
  return `#/${path.map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
}
