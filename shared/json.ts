import { z } from "zod";

/** Any JSON value. Depth and size are limited where its text enters (`nestsTooDeep`, body caps), not here. */
export const Json: z.ZodType<Json> = z.json();
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Levels of arrays and objects in one another that a value from outside may have. */
export const deepestJson = 500;

/**
 * Does a JSON text nest deeper than `deepestJson`? JSON.parse takes any depth, but whatever walks the value later recurses: a body
 * of brackets would overflow the stack.
 */
export function nestsTooDeep(text: string): boolean {
  // Every level takes two characters, so a short text cannot go that deep.
  if (text.length < 2 * deepestJson) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x5b || code === 0x7b) {
      depth++;
      if (depth > deepestJson) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** The same of a value that is there already: cheaper than its text where that is one large string. Recurses no deeper than the limit. */
export function isTooDeep(value: Json, left = deepestJson): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (left === 0) return true;
  return (Array.isArray(value) ? value : Object.values(value)).some((inner) => isTooDeep(inner, left - 1));
}
