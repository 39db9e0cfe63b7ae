import { load } from "js-yaml";
import { deepestJson, type Json } from "../../../shared/json.ts";
import { isObject, type JsonObject } from "./json-object.ts";

export type Refused = { outcome: "refused"; message: string };
export type ParsedDocument = { outcome: "parsed"; document: JsonObject } | Refused;

/** Aliases of YAML share a value, so that a small text can be an endless document: what is walked is counted. */
const maxNodes = 3_000_000;
const maxCharacters = 20 * 1024 * 1024;

/** Reads the text of an OpenAPI 3.0 or 3.1 file, JSON or YAML, that refers to nothing outside itself. */
export function parseDocument(text: string): ParsedDocument {
  if (text.length > maxCharacters) return refused("The file is larger than 20 MB");
  const read = readText(text);
  if ("outcome" in read) return read;
  const { value } = read;
  if (!isObject(value)) return refused("The file holds no OpenAPI document: it must be an object with the field openapi");
  return checkVersion(value) ?? checkPlaces(value) ?? { outcome: "parsed", document: value };
}

export function refused(message: string): Refused {
  return { outcome: "refused", message };
}

function readText(text: string): { value: Json } | Refused {
  if (/^\s*\{/.test(text)) {
    try {
      return { value: JSON.parse(text) };
    } catch {
      // Braces also begin YAML; its reader names the line of what neither can read.
    }
  }
  try {
    return { value: load(text) as Json };
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

type Walk = { nodes: number; refusal: string | null };

function checkPlaces(document: JsonObject): Refused | null {
  const walk: Walk = { nodes: 0, refusal: null };
  visit(walk, document, []);
  return walk.refusal === null ? null : refused(walk.refusal);
}

/** Values in which `$ref` is plain data. */
const values = new Set(["example", "examples", "default", "enum", "const"]);

function visit(walk: Walk, value: Json, path: string[]): void {
  if (++walk.nodes > maxNodes)
    walk.refusal ??= "The file is too large: it has more than 3 million values once its aliases are filled in";
  if (path.length > deepestJson) walk.refusal ??= `The file nests deeper than ${deepestJson} levels`;
  if (walk.refusal !== null || typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) {
    const { $ref } = value;
    if (typeof $ref === "string" && !/^#(\/|$)/.test($ref) && !path.some((name) => values.has(name)))
      walk.refusal ??= `References to other files are not followed: ${pointer([...path, "$ref"])} says ${$ref.slice(0, 200)}`;
  }
  for (const [key, inner] of Object.entries(value)) {
    path.push(key);
    visit(walk, inner, path);
    path.pop();
    if (walk.refusal !== null) return;
  }
}

/** A place in the file, as a JSON Pointer (RFC 6901). */
export function pointer(path: string[]): string {
  return `#/${path.map((name) => name.replaceAll("~", "~0").replaceAll("/", "~1")).join("/")}`;
}
