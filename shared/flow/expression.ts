import type { Json } from "../json.ts";

/** A path such as `steps.search.output.data[0].id`, cut into own-property names and array indexes. */
export type Path = (string | number)[];
export type TemplatePart = { text: string } | { path: Path; source: string };
/**
 * `whole`: the template is one `{{path}}` and keeps the type of its value. `jsonata`: the template is one `{{= … }}`, and this is its
 * source; then it has no parts.
 */
export type Template = { parts: TemplatePart[]; whole: Path | null; jsonata?: string };
export type TemplateProblem = { problem: string; source: string };

/** Braces end a placeholder, except inside a quoted name: `{{trigger.body["a}b"]}}`. Each `[` has one reading, so nothing backtracks. */
const placeholder =
  /\{\{((?:[^{}[]|\["(?:[^"\\]|\\.)*"\]|\['(?:[^'\\]|\\.)*'\]|\[(?!"(?:[^"\\]|\\.)*"\]|'(?:[^'\\]|\\.)*'\]))*)\}\}/gs;
const segment = /^(?:\.?([A-Za-z_$][\w$-]*)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\])/s;

/**
 * Parses a string that is one `{{= JSONata }}` or may hold `{{path}}` placeholders. Text without placeholders is one literal part;
 * `{{` never is. JSONata's own syntax is not read here: `checkJsonata`.
 */
export function parseTemplate(text: string): Template | TemplateProblem {
  const expression = wholeExpression(text);
  if (expression !== null)
    return expression === "" ? { problem: "empty expression", source: "" } : { parts: [], whole: null, jsonata: expression };
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    const before = text.slice(end, match.index);
    if (before.includes("{{")) return unclosed(before);
    if (before !== "") parts.push({ text: before });
    if (match[0].startsWith("{{=")) return besideText(match[0]);
    const source = (match[1] ?? "").trim();
    const path = parsePath(source);
    if (!path) return { problem: source === "" ? "empty expression" : `cannot read the path "${source}"`, source };
    parts.push({ path, source });
    end = match.index + match[0].length;
  }
  const rest = text.slice(end);
  if (rest.includes("{{")) return unclosed(rest);
  if (rest !== "") parts.push({ text: rest });
  const only = parts.length === 1 ? parts[0] : undefined;
  return { parts, whole: only && "path" in only ? only.path : null };
}

/** The source inside `{{= … }}` when that is all of the text. It may hold braces, so only the ends are looked at. */
function wholeExpression(text: string): string | null {
  if (!text.includes("{{=")) return null;
  const trimmed = text.trim();
  return trimmed.startsWith("{{=") && trimmed.endsWith("}}") ? trimmed.slice(3, -2).trim() : null;
}

function besideText(source: string): TemplateProblem {
  return { problem: "an expression {{= … }} must be the whole value", source };
}

function unclosed(text: string): TemplateProblem {
  const start = text.slice(text.indexOf("{{"));
  const source = start.slice(0, 60);
  if (start.startsWith("{{=") && start.includes("}}")) return besideText(source);
  return { problem: `"${source}" has no closing }}, or braces inside`, source };
}

/** Parses a path without its braces; null when it is none. */
export function parsePath(source: string): Path | null {
  const path: Path = [];
  let rest = source;
  while (rest !== "") {
    const match = segment.exec(rest);
    if (!match || (path.length === 0 && rest.startsWith("."))) return null;
    const [whole, name, index, double, single] = match;
    if (path.length > 0 && name !== undefined && !rest.startsWith(".")) return null;
    const quoted = double ?? single;
    path.push(index !== undefined ? Number(index) : quoted !== undefined ? quoted.replace(/\\(.)/gs, "$1") : (name ?? ""));
    rest = rest.slice(whole.length);
  }
  return path.length > 0 ? path : null;
}

/** Reads a path through own properties only; anything missing on the way gives undefined. */
export function readPath(root: unknown, path: Path): unknown {
  let value: unknown = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** What a value is inside text: nothing when it is missing, itself when it is text, else JSON. */
export function inText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Every path that the strings inside `value` name. */
export function pathsIn(value: Json): Path[] {
  if (typeof value === "string") {
    const template = parseTemplate(value);
    return "problem" in template ? [] : template.parts.flatMap((part) => ("path" in part ? [part.path] : []));
  }
  if (typeof value !== "object" || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(pathsIn);
}
