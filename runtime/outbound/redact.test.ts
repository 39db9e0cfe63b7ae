import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../shared/json.ts";
import { createRedactor } from "./redact.ts";

const secret = "p@ss/w ö&rd+'1";

describe("forms in which a secret is hidden", () => {
  const redactor = createRedactor([secret]);

  test.each([
    ["as it is", secret],
    ["URL-encoded", encodeURIComponent(secret)],
    ["URL-encoded with lower-case digits", encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase())],
    ["in a form", new URLSearchParams({ p: secret }).toString()],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64url", Buffer.from(secret).toString("base64url")],
    ["in Basic credentials", Buffer.from(`user:${secret}`).toString("base64")],
    ["in Basic credentials of a longer name", Buffer.from(`user1:${secret}`).toString("base64")],
    ["in Basic credentials of a still longer name", Buffer.from(`user12:${secret}!`).toString("base64")],
    ["escaped inside JSON text", JSON.stringify({ password: `"${secret}"` })],
  ])("%s", (_, text) => {
    const hidden = redactor.text(`before ${text} after`);
    expect(hidden).toContain("***");
    expect(hidden).not.toContain(secret);
    expect(hidden.startsWith("before ")).toBe(true);
    expect(hidden.endsWith(" after")).toBe(true);
    expect(Buffer.from(hidden.split(" ")[1] ?? "", "base64").toString()).not.toContain("ss/w");
  });

  test("hides the longer of two secrets of which one begins with the other", () => {
    expect(createRedactor(["token", "token-and-more"]).text("a token-and-more b token")).toBe("a *** b ***");
  });

  test("hides keys, values at any depth, and numbers", () => {
    const value = { [`x-${secret}`]: [{ deep: `${secret}!` }, 12345678, 1234, true, null] };
    expect(createRedactor([secret, "12345678"]).json(value)).toEqual({ "x-***": [{ deep: "***!" }, "***", 1234, true, null] });
  });

  test("keeps a key named __proto__ as plain data", () => {
    const value: Json = JSON.parse(`{"__proto__":{"a":"${"abcdefgh"}"}}`);
    const hidden = createRedactor(["abcdefgh"]).json(value);
    expect(JSON.stringify(hidden)).toBe('{"__proto__":{"a":"***"}}');
  });
});

test("leaves text alone that holds no secret, and does not look for very short ones", () => {
  expect(createRedactor(["abc", ""]).text("abc def")).toBe("abc def");
  expect(createRedactor([]).finds("anything")).toBe(false);
});

test("never lets a secret through, wherever it stands", () => {
  const { text, json } = createRedactor([secret, "second-secret"]);
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(secret, "second-secret"), fc.string(), (before, hidden, after) => {
      expect(text(before + hidden + after)).not.toContain(hidden);
      expect(JSON.stringify(json({ [before]: [hidden, { after: after + hidden }] }))).not.toContain(
        JSON.stringify(hidden).slice(1, -1),
      );
    }),
  );
});
