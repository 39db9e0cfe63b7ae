import { type ChildProcess, fork } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { AppError } from "../../../shared/app-error.ts";
import type { FromProcess, ImportReply } from "./import.process.ts";
import type { Progress } from "./imported-connector.ts";
import { refused } from "./parse-document.ts";

/**
 * `readAt`: what the import will say of when it was made, in epoch ms; `location`: where the file was fetched from; `onPart`: is given
 * the connector as text, in parts, before the reply.
 */
export type ReadOptions = {
  readAt: number;
  location?: string | null;
  onProgress?(progress: Progress): void;
  onPart?(text: string): void;
};
/**
 * Reads a specification, given as the pieces of its bytes in UTF-8; they are taken out of the list while they are sent. Rejects with
 * `unavailable` when too many wait, or once it is closed.
 */
export type ImportBytes = (pieces: Uint8Array[], options: ReadOptions) => Promise<ImportReply>;
export type Import = {
  read: ImportBytes;
  /** Ends what is being read. */
  close(): void;
};
type Limits = { allowedHttpHosts: string[]; timeoutMs: number; memoryMb: number };
type Options = Pick<Limits, "allowedHttpHosts"> & Partial<Limits> & { atOnce?: number; waiting?: number };

/**
 * Imports in a process of its own, which ends with the import: a file that takes too long or too much memory costs that process
 * alone. (V8 ends the whole process, not the thread, when a thread meets its limit inside one large allocation.) `atOnce` files are
 * read at a time and `waiting` more wait, so that many of them cannot take all memory.
 */
export function createImport({ atOnce = 2, waiting = 6, timeoutMs = 60_000, memoryMb = 1_024, ...options }: Options): Import {
  const limits = { ...options, timeoutMs, memoryMb };
  const children = new Set<ChildProcess>();
  const queue: { begin(): void; refuse(fault: AppError): void }[] = [];
  let reading = 0;
  let closed = false;

  async function turn(): Promise<void> {
    if (reading < atOnce) reading++;
    else if (queue.length < waiting) await new Promise<void>((begin, refuse) => queue.push({ begin, refuse }));
    else throw new AppError("unavailable", `${reading + queue.length} files are being read already: try again in a minute`);
  }

  /** The place goes to the one that has waited longest. */
  function leave(): void {
    const next = queue.shift();
    if (next) next.begin();
    else reading--;
  }

  return {
    async read(pieces, options) {
      await turn();
      if (closed) throw stopping();
      const child = start(limits);
      children.add(child);
      child.once("exit", () => children.delete(child));
      return importIn(child, { pieces, ...options }, limits).finally(leave);
    },
    close() {
      closed = true;
      for (const { refuse } of queue.splice(0)) refuse(stopping());
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

function stopping(): AppError {
  return new AppError("unavailable", "no file is read any more: the server is stopping");
}

function start({ memoryMb }: Limits): ChildProcess {
  return fork(fileURLToPath(new URL("./import.process.ts", import.meta.url)), {
    // Most of what is read stays: a large nursery would only be memory.
    execArgv: [`--max-old-space-size=${memoryMb}`, "--max-semi-space-size=4", "--stack-size=4000"],
    serialization: "advanced",
    stdio: ["pipe", "ignore", "ignore", "ipc"],
    // The operator's variables hold the master key, which a reader of strangers' files has no use for.
    env: process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {},
  });
}

function importIn(
  child: ChildProcess,
  { pieces, readAt, location = null, onProgress, onPart }: ReadOptions & { pieces: Uint8Array[] },
  { allowedHttpHosts, timeoutMs }: Limits,
): Promise<ImportReply> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(refused(`The file could not be read within ${timeoutMs / 1_000} seconds`));
      child.kill("SIGKILL");
    }, timeoutMs);
    const fail = (reason: string) => resolve(refused(`The file could not be read: ${reason}`));
    // After its answer it ends by itself, so that what it has compiled is kept for the next one.
    child.on("message", (message: FromProcess) => {
      if ("progress" in message) onProgress?.(message);
      else if ("part" in message) onPart?.(message.part);
      else resolve(message);
    });
    child.once("error", (error) => fail(error.message));
    child.once("exit", () => {
      clearTimeout(timer);
      fail("it takes too much memory");
    });
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    child.send({ bytes, readAt, location, allowedHttpHosts }, (error) => {
      if (error) fail(error.message);
    });
    // A process that ends meanwhile breaks the pipe; its exit says why.
    if (child.stdin) pipeline(Readable.from(handOver(pieces)), child.stdin).catch(() => {});
  });
}

/** Each piece is let go of once it is sent. */
function* handOver(pieces: Uint8Array[]): Generator<Uint8Array> {
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) yield piece;
}
