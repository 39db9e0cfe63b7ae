import {
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
  Scope,
} from "quickjs-emscripten-core";
import type { Json } from "../../shared/json.ts";
import type { ConsoleLine } from "../../shared/run/console-line.ts";
import { guest } from "./guest.ts";

/** `inputs`: a JSON text of an object. `key`: whose code it is. */
export type CodeRequest = { key: string; code: string; inputs: string; timeoutMs: number };
/** Lines and columns count from 1, in the code as it was written. */
export type CodeFault = {
  code: "code_failed" | "code_timeout" | "code_memory";
  name: string | null;
  message: string;
  line: number | null;
  column: number | null;
};
/** `output` is JSON, and no deeper than this process could write. */
export type CodeReply = { console: ConsoleLine[] } & ({ output: Json } | { fault: CodeFault });

/** The memory of a QuickJS in bytes, which grows to `maxBytes`. */
export type RealmMemory = { size(): number; maxBytes: number };

/** A QuickJS in which nothing has run yet, and in which one code will. */
export type Realm = {
  run(request: CodeRequest): CodeReply;
  /** Gives back all that it took; only where its run gave an output. May throw: then its QuickJS is of no use any more. */
  dispose(): void;
};

const megabyte = 1_048_576;
const memoryBytes = 64 * megabyte;
/** QuickJS must find its stack full before V8 does, whose own is set where the process is started. */
const stackBytes = 256 * 1_024;
const maxOutputBytes = 10 * megabyte;
const jobsAtOnce = 1_000;
const maxLines = 200;
const maxConsoleBytes = 64 * 1_024;
const file = "code.js";
/** So that lines of the code are those of the file, but for the first. */
const head = `(async function (inputs, console) { "use strict";\n`;

/**
 * Makes a realm of a QuickJS: a runtime of its own, so that nothing of another run can be reached. After a run that failed its QuickJS must
 * be dropped as a whole: giving a runtime back may then end the process (quickjs-emscripten issues 235, 257 and 269).
 */
export function createRealm(quickjs: QuickJSWASMModule, memory: RealmMemory): Realm {
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(memoryBytes);
  runtime.setMaxStackSize(stackBytes);
  const context = runtime.newContext();
  const printed = createPrinted();
  const scope = new Scope();
  const tools = makeTools(context, scope, printed.print);
  return {
    dispose() {
      scope.dispose();
      context.dispose();
      runtime.dispose();
    },
    run(request) {
      const deadline = performance.now() + request.timeoutMs;
      const isLate = () => performance.now() > deadline;
      runtime.setInterruptHandler(isLate);
      const result = evaluate({ runtime, context, scope, tools, request, isLate });
      if ("output" in result) return { console: printed.lines, output: result.output };
      if (isLate()) return { console: printed.lines, fault: lateFault(request) };
      // It cannot even say that there is no memory left: it throws null.
      const isFull = result.name === null && result.message === "null" && memory.size() > 0.9 * memory.maxBytes;
      return { console: printed.lines, fault: isFull ? memoryFault() : result };
    },
  };
}

type Evaluation = {
  runtime: QuickJSRuntime;
  context: QuickJSContext;
  /** What is given back with the realm. */
  scope: Scope;
  tools: QuickJSHandle;
  request: CodeRequest;
  isLate(): boolean;
};

function evaluate(evaluation: Evaluation): { output: Json } | CodeFault {
  const { runtime, context, scope, tools, request, isLate } = evaluation;
  const { code, inputs } = request;
  try {
    const data = callTool(evaluation, "frozen", scope.manage(context.newString(inputs)));
    if (data.error) return faultOf(describe(evaluation, data.error), code, "the inputs: ");
    const made = scope.manage(context.evalCode(`${head}${code}\n})`, file));
    if (made.error) return faultOf(describe(evaluation, made.error), code);
    const console = scope.manage(context.getProp(tools, "console"));
    const called = scope.manage(context.callFunction(made.value, context.undefined, data.value, console));
    if (called.error) return faultOf(describe(evaluation, called.error), code);
    while (runtime.hasPendingJob() && !isLate()) {
      const jobs = runtime.executePendingJobs(jobsAtOnce);
      if (jobs.error) return faultOf(describe(evaluation, jobs.error), code);
    }
    const state = context.getPromiseState(called.value);
    if (state.type === "rejected") return faultOf(describe(evaluation, state.error), code);
    if (state.type === "pending") return fault("it waits for something that never comes");
    return outputOf(evaluation, scope.manage(state.value));
  } catch (error) {
    // QuickJS itself gave up: a trap of WebAssembly.
    return trapFault(error);
  }
}

function outputOf(evaluation: Evaluation, value: QuickJSHandle): { output: Json } | CodeFault {
  const { context, request } = evaluation;
  const written = writeOutput(evaluation, value);
  if (!written) return outputFault(tooDeep, request.code);
  if (written.error) return outputFault(describe(evaluation, written.error), request.code);
  const text = context.getString(written.value);
  if (Buffer.byteLength(text) > maxOutputBytes) return outputFault(tooLong, request.code);
  return { output: JSON.parse(text) as Json };
}

