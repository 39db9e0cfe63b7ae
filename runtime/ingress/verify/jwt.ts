import {
  constants,
  createHmac,
  createPublicKey,
  createSecretKey,
  hash,
  type JsonWebKey,
  type KeyObject,
  verify,
} from "node:crypto";
import { describePlaces } from "../../../shared/event/describe-recipe.ts";
import type { JwtRecipe } from "../../../shared/event/signature-recipe.ts";
import { decodeStrict, sameBytes } from "./constant-time.ts";
import { type Check, type Refused, refused, type SigningSecret } from "./delivery.ts";
import { ecdsaDer } from "./ecdsa-der.ts";
import { parseJson } from "./parse-json.ts";
import { compilePreconditions } from "./preconditions.ts";
import { readingOf } from "./reading.ts";
import { secretBytes } from "./secret-bytes.ts";
import { compileSignedValue } from "./signed-value.ts";

/** `kid` null: the key of a secret or a PEM, which answers to any `kid`. */
type Key = { kid: string | null; key: KeyObject };
type Ready = { keys: Key[]; expiresAt: number | null };
type Token = { header: Record<string, unknown>; claims: Record<string, unknown>; signed: string; signature: Buffer };

const hmacs: Record<string, string> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };
const keyTypes: Record<string, string> = { RS256: "rsa", PS256: "rsa", ES256: "ec", EdDSA: "ed25519" };
const leastRsaBits = 2_048;

/**
 * A JSON Web Token beside the body (RFC 7519, checked as RFC 8725 asks): its algorithm is the recipe's, its `kid` only chooses among
 * the configured keys, and what else its header names (`jku`, `x5u`, `jwk`) is not looked at. Nothing is ever fetched (S18).
 */
export function compileJwt(recipe: JwtRecipe, secrets: SigningSecret[]): Check {
  const precondition = compilePreconditions(recipe);
  const signatureOf = compileSignedValue(recipe.signature);
  const ready = secrets.flatMap(({ secret, expiresAt }): Ready[] => {
    const keys = jwtKeys(recipe, secret);
    return keys.length === 0 ? [] : [{ keys, expiresAt }];
  });
  const by = `JWT ${recipe.algorithm} in ${describePlaces(recipe.signature.places)}`;
  const proofs = [by, `${by}, previous secret`].map((words) => ({ outcome: "verified" as const, by: words }));
  return (delivery, now) => {
    const valid = ready.filter(({ expiresAt }) => expiresAt === null || now < expiresAt);
    if (valid.length === 0) return refused("secret_missing");
    const unmet = precondition(delivery);
    if (unmet) return unmet;
    const value = signatureOf(readingOf(delivery));
    if ("outcome" in value) return value;
    const [text] = value.texts;
    const token = text && value.texts.length === 1 ? readToken(text.text) : null;
    if (token === null || token.header.alg !== recipe.algorithm || token.header.crit !== undefined || token.header.b64 === false)
      return refused("bad_token", value.header);
    const signer = valid.find(({ keys }) => keys.some((key) => isSigned(recipe, key, token)));
    if (signer === undefined) return refused("signature_mismatch", value.header);
    const problem = claimProblem(recipe, token.claims, { now, body: delivery.body, header: value.header });
    return problem ?? proofs[ready.indexOf(signer) === 0 ? 0 : 1] ?? refused("bad_token", value.header);
  };
}

