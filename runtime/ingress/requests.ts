import type { Server, ServerResponse } from "node:http";
import { createChain } from "./chain.ts";

/** The requests that a server is answering, so that it can stop without breaking one off. */
export type Requests = {
  /** Takes no new connections and only what is on its way on those there are; ends the streams, which would go on for ever. */
  stopTaking(): Promise<void>;
  /** Waits until all are answered, at most `withinMs`, then closes every connection. */
  close(withinMs: number): Promise<void>;
};

/** Follows a server's requests from the start. `isStream` says which paths are answered for as long as the client stays. */
export function followRequests(server: Server, isStream: (path: string) => boolean): Requests {
  const open = createChain<ServerResponse>();
  const streams = createChain<ServerResponse>();
  let stopping = false;
  let allAnswered: (() => void) | null = null;
  let closed: Promise<unknown> = Promise.resolve();

  // Before the listener that answers, so that a header can still be set.
  server.prependListener("request", ({ url }, response) => {
    const of = isStream(url ?? "") ? streams : open;
    const link = of.add(response);
    if (stopping) sayLast(response);
    response.on("close", () => {
      of.remove(link);
      if (open.size() === 0) allAnswered?.();
    });
  });

  return {
    async stopTaking() {
      stopping = true;
      for (const response of open.values()) sayLast(response);
      // What was sent before the order to stop may not have been read yet, or wait on a connection that is not accepted yet.
      await turns(3);
      closed = new Promise((resolve) => server.close(resolve));
      for (const stream of streams.values()) {
        // Something may still be on its way into the stream; it has nowhere to go now.
        stream.on("error", () => {}).end();
      }
    },
    async close(withinMs) {
      await turns(3);
      if (open.size() > 0)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs);
          allAnswered = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      server.closeAllConnections();
      await closed;
    },
  };
}

/** RFC 9112, 9.6: the client sends nothing more on this connection. */
function sayLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("Connection", "close");
}

/** Lets the event loop take in what has arrived. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