/** Null: it nests so deep that V8 finds its stack full before QuickJS looks at its own. */
function writeOutput(evaluation: Evaluation, value: QuickJSHandle) {
  try {
    return callTool(evaluation, "written", value, evaluation.context.newNumber(maxOutputBytes));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function callTool({ context, scope, tools }: Evaluation, name: "frozen" | "written" | "described", ...given: QuickJSHandle[]) {
  return scope.manage(context.callFunction(scope.manage(context.getProp(tools, name)), context.undefined, ...given));
}

function describe(evaluation: Evaluation, thrown: QuickJSHandle): Thrown {
  // What was thrown may be that there is no memory left.
  evaluation.runtime.setMemoryLimit(memoryBytes + megabyte);
  const described = callTool(evaluation, "described", thrown);
  return described.error ? unknownThrown : (JSON.parse(evaluation.context.getString(described.value)) as Thrown);
}

function makeTools(context: QuickJSContext, scope: Scope, print: (level: string, text: string) => void): QuickJSHandle {
  const given = context.newFunction("print", (level, text) => print(context.getString(level), context.getString(text)));
  const make = scope.manage(context.unwrapResult(context.evalCode(`(${guest})`, "guest.js")));
  return scope.manage(context.unwrapResult(context.callFunction(make, context.undefined, scope.manage(given))));
}

function createPrinted() {
  const lines: ConsoleLine[] = [];
  let left = maxConsoleBytes;
  let full = false;
  return {
    lines,
    /** Takes a line while there is room; then says once that there was more. */
    print(level: string, text: string): void {
      if (full) return;
      const bytes = Buffer.from(text);
      full = bytes.length > left || lines.length === maxLines;
      const kept = bytes
        .subarray(0, left)
        .toString()
        .replace(/\ufffd$/, "");
      // The names are those of `guest`.
      if (lines.length < maxLines && (kept !== "" || text === ""))
        lines.push({ level: level as ConsoleLine["level"], text: kept });
      if (full) lines.push({ level: "warn", text: "… more was cut" });
      left -= bytes.length;
    },
  };
}

type Thrown = { name: string | null; message: string; stack: string | null };
const unknownThrown: Thrown = { name: null, message: "something was thrown that cannot be described", stack: null };
const tooLong: Thrown = { name: "RangeError", message: "too long", stack: null };
const tooDeep: Thrown = { name: "RangeError", message: "stack overflow", stack: null };

function isMemory({ name, message }: Thrown): boolean {
  return name === "InternalError" && message === "out of memory";
}

function faultOf(thrown: Thrown, code: string, about = ""): CodeFault {
  const { name, message } = thrown;
  const place = placeOf(thrown, code);
  if (isMemory(thrown)) return { code: "code_memory", name, message: `${about}it needs more than 64 MB of memory`, ...place };
  return { code: "code_failed", name, message: `${about}${message}`, ...place };
}

/** The innermost frame that is the code's own. The end of what stands around it counts as its last line. */
function placeOf({ stack }: Thrown, code: string): { line: number | null; column: number | null } {
  const [, line, column] = /\bcode\.js:(\d+):(\d+)/.exec(stack ?? "") ?? [];
  if (line === undefined) return { line: null, column: null };
  const written = code.split("\n");
  const at = Number(line) - 1;
  if (at <= written.length) return { line: Math.max(at, 1), column: Number(column) };
  return { line: written.length, column: (written.at(-1)?.length ?? 0) + 1 };
}

function outputFault(thrown: Thrown, code: string): CodeFault {
  if (isMemory(thrown)) return faultOf(thrown, code, "its output: ");
  const known = outputProblems.find(({ message }) => message.test(thrown.message));
  return fault(`its output is no JSON: ${known ? known.problem : thrown.message}`);
}

/** How QuickJS says why a value has no JSON. */
const outputProblems = [
  { message: /^too long$/, problem: "it has more than 10 MB" },
  { message: /^circular reference$/, problem: "a value holds itself" },
  { message: /bigint/i, problem: "it holds a BigInt, which must be made a text or a number" },
  { message: /^stack overflow$/, problem: "it nests deeper than 500 levels" },
];

function fault(message: string): CodeFault {
  return { code: "code_failed", name: null, message, line: null, column: null };
}

function lateFault({ timeoutMs }: CodeRequest): CodeFault {
  return { ...fault(`it took longer than ${timeoutMs} ms`), code: "code_timeout" };
}

function trapFault(error: unknown): CodeFault {
  if (error instanceof RangeError) return fault("its calls or its data are in one another too deep");
  return memoryFault();
}

function memoryFault(): CodeFault {
  return { ...fault("it needs more than 64 MB of memory"), code: "code_memory" };
}
