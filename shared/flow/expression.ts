import type { Json } from "../json.ts";

/** A path such as `steps.search.output.data[0].id`, cut into own-property names and array indexes. */
export type Path = (string | number)[];
export type TemplatePart = { text: string } | { path: Path; source: string };
/** `whole`: the template is one `{{path}}` and keeps the type of its value. */
export type Template = { parts: TemplatePart[]; whole: Path | null };
export type TemplateProblem = { problem: string; source: string };

/** Braces end a placeholder, except inside a quoted name: `{{trigger.body["a}b"]}}`. Each `[` has one reading, so nothing backtracks. */
const placeholder =
  /\{\{((?:[^{}[]|\["(?:[^"\\]|\\.)*"\]|\['(?:[^'\\]|\\.)*'\]|\[(?!"(?:[^"\\]|\\.)*"\]|'(?:[^'\\]|\\.)*'\]))*)\}\}/gs;
const segment = /^(?:\.?([A-Za-z_$][\w$-]*)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\])/s;

/** Parses a string that may hold `{{path}}` placeholders. Text without placeholders is one literal part; `{{` never is. */
export function parseTemplate(text: string): Template | TemplateProblem {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    const before = text.slice(end, match.index);
    if (before.includes("{{")) return unclosed(before);
    if (before !== "") parts.push({ text: before });
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

function unclosed(text: string): TemplateProblem {
  const source = text.slice(text.indexOf("{{"), text.indexOf("{{") + 60);
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

/** Every path that the strings inside `value` name. */
export function pathsIn(value: Json): Path[] {
  if (typeof value === "string") {
    const template = parseTemplate(value);
    return "problem" in template ? [] : template.parts.flatMap((part) => ("path" in part ? [part.path] : []));
  }
  if (typeof value !== "object" || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(pathsIn);
}
