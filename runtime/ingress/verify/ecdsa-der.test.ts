import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ecdsaDer } from "./ecdsa-der.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key = createPublicKey(publicKey.export({ format: "pem", type: "spki" }));

const verifiesDer = (content: Uint8Array, signature: Buffer) => {
  const der = ecdsaDer(signature);
  return der !== null && verify("sha256", content, key, der);
};

it("is verified as the signature it was made of, spoilt or not", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.option(fc.tuple(fc.nat(63), fc.nat(255))), (content, spoilt) => {
      const signature = sign("sha256", content, { key: privateKey, dsaEncoding: "ieee-p1363" });
      const [at, byte] = spoilt ?? [0, signature[0] ?? 0];
      const isGenuine = signature[at] === byte;
      signature[at] = byte;
      expect(verifiesDer(content, signature)).toBe(isGenuine);
    }),
  );
});

it("writes integers with the fewest bytes, and positive", () => {
  const signature = Buffer.alloc(64);
  signature[31] = 0x7f;
  signature[62] = 0x80;
  expect(ecdsaDer(signature)?.toString("hex")).toBe("300802017f0203008000");
});

it("takes 64 bytes and nothing else", () => {
  for (const length of [0, 63, 65, 128]) expect(ecdsaDer(Buffer.alloc(length, 1))).toBeNull();
  expect(verifiesDer(Buffer.from("x"), Buffer.alloc(64))).toBe(false);
});
