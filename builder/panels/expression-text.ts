import { inText, type Path, parseTemplate } from "../../shared/flow/expression.ts";
import { typeWords } from "../../shared/flow/expression-problems.ts";
import type { Json } from "../../shared/json.ts";
import { type DataRoot, parameterAt, sampleAt } from "./data-roots.ts";

/** Does a value hold a template or a JSONata expression? */
export function isExpression(value: Json | undefined): value is string {
  return typeof value === "string" && value.includes("{{");
}

/** Is the text one JSONata expression, `{{= … }}`, finished or not? */
export function isJsonata(text: string): boolean {
  return text.trimStart().startsWith("{{=");
}

export type Completion = { from: number; query: string; jsonata: boolean };

/** What is being typed at the caret inside `{{ … `, null outside of braces and where no path can begin. */
export function completionAt(text: string, caret: number): Completion | null {
  const before = text.slice(0, caret);
  const open = before.lastIndexOf("{{");
  if (open < 0) return null;
  const jsonata = isJsonata(text);
  const typed = /[\w.$[\]"`-]*$/.exec(before)?.[0] ?? "";
  if (jsonata) {
    // JSONata's own braces may end in "}}" too: only the last ones close the expression.
    if (/\}\}\s*$/.test(before) && text.slice(caret).trim() === "") return null;
    if (typed === "" && behindValue(before)) return null;
    return { from: caret - typed.length, query: typed.replaceAll("`", ""), jsonata };
  }
  if (before.indexOf("}}", open) >= 0) return null;
  // Outside JSONata a placeholder holds one path and nothing else.
  if (before.slice(open + 2).trimStart() !== typed) return null;
  return { from: caret - typed.length, query: typed, jsonata };
}

/** Stands the end of a JSONata text behind a value, so that an operator must come first? */
function behindValue(before: string): boolean {
  return /[)\]}"'\w]\s*$/.test(before) && !/\b(?:and|or|in)\s+$/.test(before);
}

/** Paths that fit what was typed, the best first. */
export function matchPaths<T extends { path: string }>(paths: readonly T[], query: string, limit: number): T[] {
  const wanted = query.toLowerCase();
  const begins = paths.filter(({ path }) => path.toLowerCase().startsWith(wanted));
  const holds = paths.filter(({ path }) => !path.toLowerCase().startsWith(wanted) && path.toLowerCase().includes(wanted));
  return [...begins, ...holds].slice(0, limit);
}

/** Puts a path in at the selection: bare inside open braces, else with braces around it. Gives the text and the new caret. */
export function insertPath(
  text: string,
  selection: { start: number; end: number },
  path: string,
): { text: string; caret: number } {
  const inside = completionAt(text, selection.start);
  if (inside) {
    const shown = inside.jsonata ? jsonataPath(path) : path;
    const after = text.slice(selection.end);
    const closing = inside.jsonata || after.trimStart().startsWith("}}") ? "" : "}}";
    const head = text.slice(0, inside.from) + shown + closing;
    return { text: head + after, caret: head.length };
  }
  const head = `${text.slice(0, selection.start)}{{${path}}}`;
  return { text: head + text.slice(selection.end), caret: head.length };
}

/** The same path as JSONata writes it: a name that is no identifier stands in backticks. */
export function jsonataPath(path: string): string {
  return path
    .replace(/\["((?:[^"\\]|\\.)*)"\]/g, (_, name: string) => `.\`${name.replace(/\\(.)/g, "$1")}\``)
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[A-Za-z_$][\w$]*(?:-[\w$]+)+/g, (name) => `\`${name}\``)))
    .join("");
}

export type Preview =
  | { state: "value"; value: Json }
  | { state: "type"; type: string; optional: boolean }
  | { state: "unknown" }
  | { state: "problem"; message: string };

/** What a template gives with the samples at hand; JSONata is only evaluated in its editor. */
export function previewOf(text: string, roots: readonly DataRoot[]): Preview {
  if (isJsonata(text)) return { state: "unknown" };
  const template = parseTemplate(text);
  if ("problem" in template) return { state: "problem", message: template.problem };
  if (template.whole) {
    const value = sampleAt(roots, template.whole);
    return value === undefined ? typeAt(roots, template.whole) : { state: "value", value };
  }
  const texts = template.parts.map((part) => ("text" in part ? part.text : sampleAt(roots, part.path)));
  if (texts.some((part) => part === undefined)) return { state: "unknown" };
  return { state: "value", value: texts.map(inText).join("") };
}

/** Where no sample tells a value, its type may be known all the same. */
function typeAt(roots: readonly DataRoot[], path: Path): Preview {
  const found = parameterAt(roots, path);
  if (!found || found.parameter.type === "any") return { state: "unknown" };
  return { state: "type", type: typeWords([found.parameter.type]), optional: found.optional };
}

/** The path that stands around a column of a line, between braces or in JSONata, for hover. Null: there is none. */
export function pathAround(line: string, column: number, jsonata: boolean): { path: string; start: number; end: number } | null {
  const shape = jsonata ? /[A-Za-z_$](?:[\w$.]|`[^`]*`|\[\d+\])*/g : /[A-Za-z_$](?:[\w$.-]|\["(?:[^"\\]|\\.)*"\]|\[\d+\])*/g;
  for (const match of line.matchAll(shape)) {
    const end = match.index + match[0].length;
    if (column < match.index || column > end) continue;
    if (!jsonata && !completionAt(line.slice(0, match.index + 1), match.index + 1)) continue;
    return { path: match[0], start: match.index, end };
  }
  return null;
}
