import { deepestRun } from "../engine/prepare-run.ts";
import type { CallDepth } from "../outbound/call-depth.ts";
import { json } from "./hook-answers.ts";
import { sameBytes } from "./verify/constant-time.ts";

/** The depth that one of our own runs gave its call; 0 for everybody else, whatever they send. */
export function readCallDepth({ text }: Pick<CallDepth, "text">, header: string | string[] | undefined): number {
  const given = typeof header === "string" ? header : "";
  const depth = Number(/^(\d{1,4})\.[\w-]{27}$/.exec(given)?.[1] ?? 0);
  return depth > 0 && sameBytes(Buffer.from(text(depth)), Buffer.from(given)) ? depth : 0;
}

/** What a call gets that would go on for ever (RFC 5842, 7.2); null: it is not too deep. */
export function refuseTooDeep(depth: number, requestId: string): Response | null {
  if (depth <= deepestRun) return null;
  const message = `flows start one another ${deepestRun} deep at most, and this call of a flow would go deeper`;
  return json(508, { error: { code: "loop_detected", message } }, { "X-Request-Id": requestId });
}