/** The keys in a secret's text: a shared one, a PEM, or those of a JWK set that are of the algorithm's type; none when it has none. */
export function jwtKeys({ algorithm, secret: rule }: JwtRecipe, secret: string): Key[] {
  // A public key is known to everybody: as the secret of an HMAC it would let anybody sign.
  const looksPublic = /^\s*(?:-----BEGIN|\{)/.test(secret);
  if (hmacs[algorithm] !== undefined) {
    const bytes = looksPublic ? null : secretBytes(rule, secret);
    return bytes === null ? [] : [{ kid: null, key: createSecretKey(bytes) }];
  }
  try {
    const keys: Key[] = /^\s*\{/.test(secret) ? setKeys(secret) : [{ kid: null, key: createPublicKey(secret.trim()) }];
    return keys.filter(({ key }) => fits(algorithm, key));
  } catch {
    // Text that is no key: whoever sets it is told, and nothing is verified with it.
    return [];
  }
}

function setKeys(text: string): Key[] {
  const set = JSON.parse(text) as { keys?: unknown };
  const jwks = (Array.isArray(set.keys) ? set.keys : [set]) as (JsonWebKey & { kid?: unknown })[];
  return jwks.map((jwk) => ({
    kid: typeof jwk.kid === "string" ? jwk.kid : null,
    key: createPublicKey({ key: jwk, format: "jwk" }),
  }));
}

function fits(algorithm: string, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== keyTypes[algorithm]) return false;
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  return (
    (keyTypes[algorithm] !== "rsa" || modulusLength >= leastRsaBits) && (algorithm !== "ES256" || namedCurve === "prime256v1")
  );
}

/** RFC 7515, 7.1: three parts, each strictly base64url. */
function readToken(text: string): Token | null {
  const [header, claims, signature, ...more] = text.split(".");
  if (!header || !claims || !signature || more.length > 0) return null;
  const [headerJson, claimsJson, bytes] = [objectIn(header), objectIn(claims), decodeStrict(signature, "base64url")];
  return (
    headerJson &&
    claimsJson &&
    bytes && { header: headerJson, claims: claimsJson, signed: `${header}.${claims}`, signature: bytes }
  );
}

function objectIn(text: string): Record<string, unknown> | null {
  const bytes = decodeStrict(text, "base64url");
  const value = bytes && parseJson(bytes);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

function isSigned({ algorithm }: JwtRecipe, { kid, key }: Key, { header, signed, signature }: Token): boolean {
  if (kid !== null && header.kid !== undefined && header.kid !== kid) return false;
  const hmac = hmacs[algorithm];
  if (hmac !== undefined) return sameBytes(createHmac(hmac, key).update(signed, "latin1").digest(), signature);
  const bytes = Buffer.from(signed, "latin1");
  switch (algorithm) {
    case "RS256":
      return verify("sha256", bytes, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    case "PS256":
      return verify("sha256", bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature);
    case "ES256": {
      const der = ecdsaDer(signature);
      return der !== null && verify("sha256", bytes, key, der);
    }
    default:
      return verify(null, bytes, key, signature);
  }
}

type Facts = { now: number; body: Uint8Array; header: string | null };

function claimProblem(recipe: JwtRecipe, claims: Record<string, unknown>, { now, body, header }: Facts): Refused | null {
  const { iat, nbf, exp, iss, aud } = claims;
  if (typeof iat !== "number" || !Number.isFinite(iat)) return refused("bad_timestamp", header);
  const age = now - iat * 1_000;
  if (age > recipe.maxAgeMs) return refused("timestamp_too_old", header);
  // The tolerance of clocks that go differently is the same as for signatures.
  const ahead = 300_000;
  if (-age > ahead || isLater(nbf, now + ahead)) return refused("timestamp_in_future", header);
  if (exp !== undefined && !isLater(exp, now)) return refused("timestamp_too_old", header);
  if (recipe.issuer !== undefined && iss !== recipe.issuer) return refused("bad_token", header);
  if (recipe.audience !== undefined && !(Array.isArray(aud) ? aud : [aud]).includes(recipe.audience))
    return refused("bad_token", header);
  if (recipe.bodyHash === undefined) return null;
  const { claim, algorithm, encoding } = recipe.bodyHash;
  const sent = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const bytes = typeof sent === "string" ? decodeStrict(sent, encoding) : null;
  if (bytes === null) return refused("missing_value", header);
  return sameBytes(hash(algorithm, body, "buffer"), bytes) ? null : refused("body_hash_mismatch", header);
}

/** A claim in seconds that is after `at` (ms); one that is no number is not later. */
function isLater(claim: unknown, at: number): boolean {
  return typeof claim === "number" && claim * 1_000 > at;
}
