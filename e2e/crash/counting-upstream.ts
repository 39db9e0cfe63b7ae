import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Somebody else's API that takes its time and counts how often it was asked for each value. */
export type CountingUpstream = {
  url: string;
  host: string;
  /** How many requests it has taken for this path and value. */
  count(path: string, value: string): number;
  /** Requests being worked on. */
  open(): number;
  /** Settles when at least one request is being worked on, or after `ms`. */
  busy(ms: number): Promise<void>;
  close(): Promise<void>;
};

export async function startCountingUpstream(answerAfterMs: number): Promise<CountingUpstream> {
  const counts = new Map<string, number>();
  const waiting = new Set<() => void>();
  let open = 0;
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    request.on("end", () => {
      const body = JSON.parse(text) as { value: string };
      const key = `${request.url}:${body.value}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      open += 1;
      for (const wake of waiting) wake();
      setTimeout(() => {
        open -= 1;
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      }, answerAfterMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    count: (path, value) => counts.get(`/${path}:${value}`) ?? 0,
    open: () => open,
    busy(ms) {
      if (open > 0) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
