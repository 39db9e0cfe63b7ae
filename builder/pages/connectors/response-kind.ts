import type { TestResult } from "../../../shared/api/connectors.ts";
import { jsonSize } from "../../ui/json-rows.ts";

/** What an answer's body is, whatever it says of itself; `size` in bytes. */
export type ResponseKind = { kind: "json" | "text" | "binary" | "empty"; type: string | null; size: number };

/** Reads it from the body and its headers: a text that was not parsed is no JSON, and characters that are none were bytes. */
export function responseKindOf({ body, headers }: NonNullable<TestResult["response"]>): ResponseKind {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() || null;
  if (body === null) return { kind: "empty", type, size: 0 };
  const saysJson = type !== null && /[/+]json$/.test(type);
  if (typeof body !== "string" || saysJson) return { kind: "json", type, size: jsonSize(body) };
  const sent = headers["content-encoding"] === undefined ? Number(headers["content-length"] ?? Number.NaN) : Number.NaN;
  const size = Number.isInteger(sent) ? sent : new TextEncoder().encode(body).length;
  return { kind: /[\uFFFD\0]/.test(body.slice(0, 4_000)) ? "binary" : "text", type, size };
}
