import { describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { type HmacRecipe, SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileRecipe } from "./compile-recipe.ts";
import { compileDedupeKey } from "./dedupe-key.ts";

const url = "https://hooks.example.test/hooks/1";

type Candidates = NonNullable<z.input<typeof HmacRecipe>["dedupe"]>["candidates"];

describe("compileDedupeKey", () => {
  it("gives null when the recipe declares no candidate", () => {
    expect(key(undefined, { "webhook-id": "1" }, `{"id":"1"}`)).toBeNull();
  });

  it("takes the first candidate that is present", () => {
    const candidates: Candidates = [
      { in: "header", name: "X-Event-Id" },
      { in: "body", path: "event.id" },
      { in: "body", path: "id" },
    ];
    expect(key(candidates, { "x-event-id": "a" }, `{"event":{"id":"b"},"id":"c"}`)).toBe("header:x-event-id:a");
    expect(key(candidates, {}, `{"event":{"id":"b"},"id":"c"}`)).toBe("body:event.id:b");
    expect(key(candidates, {}, `{"id":"c"}`)).toBe("body:id:c");
    expect(key(candidates, {}, `{}`)).toBeNull();
  });

  it("tells equal ids of a header and of the body apart", () => {
    const inHeader = key([{ in: "header", name: "id" }], { id: "7" }, `{"id":"7"}`);
    const inBody = key([{ in: "body", path: "id" }], { id: "7" }, `{"id":"7"}`);
    expect(inHeader).not.toBe(inBody);
  });

  it.each([
    ["a string", `{"id":"evt_1"}`, "evt_1"],
    ["a number", `{"id":42}`, "42"],
    ["the largest integer that is exact", `{"id":9007199254740991}`, "9007199254740991"],
    ["an integer that was rounded", `{"id":9007199254740993}`, null],
    ["a fraction", `{"id":1.5}`, null],
    ["200 characters", `{"id":"${"x".repeat(200)}"}`, "x".repeat(200)],
    ["201 characters, which cut short could stand for another event", `{"id":"${"x".repeat(201)}"}`, null],
    ["empty", `{"id":""}`, null],
    ["blank", `{"id":"  "}`, null],
    ["not printable", `{"id":"a\\nb"}`, null],
    ["not ASCII", `{"id":"é"}`, null],
    ["null", `{"id":null}`, null],
    ["true", `{"id":true}`, null],
    ["an object", `{"id":{}}`, null],
  ])("judges an id that is %s", (_, body, expected) => {
    expect(key([{ in: "body", path: "id" }], {}, body)).toBe(expected === null ? null : `body:id:${expected}`);
  });

  it.each([
    ["no JSON", Buffer.from("id=1")],
    ["empty", Buffer.alloc(0)],
    ["no UTF-8", Buffer.from(`{"id":"\xff"}`, "latin1")],
    ["nested 100,000 deep", Buffer.from("[".repeat(100_000))],
  ])("gives null when the body is %s", (_, body) => {
    expect(key([{ in: "body", path: "id" }], {}, body)).toBeNull();
  });

  it("reads a body that starts with a byte order mark", () => {
    expect(key([{ in: "body", path: "id" }], {}, `\ufeff{"id":1}`)).toBe("body:id:1");
  });

  it("reads an id inside a list", () => {
    expect(key([{ in: "body", path: "[0].eventId" }], {}, `[{"eventId":9}]`)).toBe("body:[0].eventId:9");
  });

  it.each(["constructor.name", "__proto__.x", "toString"])("finds nothing inherited under %s", (path) => {
    expect(key([{ in: "body", path }], {}, "{}")).toBeNull();
  });

  it("parses the body once, however many candidates are in it", () => {
    const find = compileRecipe(
      recipe([
        { in: "body", path: "a" },
        { in: "body", path: "b" },
      ]),
      [],
    ).dedupeKey;
    const parse = vi.spyOn(JSON, "parse");
    expect(find({ method: "POST", url, headers: () => null, body: Buffer.from(`{"b":1}`) })).toBe("body:b:1");
    expect(parse).toHaveBeenCalledTimes(1);
    parse.mockRestore();
  });

  it("refuses a path that cannot be read", () => {
    const unread = {
      ...recipe([{ in: "body", path: "a.b" }]),
      dedupe: { candidates: [{ in: "body" as const, path: "a..b" }], windowMs: 60_000 },
    };
    expect(() => compileDedupeKey(unread)).toThrow(
      expect.objectContaining({ code: "invalid_document", message: expect.stringContaining("a..b") }),
    );
    expect(() => recipe([{ in: "body", path: "a..b" }])).toThrow(/cannot be read as a path/);
  });
});

function recipe(candidates: Candidates | undefined): SignatureRecipe {
  return SignatureRecipe.parse({
    kind: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    signature: { places: [{ in: "header", name: "sig" }] },
    signedContent: [{ part: "body" }],
    dedupe: candidates && { candidates },
  });
}

function key(candidates: Candidates | undefined, headers: Record<string, string>, body: string | Buffer): string | null {
  return compileRecipe(recipe(candidates), []).dedupeKey({
    method: "POST",
    url,
    headers: (name) => headers[name] ?? null,
    body: Buffer.from(body),
  });
}
