import { z } from "zod";
import { CodeNode } from "../flow/code-node.ts";
import { Json } from "../json.ts";
import { ConsoleLine } from "../run/console-line.ts";
import { route } from "./route.ts";

/** Why code failed, as `steps.<id>.error` says it. Line and column count from 1, in the code as it was sent. */
export const CodeError = z.object({
  code: z.enum(["code_failed", "code_timeout", "code_memory"]),
  /** Name of what was thrown, e.g. `TypeError`; null where it has none, or where nothing was thrown. */
  name: z.string().nullable(),
  message: z.string(),
  line: z.int().nullable(),
  column: z.int().nullable(),
});
export type CodeError = z.infer<typeof CodeError>;

/** What came of code that was tried. */
export const CodeTrial = z.object({
  /** What it returned, cut where it is large; null when it failed. */
  output: Json,
  /** JSON Schema of what it returned, before it was cut; null when it failed. */
  inferred: Json,
  console: z.array(ConsoleLine),
  error: CodeError.nullable(),
  durationMs: z.number(),
});
export type CodeTrial = z.infer<typeof CodeTrial>;

/**
 * Runs the code of a code step once, outside of any run, with inputs as they are: templates in them are not resolved. Nothing is stored.
 * Each person's trials run one after the other.
 */
export const tryCode = route({
  method: "POST",
  path: "/code/trials",
  access: "administrator",
  body: CodeNode.pick({ code: true, inputs: true, timeoutMs: true }),
  response: CodeTrial,
});
