import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFetchFile } from "./fetch-file.ts";

let server: Server;
let host: string;
const seen: { url: string; headers: Record<string, unknown> }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ url: request.url ?? "", headers: request.headers });
    const { pathname } = new URL(request.url ?? "", "http://a");
    if (pathname === "/file") response.end("openapi: 3.0.3");
    else if (pathname === "/gzip") response.setHeader("content-encoding", "gzip").end(gzipSync("zipped"));
    else if (pathname === "/moved") response.writeHead(302, { location: "/file?x=1" }).end();
    else if (pathname === "/circle") response.writeHead(301, { location: "/circle" }).end();
    else if (pathname === "/inside") response.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
    else if (pathname === "/large") response.end("x".repeat(5_000));
    else if (pathname === "/bomb") response.setHeader("content-encoding", "gzip").end(gzipSync("x".repeat(1_000_000)));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const fetchFile = (path: string, allowed = [host]) =>
  createFetchFile(allowed)(path.startsWith("/") ? `http://${host}${path}` : path, {
    maxBytes: 1_000,
    signal: AbortSignal.timeout(5_000),
  });

test("a file is fetched, decoded, also where it was moved to, and without credentials", async () => {
  expect(await fetchFile("/file")).toEqual({ outcome: "fetched", bytes: Buffer.from("openapi: 3.0.3") });
  expect(await fetchFile("/gzip")).toEqual({ outcome: "fetched", bytes: Buffer.from("zipped") });
  expect(await fetchFile("/moved")).toEqual({ outcome: "fetched", bytes: Buffer.from("openapi: 3.0.3") });
  expect(seen.at(-1)?.url).toBe("/file?x=1");
  expect(Object.keys(seen.at(-1)?.headers ?? {})).not.toEqual(expect.arrayContaining(["authorization"]));
});

test.each([
  ["/gone", "answered 404"],
  ["/circle", "redirected more than 3 times"],
  ["/inside", "must use https"],
  ["/large", "too large"],
  ["/bomb", "too large"],
  ["https://ada:secret@example.com/a", "without credentials"],
  ["https://10.0.0.1/a", "not a public address"],
  ["http://example.com/a", "must use https"],
])("%s is refused: %s", async (path, words) => {
  expect(await fetchFile(path)).toEqual({ outcome: "refused", message: expect.stringContaining(words) });
});

test("a host of this network is asked only where the operator allows it", async () => {
  const before = seen.length;
  expect(await fetchFile("/file", [])).toMatchObject({ outcome: "refused" });
  expect(seen.length).toBe(before);
});
