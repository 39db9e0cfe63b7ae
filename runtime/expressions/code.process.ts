import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import release from "@jitl/quickjs-wasmfile-release-sync";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import { type CodeReply, type CodeRequest, createRealm, type Realm } from "./run-code.ts";

const pageBytes = 65_536;
const initialPages = 256;
/** 128 MB: QuickJS counts what code takes against a limit of its own, but neither gaps nor the bytes of typed arrays. */
const maximumPages = 2_048;

const wasm = fileURLToPath(import.meta.resolve("@jitl/quickjs-wasmfile-release-sync/wasm"));
// The package's types are those of CommonJS, where this is inside of `default`; what Node loads is the module.
const variant = release as unknown as QuickJSSyncVariant;
const wasmModule = await WebAssembly.compile(readFileSync(wasm));

/** A QuickJS with all of its memory, and a realm in it that waits for its run. */
type Engine = { quickjs: QuickJSWASMModule; memory: WebAssembly.Memory; realm: Realm };

/** By key, the one used last behind the others: nobody's code runs where another's did. */
const engines = new Map<string, Engine>();
const maxEngines = 8;
// Made while nobody waits.
let spare = createEngine();

process.on("message", async (request: CodeRequest) => {
  const known = engines.get(request.key);
  const engine = known ?? (await spare);
  engines.delete(request.key);
  const reply = engine.realm.run(request);
  answer(reply);
  if (!known) spare = createEngine();
  if ("output" in reply && renew(engine)) keep(request.key, engine);
  // V8 is in no hurry to give such memory back.
  else if (hasGrown(engine)) globalThis.gc?.();
});
await spare;
process.send?.("ready");

async function createEngine(): Promise<Engine> {
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages });
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory: memory }));
  return { quickjs, memory, realm: realmOf(quickjs, memory) };
}

function realmOf(quickjs: QuickJSWASMModule, memory: WebAssembly.Memory): Realm {
  return createRealm(quickjs, { size: () => memory.buffer.byteLength, maxBytes: maximumPages * pageBytes });
}

/** Makes another realm in the place of the one that has run; false when there is no using this QuickJS again. */
function renew(engine: Engine): boolean {
  if (hasGrown(engine)) return false;
  try {
    engine.realm.dispose();
    engine.realm = realmOf(engine.quickjs, engine.memory);
    return true;
  } catch {
    // A check of QuickJS itself has failed: it is dropped with all that it holds.
    return false;
  }
}

function hasGrown({ memory }: Engine): boolean {
  return memory.buffer.byteLength > initialPages * pageBytes;
}

function keep(key: string, engine: Engine): void {
  engines.set(key, engine);
  const [oldest] = engines.keys();
  if (engines.size > maxEngines && oldest !== undefined) engines.delete(oldest);
}

function answer(reply: CodeReply): void {
  try {
    process.send?.(reply);
  } catch (error) {
    // Writing it needs a stack as deep as the output is.
    if (!(error instanceof RangeError)) throw error;
    const message = "its output is no JSON: it nests deeper than 500 levels";
    process.send?.({ console: reply.console, fault: { code: "code_failed", name: null, message, line: null, column: null } });
  }
}
