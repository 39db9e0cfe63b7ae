import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import release from "@jitl/quickjs-wasmfile-release-sync";
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSSyncVariant } from "quickjs-emscripten-core";
import { type CodeReply, type CodeRequest, createRealm, type Realm } from "./run-code.ts";

const pageBytes = 65_536;
const initialPages = 256;
/** 128 MB: QuickJS counts what code takes against a limit of its own, but neither gaps nor the bytes of typed arrays. */
const maximumPages = 2_048;

const wasm = fileURLToPath(import.meta.resolve("@jitl/quickjs-wasmfile-release-sync/wasm"));
// The package's types are those of CommonJS, where this is inside of `default`; what Node loads is the module.
const variant = release as unknown as QuickJSSyncVariant;
const wasmModule = await WebAssembly.compile(readFileSync(wasm));

type Prepared = { realm: Realm; memory: WebAssembly.Memory };
// Made while nobody waits, and a new one for each run: its memory is all that a run could leave behind.
let prepared = prepare();

process.on("message", async (request: CodeRequest) => {
  const { realm, memory } = await prepared;
  answer(realm.run(request));
  // V8 is in no hurry to give such memory back.
  if (memory.buffer.byteLength > initialPages * pageBytes) globalThis.gc?.();
  prepared = prepare();
});
await prepared;
process.send?.("ready");

async function prepare(): Promise<Prepared> {
  const memory = new WebAssembly.Memory({ initial: initialPages, maximum: maximumPages });
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory: memory }));
  return {
    realm: createRealm(quickjs, {
      get buffer() {
        return memory.buffer;
      },
      maxBytes: maximumPages * pageBytes,
    }),
    memory,
  };
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
