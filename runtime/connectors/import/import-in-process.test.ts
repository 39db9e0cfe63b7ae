import { expect, test } from "vitest";
import { createImport } from "./import-in-process.ts";
import type { Progress } from "./imported-connector.ts";

const options = { readAt: 5 };
const file = JSON.stringify({
  openapi: "3.1.0",
  info: { title: "Small", version: "1" },
  paths: { "/a": { get: { responses: { 200: { description: "fine" } } } } },
});

/** As a request brings it: cut anywhere, also inside a character. */
function piecesOf(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const length = Math.ceil(bytes.length / 7);
  return Array.from({ length: 7 }, (_, index) => bytes.subarray(index * length, (index + 1) * length));
}

test("a file is read in a process of its own, and the connector comes as text", async () => {
  const stages: number[] = [];
  const onProgress = ({ progress }: Progress) => stages.push(progress);
  const parts: string[] = [];
  const onPart = (text: string) => parts.push(text);
  const reply = await createImport({ allowedHttpHosts: [] }).read(piecesOf(file), { ...options, onProgress, onPart });
  if (reply.outcome === "refused") expect.fail(reply.message);
  expect(JSON.parse(reply.report)).toMatchObject({ title: "Small", operations: [{ key: "get-a" }] });
  expect(JSON.parse(parts.join(""))).toMatchObject({ endpoints: [{ path: "/a" }], source: { title: "Small", readAt: 5 } });
  expect(stages.length).toBeGreaterThan(2);
  expect(stages).toEqual(stages.toSorted((a, b) => a - b));
});

test("one that takes too long is given up, with its process", async () => {
  const reply = await createImport({ allowedHttpHosts: [], timeoutMs: 1 }).read(piecesOf(file), options);
  expect(reply).toEqual({ outcome: "refused", message: "The file could not be read within 0.001 seconds" });
});

test("one that takes too much memory costs its process alone", async () => {
  const large = `{"openapi":"3.0.0","x":[${"{},".repeat(3_000_000)}{}]}`;
  const reply = await createImport({ allowedHttpHosts: [], memoryMb: 40 }).read(piecesOf(large), options);
  expect(reply).toEqual({ outcome: "refused", message: "The file could not be read: it takes too much memory" });
});

test("of many at once some are read, some wait, and the others are refused", async () => {
  const { read } = createImport({ allowedHttpHosts: [], atOnce: 1, waiting: 1 });
  const outcomes = await Promise.allSettled([
    read(piecesOf(file), options),
    read(piecesOf(file), options),
    read(piecesOf(file), options),
  ]);
  expect(outcomes).toMatchObject([
    { status: "fulfilled", value: { outcome: "imported" } },
    { status: "fulfilled", value: { outcome: "imported" } },
    { status: "rejected", reason: { code: "unavailable", message: "2 files are being read already: try again in a minute" } },
  ]);
  expect(await read(piecesOf(file), options)).toMatchObject({ outcome: "imported" });
});

test("whoever waits or comes when it is closed is told so, and what is read ends", async () => {
  const { read, close } = createImport({ allowedHttpHosts: [], atOnce: 1 });
  const begun = [read(piecesOf(file), options), read(piecesOf(file), options)];
  await new Promise(setImmediate);
  close();
  expect(await Promise.allSettled([...begun, read(piecesOf(file), options)])).toMatchObject([
    { status: "fulfilled", value: { outcome: "refused" } },
    { status: "rejected", reason: { code: "unavailable" } },
    { status: "rejected", reason: { code: "unavailable" } },
  ]);
});
