import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeBody, parseBody } from "./read-body.ts";

const text = '{"a":1}';

describe("decoding", () => {
  test.each([
    ["nothing", undefined, Buffer.from(text)],
    ["identity", "identity", Buffer.from(text)],
    ["gzip", "gzip", gzipSync(text)],
    ["gzip in capitals", "GZIP", gzipSync(text)],
    ["brotli", "br", brotliCompressSync(text)],
    ["deflate", "deflate", deflateSync(text)],
    ["raw deflate", "deflate", deflateRawSync(text)],
    ["an empty body of any kind", "gzip", Buffer.alloc(0)],
  ])("undoes %s", async (_, encoding, body) => {
    const decoded = await decodeBody(body, encoding, 1_000);
    expect(decoded.decoded === "ok" && decoded.body.toString()).toBe(body.length === 0 ? "" : text);
  });

  test.each([
    ["gzip", gzipSync(Buffer.alloc(20_000_000))],
    ["br", brotliCompressSync(Buffer.alloc(20_000_000))],
    ["deflate", deflateSync(Buffer.alloc(20_000_000))],
  ])("cuts a %s bomb at the cap", async (encoding, body) => {
    expect(await decodeBody(body, encoding, 1_000_000)).toEqual({ decoded: "too-large" });
  });

  test.each([
    ["content that is not what it says", "gzip", Buffer.from(text)],
    ["content that ends early", "gzip", gzipSync(text).subarray(0, 12)],
    ["an unknown encoding", "zstd", Buffer.from(text)],
    ["the name of an inherited property", "constructor", Buffer.from(text)],
  ])("says so of %s", async (_, encoding, body) => {
    expect(await decodeBody(body, encoding, 1_000)).toMatchObject({ decoded: "broken" });
  });
});

describe("parsing", () => {
  test.each<[what: string, text: string, type: string | undefined, expected: unknown]>([
    ["JSON", text, "application/json", { a: 1 }],
    ["JSON of a named kind", text, "application/problem+json; charset=utf-8", { a: 1 }],
    ["JSON that is called text", text, "text/plain", { a: 1 }],
    ["JSON without a type", "[1]", undefined, [1]],
    ["a JSON number", "12", "application/json", 12],
    ["a number that is text", "12", "text/plain", "12"],
    ["text that is called JSON", "OK", "application/json", "OK"],
    ["text that begins like JSON", "[x", "text/plain", "[x"],
    ["nothing", "", "application/json", null],
  ])("%s", (_, body, type, expected) => {
    expect(parseBody(body, type)).toEqual(expected);
  });

  test("takes JSON that nests too deep to be walked as text", () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    expect(parseBody(deep, "application/json")).toBe(deep);
    const wide = JSON.stringify(Array.from({ length: 2_000 }, () => ']}[{\\"'));
    expect(parseBody(wide, "application/json")).toEqual(JSON.parse(wide));
  });
});
