import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";

/**
 * The load, in a process of its own: signed events over keep-alive connections. Closed loop (each connection sends when its answer
 * has come), or open loop at `rate` events a second, whose latencies count from when an event was due, not from when it was sent.
 */
export type Load = {
  url: string;
  secret: string;
  connections: number;
  seconds: number;
  /** Not measured: the server's code gets warm. */
  warmUpSeconds: number;
  /** Events a second; null: as fast as the answers come. */
  rate: number | null;
  bodyBytes: number;
  /** A file with a JSON list of whole requests to send in turn, instead of those that are signed here. */
  requestsFile?: string;
};
export type LoadResult = { sent: number; perSecond: number; p50Ms: number; p99Ms: number; statuses: Record<string, number> };

const load: Load = JSON.parse(process.argv[2] ?? "{}");
const { hostname, port, pathname } = new URL(load.url);
const body = JSON.stringify({ email: "a@b.example", n: 7, list: [1, 2, 3], filler: "x".repeat(load.bodyBytes - 70) });
const written: string[] | null = load.requestsFile === undefined ? null : JSON.parse(readFileSync(load.requestsFile, "utf8"));
const prefix = randomBytes(6).toString("hex");
const latencies: number[] = [];
const statuses: Record<string, number> = {};
let sequence = 0;
let sent = 0;
let measuring = false;
let over = false;

function request(): string {
  sequence += 1;
  if (written) return written[sequence % written.length] ?? "";
  const id = `${prefix}_${sequence}`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac("sha256", load.secret).update(`${id}.${timestamp}.${body}`).digest("hex");
  return `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nX-Patchbay-Id: ${id}\r\nX-Patchbay-Timestamp: ${timestamp}\r\nX-Patchbay-Signature: v1=${signature}\r\n\r\n${body}`;
}

type Lane = { socket: Socket; due: number | null; text: string };
const idle: Lane[] = [];
const overdue: number[] = [];

function open(): void {
  const lane: Lane = { socket: connect(Number(port), hostname), due: null, text: "" };
  lane.socket.setNoDelay(true);
  lane.socket.setEncoding("latin1");
  lane.socket.on("data", (chunk: string) => receive(lane, chunk));
  lane.socket.on("connect", () => free(lane));
  lane.socket.on("close", () => {
    if (!over) open();
  });
  lane.socket.on("error", () => count("connection error"));
}

function send(lane: Lane, due: number): void {
  lane.due = due;
  lane.socket.write(request());
}

function free(lane: Lane): void {
  lane.due = null;
  if (over) return;
  const due = load.rate === null ? performance.now() : overdue.shift();
  if (due === undefined) idle.push(lane);
  else send(lane, due);
}

function receive(lane: Lane, chunk: string): void {
  lane.text += chunk;
  const head = lane.text.indexOf("\r\n\r\n");
  if (head < 0) return;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(lane.text)?.[1] ?? 0);
  if (lane.text.length < head + 4 + length) return;
  count(lane.text.slice(9, 12));
  if (measuring && lane.due !== null) {
    sent += 1;
    latencies.push(performance.now() - lane.due);
  }
  lane.text = "";
  free(lane);
}

function count(status: string): void {
  if (measuring) statuses[status] = (statuses[status] ?? 0) + 1;
}

/** Open loop: what is due goes out on a free connection, or waits for one with its due time. */
function tick(rate: number, startedAt: number, released: { count: number }): void {
  const now = performance.now();
  const owed = Math.floor(((now - startedAt) / 1_000) * rate);
  for (; released.count < owed; released.count += 1) {
    const due = startedAt + (released.count / rate) * 1_000;
    const lane = idle.pop();
    if (lane) send(lane, due);
    else overdue.push(due);
  }
  if (!over) setTimeout(() => tick(rate, startedAt, released), 1);
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

for (let index = 0; index < load.connections; index += 1) open();
if (load.rate !== null) tick(load.rate, performance.now(), { count: 0 });
await pause(load.warmUpSeconds);
measuring = true;
const startedAt = performance.now();
await pause(load.seconds);
measuring = false;
const elapsed = (performance.now() - startedAt) / 1_000;
over = true;
latencies.sort((a, b) => a - b);
const at = (share: number) => Number((latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2));
const result: LoadResult = { sent, perSecond: Math.round(sent / elapsed), p50Ms: at(0.5), p99Ms: at(0.99), statuses };
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
