import { z } from "zod";
import { Json } from "../json.ts";
import { stepBase } from "./node-base.ts";

export const maxCode = 100_000;

/**
 * Runs JavaScript without network, files or clock of ours. The code is the body of an async function that sees `inputs`; what it returns
 * is the step's output, and what it prints by `console` is kept with it.
 */
export const CodeNode = z.object({
  ...stepBase,
  kind: z.literal("code"),
  code: z.string().max(maxCode, "at most 100,000 characters"),
  inputs: z.record(z.string().regex(/^[A-Za-z_$][\w$]{0,62}$/, "must be a name as in JavaScript"), Json).default({}),
  /** What it returned the last time that it was tried: the type of its output, where none is declared. */
  sample: Json.optional(),
  /** JSON Schema of its output. */
  outputSchema: z.record(z.string(), Json).optional(),
  timeoutMs: z.int().min(10).max(60_000, "at most a minute").default(5_000),
});
export type CodeNode = z.infer<typeof CodeNode>;
