import { deepestJson, type Json, nestsTooDeep } from "../../shared/json.ts";

/** JSON (RFC 8259) of a raw body, or its text with the reason why it is none. An empty body is null. */
export function parseBody(body: Uint8Array): { value: Json; problem: string | null } {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  if (text === "") return { value: null, problem: null };
  if (nestsTooDeep(text)) return { value: text, problem: `nested deeper than ${deepestJson} levels` };
  try {
    return { value: JSON.parse(text), problem: null };
  } catch (error) {
    return { value: text, problem: error instanceof Error ? error.message : String(error) };
  }
}
