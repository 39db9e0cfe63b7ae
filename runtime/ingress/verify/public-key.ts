import { constants, createPublicKey, type KeyObject, type VerifyKeyObjectInput, verify, X509Certificate } from "node:crypto";
import { describePlaces } from "../../../shared/event/describe-recipe.ts";
import type { EcdsaRecipe, Ed25519Recipe, RsaRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileSigned, compileWithKeys } from "./check-signed.ts";
import { type Check, refused, type SigningSecret } from "./delivery.ts";
import { secretBytes } from "./secret-bytes.ts";
import { bytesOf, type Chunk } from "./signed-content.ts";

type PublicKeyRule = Ed25519Recipe["key"];

/** RFC 8410: what stands in DER before the 32 bytes of an Ed25519 key. */
const ed25519Header = Buffer.from("302a300506032b6570032100", "hex");
/** Shorter keys can be factored. */
const leastRsaBits = 2_048;

/** RFC 8032. */
export function compileEd25519(recipe: Ed25519Recipe, secrets: SigningSecret[]): Check {
  return compileSigned<KeyObject>(recipe, secrets, {
    name: "Ed25519",
    length: 64,
    keyOf: (text) => publicKey(recipe.key, text, "ed25519"),
    matches: (key, content, signatures) => verifies(null, key, content, signatures),
  });
}

export function compileEcdsa(recipe: EcdsaRecipe, secrets: SigningSecret[]): Check {
  const dsaEncoding = recipe.form === "der" ? ("der" as const) : ("ieee-p1363" as const);
  return compileSigned<KeyObject>(recipe, secrets, {
    name: `ECDSA-${recipe.algorithm.toUpperCase()}`,
    length: undefined,
    keyOf: (text) => publicKey(recipe.key, text, "ec"),
    matches: (key, content, signatures) => verifies(recipe.algorithm, { key, dsaEncoding }, content, signatures),
  });
}

export function compileRsa(recipe: RsaRecipe, secrets: SigningSecret[]): Check {
  return recipe.certificate
    ? compileByCertificate(recipe, secrets)
    : compileSigned<KeyObject>(recipe, secrets, rsaScheme(recipe));
}

/** The key that a public key's text stands for; null when it is none of this type, or too short. */
export function publicKey(
  { format, stripPrefix, decode }: PublicKeyRule,
  text: string,
  type: "ed25519" | "ec" | "rsa",
): KeyObject | null {
  try {
    if (format === "pem") {
      const pem = text.startsWith(stripPrefix) ? text.slice(stripPrefix.length) : text;
      return strong(createPublicKey(pem.trim()), type);
    }
    const bytes = secretBytes({ stripPrefix, decode }, text.trim());
    if (bytes === null || (format === "raw" && (type !== "ed25519" || bytes.length !== 32))) return null;
    const der = format === "raw" ? Buffer.concat([ed25519Header, bytes]) : bytes;
    return strong(createPublicKey({ key: der, format: "der", type: "spki" }), type);
  } catch {
    // Text that is no key: whoever sets it is told, and nothing is verified with it.
    return null;
  }
}

function rsaScheme(recipe: RsaRecipe) {
  return {
    name: `RSA-${recipe.algorithm.toUpperCase()}`,
    length: undefined,
    keyOf: (text: string) => (recipe.key ? publicKey(recipe.key, text, "rsa") : null),
    matches: (key: KeyObject, content: Chunk[], signatures: Buffer[]) =>
      verifies(recipe.algorithm, padded(recipe, key), content, signatures),
  };
}

type Signer = { key: KeyObject; secret: Uint8Array };

/**
 * By the certificate that the delivery names: fetched by the caller from an allowed host, valid at `now`. Its chain is not looked at,
 * as the vendors' own verifiers do not: the host that gave it over https vouches for it. The secret, if any, is part of the content.
 */
function compileByCertificate(recipe: RsaRecipe, secrets: SigningSecret[]): Check {
  const inContent = recipe.signedContent.some(({ part }) => part === "secret");
  const check = compileWithKeys<Signer>(recipe, {
    name: "RSA",
    length: undefined,
    keyOf: () => null,
    inContent: ({ secret }) => secret,
    matches: ({ key }, content, signatures) => verifies(recipe.algorithm, padded(recipe, key), content, signatures),
  });
  const by = `RSA-${recipe.algorithm.toUpperCase()} by certificate in ${describePlaces(recipe.signature.places)}`;
  return (delivery, now, certificate) => {
    const valid = secrets.filter(({ secret, expiresAt }) => secret.trim() !== "" && (expiresAt === null || now < expiresAt));
    if (inContent && valid.length === 0) return refused("secret_missing");
    if (certificate === undefined) return refused("certificate_unavailable");
    const key = certificateKey(certificate, now);
    if (key === null) return refused("certificate_refused");
    const texts = inContent ? valid.map(({ secret }) => secret.trim()) : [""];
    const keys = texts.map((text) => ({
      key: { key, secret: Buffer.from(text) },
      expiresAt: null,
      verified: { outcome: "verified" as const, by },
    }));
    return check(delivery, now, keys);
  };
}

/** The key of a certificate that is valid at `now` (ms); null otherwise. */
function certificateKey(pem: string, now: number): KeyObject | null {
  try {
    const { validFromDate, validToDate, publicKey: key } = new X509Certificate(pem);
    return now < validFromDate.getTime() || now > validToDate.getTime() ? null : strong(key, "rsa");
  } catch {
    // What the host gave is no certificate.
    return null;
  }
}

function strong(key: KeyObject, type: string): KeyObject | null {
  if (key.asymmetricKeyType !== type) return null;
  return type === "rsa" && (key.asymmetricKeyDetails?.modulusLength ?? 0) < leastRsaBits ? null : key;
}

function padded({ padding }: RsaRecipe, key: KeyObject): VerifyKeyObjectInput {
  if (padding === "pkcs1") return { key, padding: constants.RSA_PKCS1_PADDING };
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}

function verifies(
  algorithm: string | null,
  key: KeyObject | VerifyKeyObjectInput,
  content: Chunk[],
  signatures: Buffer[],
): boolean {
  const bytes = bytesOf(content);
  return signatures.some((signature) => verify(algorithm, bytes, key, signature));
}
