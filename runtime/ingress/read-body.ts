import type { IncomingMessage } from "node:http";

export type ReadBody = { outcome: "read"; body: Buffer } | { outcome: "too-large" } | { outcome: "aborted" };

/** Reads a request's raw bytes, at most `maxBytes`: counted on the stream, whatever Content-Length says. */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<ReadBody> {
  if (Number(incoming.headers["content-length"]) > maxBytes) return Promise.resolve({ outcome: "too-large" });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (result: ReadBody) => {
      incoming.off("data", take).off("end", done).off("error", abort).off("close", abort);
      resolve(result);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) end({ outcome: "too-large" });
      else chunks.push(chunk);
    };
    const done = () => end({ outcome: "read", body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
    const abort = () => end({ outcome: "aborted" });
    incoming.on("data", take).on("end", done).on("error", abort).on("close", abort);
  });
}
