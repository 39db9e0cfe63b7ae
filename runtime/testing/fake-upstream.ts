import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Json } from "../../shared/json.ts";

/** One scripted answer. Times are milliseconds. */
export type UpstreamAnswer = {
  status?: number;
  headers?: Record<string, string | string[]>;
  /** Anything but text and bytes is sent as JSON. */
  body?: Json | Uint8Array;
  /** Waits for this before the answer begins. */
  after?: Promise<unknown>;
  delayMs?: number;
  /** Answers never. */
  hang?: boolean;
  /** Destroys the socket: before the body is read, after it, or in the middle of the answer's body. */
  cut?: "before-reading" | "after-reading" | "while-answering";
  /** Sends one byte at a time, for ever. */
  drip?: { everyMs: number };
  /** A gzip body that decodes to so many zero bytes. */
  gzipBomb?: number;
};

export type UpstreamRequest = {
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  /** The text parsed, or null when it is no JSON. */
  body: Json;
};

/** A real HTTP server on loopback that stands for somebody else's API. */
export type FakeUpstream = {
  url: string;
  /** `host:port`, as in the guard's allow list. */
  host: string;
  requests: UpstreamRequest[];
  /** How many TCP connections were made. */
  connections(): number;
  /** How often each value of a request header came: repeated calls with one idempotency key. */
  countBy(header: string): Map<string, number>;
  /** Answers of the next requests, in order; after them the one set by `always`, at first 200 `{"ok":true}`. */
  next(...answers: UpstreamAnswer[]): void;
  always(answer: UpstreamAnswer | ((request: UpstreamRequest) => UpstreamAnswer)): void;
  /** Settles when so many requests have come in all. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
};

export async function startFakeUpstream(): Promise<FakeUpstream> {
  const requests: UpstreamRequest[] = [];
  const queue: UpstreamAnswer[] = [];
  const waiting: { count: number; done: () => void }[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let fallback: UpstreamAnswer | ((request: UpstreamRequest) => UpstreamAnswer) = { body: { ok: true } };

  const server = createServer(async (incoming, response) => {
    // Decided on arrival, so that concurrent requests get their answers in order.
    const scripted = queue.shift();
    if (scripted?.cut === "before-reading") return incoming.socket.destroy();
    const request = await record(incoming);
    requests.push(request);
    for (const { count, done } of waiting) if (requests.length >= count) done();
    await answer(response, scripted ?? (typeof fallback === "function" ? fallback(request) : fallback));
  });
  server.on("connection", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening TCP server has an address object.
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    countBy: (header) => {
      const counts = new Map<string, number>();
      for (const { headers } of requests) {
        const value = headers[header];
        if (typeof value === "string") counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return counts;
    },
    next: (...answers) => void queue.push(...answers),
    always: (answer) => {
      fallback = answer;
    },
    received: (count) => (requests.length >= count ? Promise.resolve() : new Promise((done) => waiting.push({ count, done }))),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function record(incoming: IncomingMessage): Promise<UpstreamRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  return { method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers, text, body: parsed(text) };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: tests look at the text then.
    return null;
  }
}

async function answer(response: ServerResponse, script: UpstreamAnswer): Promise<void> {
  if (script.after) await script.after;
  if (script.delayMs) await new Promise((resolve) => setTimeout(resolve, script.delayMs));
  if (script.hang) return;
  if (script.cut === "after-reading") {
    response.socket?.destroy();
    return;
  }
  const { bytes, type } = content(script);
  response.statusCode = script.status ?? 200;
  if (type) response.setHeader("content-type", type);
  if (script.gzipBomb !== undefined) response.setHeader("content-encoding", "gzip");
  for (const [name, value] of Object.entries(script.headers ?? {})) response.setHeader(name, value);
  if (script.drip) return drip(response, script.drip.everyMs);
  if (script.cut === "while-answering") {
    response.setHeader("content-length", bytes.length + 1);
    response.write(bytes, () => response.socket?.destroy());
    return;
  }
  response.end(bytes);
}

function content({ body, gzipBomb }: UpstreamAnswer): { bytes: Uint8Array; type: string | null } {
  if (gzipBomb !== undefined) return { bytes: gzipSync(Buffer.alloc(gzipBomb)), type: "application/json" };
  if (body instanceof Uint8Array) return { bytes: body, type: null };
  if (typeof body === "string") return { bytes: Buffer.from(body), type: "text/plain" };
  return body === undefined
    ? { bytes: Buffer.alloc(0), type: null }
    : { bytes: Buffer.from(JSON.stringify(body)), type: "application/json" };
}

function drip(response: ServerResponse, everyMs: number): void {
  const timer = setInterval(() => response.write(" "), everyMs);
  response.on("close", () => clearInterval(timer));
  response.write(" ");
}
