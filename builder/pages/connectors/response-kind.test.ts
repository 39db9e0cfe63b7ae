import { expect, it } from "vitest";
import { responseKindOf } from "./response-kind.ts";

it.each([
  [{ a: 1 }, { "content-type": "application/json; charset=utf-8" }, { kind: "json", type: "application/json", size: 7 }],
  ["ok", { "content-type": "application/problem+json" }, { kind: "json", type: "application/problem+json", size: 4 }],
  ["<p>é</p>", { "content-type": "text/html" }, { kind: "text", type: "text/html", size: 9 }],
  ["\uFFFDPNG\0", { "content-type": "image/png", "content-length": "5120" }, { kind: "binary", type: "image/png", size: 5120 }],
  ["a,b", {}, { kind: "text", type: null, size: 3 }],
  // The length that was sent is that of the compressed text.
  ["aaaa", { "content-encoding": "gzip", "content-length": "2" }, { kind: "text", type: null, size: 4 }],
  [null, {}, { kind: "empty", type: null, size: 0 }],
] as const)("an answer %j with %j is known as what it is", (body, headers, kind) => {
  expect(responseKindOf({ status: 200, body, headers: { ...headers } })).toEqual(kind);
});
