import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { AppError } from "../../shared/app-error.ts";
import type { Json } from "../../shared/json.ts";
import { signedHeaders, type TestHook } from "./test-hook.ts";
import type { TestServer } from "./test-server.ts";

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; json: Json };
export type Ask = {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
  /** Sends the body in these pieces, without a Content-Length. */
  chunks?: Iterable<Uint8Array>;
};

/** One HTTP request on a connection of its own, with exactly these headers. Rejects when the connection breaks without an answer. */
export function ask(url: string, { method = "GET", headers = {}, body, chunks }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
      response.on("error", reject);
    });
    request.on("error", reject);
    if (!chunks) return void request.end(body);
    for (const chunk of chunks) request.write(chunk);
    request.end();
  });
}

/** A provider's delivery: signed with the hook's secret at the server's time. Give `headers` to change what is sent. */
export function deliver(
  server: TestServer,
  { hook, secret }: TestHook,
  delivery: { id: string; body?: string | Uint8Array; headers?: Record<string, string | string[]>; query?: string },
): Promise<Answer> {
  const { id, body = "{}", headers = {}, query = "" } = delivery;
  const signed = signedHeaders(secret, id, body, server.clock());
  return ask(`${server.url}/hooks/${hook}${query}`, { method: "POST", headers: { ...signed, ...headers }, body });
}

/** Sends these bytes as they are and gives everything that comes back until the server closes; `cut`: hangs up after sending. */
export function sendRaw(url: string, text: string, { cut = false }: { cut?: boolean } = {}): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let got = "";
    const socket = connect(Number(port), hostname, () => {
      socket.write(text, () => cut && socket.destroy());
    });
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => {
      got += part;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(got));
  });
}

export type StreamEvent = { event: string; id: string | null; data: Json };

/** A stream of server-sent events as a browser reads it (WHATWG HTML, 9.2.6), with everything that has come so far. */
export type EventStream = {
  headers: IncomingHttpHeaders;
  events: StreamEvent[];
  /** As it came over the wire. */
  readonly text: string;
  /** Settles when what has come fulfils this. */
  until(fulfilled: (stream: EventStream) => boolean): Promise<StreamEvent[]>;
  close(): void;
};

/** Opens a stream; rejects when the answer is none. */
export function openStream(url: string, headers: Record<string, string>): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    let text = "";
    let taken = 0;
    const looks = new Set<() => void>();
    const request = httpRequest(url, { headers: { Accept: "text/event-stream", ...headers }, agent: false }, (response) => {
      const stream: EventStream = {
        headers: response.headers,
        events: [],
        get text() {
          return text;
        },
        until: (fulfilled) =>
          new Promise((settle) => {
            const look = () => {
              if (!fulfilled(stream)) return;
              looks.delete(look);
              settle(stream.events);
            };
            looks.add(look);
            look();
          }),
        close: () => request.destroy(),
      };
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        for (let end = text.indexOf("\n\n", taken); end >= 0; end = text.indexOf("\n\n", taken)) {
          const event = eventOf(text.slice(taken, end));
          if (event) stream.events.push(event);
          taken = end + 2;
        }
        for (const look of looks) look();
      });
      // The test closes it, or the server does when it ends: neither is an error here.
      response.on("error", () => {});
      if (response.statusCode === 200) resolve(stream);
      else reject(new AppError("internal", `the stream was answered ${response.statusCode}`));
    });
    request.on("error", reject);
    request.end();
  });
}

/** One block of lines; null when it is a comment. */
function eventOf(block: string): StreamEvent | null {
  const fields = new Map(
    block.split("\n").flatMap((line) => {
      const at = line.indexOf(":");
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1).replace(/^ /, "")] as const] : [];
    }),
  );
  const data = fields.get("data");
  return data === undefined
    ? null
    : { event: fields.get("event") ?? "message", id: fields.get("id") ?? null, data: parsed(data) };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    // Not every answer is JSON: tests look at the text then.
    return null;
  }
}
