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
