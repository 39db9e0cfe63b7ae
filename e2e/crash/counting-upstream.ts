import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as it came: when (ms), and the idempotency key in its header. */
export type Arrival = { at: number; key: string | null };

/** Somebody else's API that takes its time and writes down what it was asked for each value. */
export type CountingUpstream = {
  url: string;
  host: string;
  /** All requests it has taken for this path and value, in order. */
  arrivals(path: string, value: string): readonly Arrival[];
  /** Settles when it has taken `count` requests for this path and value. */
  arrived(path: string, value: string, count: number): Promise<void>;
  /** Requests being worked on. */
  open(): number;
  /** Settles when at least one request is being worked on, or after `ms`. */
  busy(ms: number): Promise<void>;
  /** Keeps every answer back until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
};

export async function startCountingUpstream(answerAfterMs: number): Promise<CountingUpstream> {
  const taken = new Map<string, Arrival[]>();
  const waiting = new Set<() => void>();
  let open = 0;
  let held: Promise<void> | null = null;

  function receive(request: IncomingMessage, response: ServerResponse): void {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    request.on("end", () => {
      const body = JSON.parse(text) as { value: string };
      const key = request.headers["idempotency-key"];
      note(`${request.url}:${body.value}`, { at: Date.now(), key: typeof key === "string" ? key : null });
      open += 1;
      for (const look of [...waiting]) look();
      setTimeout(async () => {
        await held;
        open -= 1;
        response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      }, answerAfterMs);
    });
  }

  function note(name: string, arrival: Arrival): void {
    const list = taken.get(name);
    if (list) list.push(arrival);
    else taken.set(name, [arrival]);
  }

  /** Settles when `ready`, which is asked after each arrival, or after `ms`. */
  function until(ready: () => boolean, ms: number | null): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        waiting.delete(look);
        resolve();
      };
      const look = () => ready() && end();
      const timer = ms === null ? undefined : setTimeout(end, ms);
      waiting.add(look);
    });
  }

  const server = createServer(receive);
  // A caller that was stopped for a while must not find its connections closed: that would be a fault of another kind.
  server.keepAliveTimeout = 300_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const arrivals = (path: string, value: string) => taken.get(`/${path}:${value}`) ?? [];
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    arrivals,
    arrived: (path, value, count) => until(() => arrivals(path, value).length >= count, null),
    open: () => open,
    busy: (ms) => until(() => open > 0, ms),
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = null;
        resolve();
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
