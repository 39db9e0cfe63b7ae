import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ImportReply } from "./import.process.ts";
import { refused } from "./parse-document.ts";

/** Reads a specification; `text` as it was uploaded. */
export type ImportText = (text: string) => Promise<ImportReply>;
type Options = { allowedHttpHosts: string[]; timeoutMs?: number; memoryMb?: number };

/**
 * Imports in a process of its own, which ends with the import: a file that takes too long or too much memory costs that process
 * alone. (V8 ends the whole process, not the thread, when a thread meets its limit inside one large allocation.)
 */
export function createImport({ allowedHttpHosts, timeoutMs = 30_000, memoryMb = 1_024 }: Options): ImportText {
  return (text) =>
    new Promise((resolve) => {
      const child = fork(fileURLToPath(new URL("./import.process.ts", import.meta.url)), {
        execArgv: [`--max-old-space-size=${memoryMb}`, "--stack-size=4000"],
        serialization: "advanced",
        stdio: "ignore",
        // The operator's variables hold the master key, which a reader of strangers' files has no use for.
        env: process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {},
      });
      const timer = setTimeout(() => {
        resolve(refused(`The file could not be read within ${timeoutMs / 1_000} seconds`));
        child.kill("SIGKILL");
      }, timeoutMs);
      const fail = (reason: string) => resolve(refused(`The file could not be read: ${reason}`));
      // After its answer it ends by itself, so that what it has compiled is kept for the next one.
      child.once("message", (reply) => resolve(reply as ImportReply));
      child.once("error", (error) => fail(error.message));
      child.once("exit", () => {
        clearTimeout(timer);
        fail("it takes too much memory");
      });
      child.send({ text, allowedHttpHosts }, (error) => {
        if (error) fail(error.message);
      });
    });
}
