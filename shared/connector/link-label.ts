import { type Path, parsePath, readPath } from "../flow/expression.ts";
import type { Json } from "../json.ts";

export type LabelPart = { text: string } | { path: Path };

/**
 * Reads a path within an item, or a text with paths in braces, `{name} ({key})`. What is a path by itself is one, whatever braces its
 * quoted names hold. The source that cannot be read when it is neither.
 */
export function parseLabel(label: string): LabelPart[] | { problem: string } {
  const whole = parsePath(label);
  if (whole) return [{ path: whole }];
  const parts: LabelPart[] = [];
  for (const [piece, source] of label.matchAll(/\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}|[^{}]+|[{}]/g)) {
    const path = source === undefined ? null : parsePath(source.trim());
    if (path) parts.push({ path });
    else if (source !== undefined || piece === "{" || piece === "}") return { problem: piece };
    else parts.push({ text: piece });
  }
  return parts.some((part) => "path" in part) ? parts : { problem: label };
}

/** The words for an item; null when nothing that the label names is there. "" as a label is the item itself. */
export function labelOf(item: Json, label: string): string | null {
  if (label === "") return wordsOf(item);
  const parts = parseLabel(label);
  if ("problem" in parts) return null;
  let found = false;
  const words = parts.map((part) => {
    if ("text" in part) return part.text;
    const word = wordsOf(readPath(item, part.path) as Json | undefined);
    found ||= word !== null;
    return word ?? "";
  });
  return found ? words.join("") : null;
}

function wordsOf(value: Json | undefined): string | null {
  return value === undefined || value === null || value === "" || typeof value === "object" ? null : String(value);
}
