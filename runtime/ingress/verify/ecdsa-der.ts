/**
 * The P-256 signature of a JWS, `r` and `s` side by side (RFC 7518, 3.4), in DER (RFC 3279, 2.2.3), since OpenSSL verifies that in two
 * thirds of the time. Null: it has not exactly 64 bytes.
 */
export function ecdsaDer(signature: Buffer): Buffer | null {
  if (signature.length !== 64) return null;
  const integers = [...derInteger(signature.subarray(0, 32)), ...derInteger(signature.subarray(32))];
  return Buffer.from([0x30, integers.length, ...integers]);
}

/** The fewest bytes, and a zero before a first bit that would be read as a sign. */
function derInteger(bytes: Buffer): number[] {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? [0] : [...bytes.subarray(first)];
  const positive = (digits[0] ?? 0) < 0x80 ? digits : [0, ...digits];
  return [0x02, positive.length, ...positive];
}
