import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeStrict, sameBytes } from "./constant-time.ts";

describe("decodeStrict", () => {
  it.each(["hex", "base64"] as const)("reads back whatever bytes were written as %s", (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = Buffer.from(bytes).toString(encoding);
        expect(decodeStrict(text, encoding)).toEqual(Buffer.from(bytes));
        expect(decodeStrict(text, encoding, bytes.length + 1)).toBeNull();
      }),
    );
  });

  it("reads only text that is the encoding of something, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(decodeStrict(text, "base64")?.toString("base64") ?? text).toBe(text);
        expect(decodeStrict(text, "hex")?.toString("hex") ?? text.toLowerCase()).toBe(text.toLowerCase());
      }),
    );
  });

  it.each(["YQ", "YQ=", "YR==", "YQ===", "Y===", "=", " YQ==", "YQ==\n", "Y Q==", "-_-_", "!!!!YQ=="])(
    "refuses %j, which Node's decoder takes for base64",
    (text) => {
      expect(decodeStrict(text, "base64")).toBeNull();
    },
  );

  it.each(["0", "0g", "zz", "0x00", " 00", "00 ", "00\n"])("refuses %j as hex", (text) => {
    expect(decodeStrict(text, "hex")).toBeNull();
  });
});

describe("sameBytes", () => {
  it("is true for equal bytes only", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, mask) => {
          const other = Uint8Array.from(bytes);
          expect(sameBytes(bytes, other)).toBe(true);
          other[at % other.length] = (other[at % other.length] ?? 0) ^ mask;
          expect(sameBytes(bytes, other)).toBe(false);
        },
      ),
    );
  });

  it("is false, not a throw, for other lengths", () => {
    expect(sameBytes(randomBytes(32), randomBytes(31))).toBe(false);
    expect(sameBytes(randomBytes(32), new Uint8Array())).toBe(false);
  });
});
