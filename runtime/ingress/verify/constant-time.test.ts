import crypto, { randomBytes } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { providerNamed } from "../../../shared/event/providers/providers.ts";
import { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileRecipe } from "./compile-recipe.ts";
import { decodeStrict, sameBytes } from "./constant-time.ts";
import { signDelivery } from "./sign-delivery.ts";

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

it("S20: wrong signatures whose first byte is right take no other time than those with a wrong one", () => {
  // So long that one that ends at the first difference is seen to: of 32 bytes it would be lost among the noise of this machine.
  const right = Buffer.alloc(16_384, 7);
  const wrong = [0, right.length - 1].map((at) => Buffer.from(right).fill(8, at, at + 1));
  const leak = () => {
    const times: [number[], number[]] = [[], []];
    for (let count = 0; count < 1_000; count += 1)
      // In turn, so that neither is always the one that finds the caches warm.
      for (const index of count % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const sent = wrong[index] ?? right;
        const from = process.hrtime.bigint();
        const same = sameBytes(right, sent);
        times[index].push(Number(process.hrtime.bigint() - from));
        if (same) expect.unreachable();
      }
    return Math.abs(welch(times[0], times[1]));
  };
  // A difference that is in the code shows every time; one that the machine made does not.
  expect(Math.min(leak(), leak(), leak())).toBeLessThan(4.5);
});

it.each(["github", "hubspot-v2", "gitlab", "livekit"])(
  "S20: what %s sends is compared in constant time and no other way",
  (key) => {
    const { timingSafeEqual } = crypto;
    const compared: boolean[] = [];
    const recipe = SignatureRecipe.parse(providerNamed(key)?.recipe);
    const now = 1_795_306_613_000;
    const url = "https://hooks.example.test/hooks/hook_1";
    const body = Buffer.from("{}");
    const sent = signDelivery(recipe, "the secret of both", { method: "POST", url, headers: {}, body, id: "1" }, now);
    const delivery = { method: "POST", url, headers: (name: string) => sent?.headers[name] ?? null, body };
    const judge = (secret: string) => compileRecipe(recipe, [{ secret, expiresAt: null }]).check(delivery, now);
    try {
      crypto.timingSafeEqual = (left, right) => {
        compared.push(timingSafeEqual(left, right));
        return compared.at(-1) === true;
      };
      syncBuiltinESMExports();
      // As long as the right one, so that nothing else tells them apart.
      expect(judge("the secret of none")).toMatchObject({ reason: expect.stringMatching(/mismatch/) });
      expect(compared).not.toEqual([]);
      expect(compared).not.toContain(true);
      expect(judge("the secret of both")).toMatchObject({ outcome: "verified" });
      expect(compared).toContain(true);
    } finally {
      crypto.timingSafeEqual = timingSafeEqual;
      syncBuiltinESMExports();
    }
  },
);

/** Welch's t of the faster nine tenths: what the machine does meanwhile is no signal. */
function welch(left: number[], right: number[]): number {
  const [a, b] = [left, right].map((all) => {
    const kept = all.sort((x, y) => x - y).slice(0, Math.floor(all.length * 0.9));
    const mean = kept.reduce((sum, each) => sum + each, 0) / kept.length;
    return { mean, share: kept.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (kept.length - 1) / kept.length };
  });
  return a && b ? (a.mean - b.mean) / Math.sqrt(a.share + b.share) : Number.NaN;
}
