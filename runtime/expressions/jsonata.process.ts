import jsonata from "jsonata";
import type { JsonataReply, JsonataRequest } from "./jsonata-pool.ts";

/** Milliseconds, calls in one another, items in a list. Regular expressions and `$pad` heed none of them: the pool ends those. */
const limits = { timeout: 200, stack: 200, sequence: 100_000 };
const timedOut = "D1012";
const maxResultBytes = 1_048_576;
const kept = 500;

const compiled = new Map<string, jsonata.Expression>();

process.on("message", async ({ sources, input }: JsonataRequest) => {
  const replies: JsonataReply[] = [];
  for (const source of sources) replies.push(await evaluate(source, input));
  process.send?.(replies);
});
process.send?.("ready");

/** The result as JSON text, made here: its size is known before it is sent, and JSONata's lists carry functions. */
async function evaluate(source: string, input: unknown): Promise<JsonataReply> {
  try {
    const value: unknown = await compile(source).evaluate(input);
    // Functions are objects to JSONata; JSON would show what they are made of.
    if (isFunction(value)) return { problem: "it gives a function, not a value" };
    const text = JSON.stringify(value);
    if (text !== undefined && Buffer.byteLength(text) > maxResultBytes) return { problem: "it gives more than 1 MB" };
    return { text: text ?? null };
  } catch (error) {
    return problemOf(error);
  }
}

function isFunction(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("_jsonata_lambda" in value || "_jsonata_function" in value);
}

function compile(source: string): jsonata.Expression {
  const known = compiled.get(source);
  if (known) return known;
  const made = jsonata(source, limits);
  compiled.set(source, made);
  if (compiled.size > kept) compiled.delete(compiled.keys().next().value ?? source);
  return made;
}

/** JSONata throws plain objects with a code, a message and a position; what is no such object is not its own. */
function problemOf(error: unknown): JsonataReply {
  const fault: Record<string, unknown> = typeof error === "object" && error !== null ? { ...error } : {};
  if (fault.code === timedOut) return { problem: `it took longer than ${limits.timeout} ms`, timedOut: true };
  if (typeof fault.message !== "string") return { problem: "it gives no JSON" };
  return { problem: typeof fault.position === "number" ? `${fault.message} (at character ${fault.position})` : fault.message };
}
