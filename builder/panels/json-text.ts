import type { Json } from "../../shared/json.ts";

/** `value` undefined: the text is empty. */
export type JsonText = { read: "value"; value: Json | undefined } | { read: "problem"; message: string };

/** Reads a JSON text as a person types it; the problem names line and column where the engine tells them. */
export function parseJsonText(text: string): JsonText {
  if (text.trim() === "") return { read: "value", value: undefined };
  try {
    return { read: "value", value: JSON.parse(text) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? Number.NaN);
    if (Number.isNaN(position)) return { read: "problem", message: `This is not JSON: ${message}` };
    const before = text.slice(0, position).split("\n");
    return {
      read: "problem",
      message: `This is not JSON: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} cannot be read`,
    };
  }
}

/** Puts `{{path}}` in at the selection of a JSON text: as it is inside a string, else as a string of its own. */
export function insertIntoJson(text: string, selection: { start: number; end: number }, path: string): string {
  const before = text.slice(0, selection.start);
  const quotes = before.replace(/\\./gs, "").split('"').length - 1;
  const written = JSON.stringify(`{{${path}}}`);
  return before + (quotes % 2 === 1 ? written.slice(1, -1) : written) + text.slice(selection.end);
}
