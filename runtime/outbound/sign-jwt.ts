import { createPrivateKey, createSecretKey, type KeyObject } from "node:crypto";
import { isSymmetric, type SignedJwt } from "../../shared/connector/signed-jwt.ts";
import { fillCredentials } from "./fill-credentials.ts";

/** `expiresAt` in milliseconds. A problem is in words that hold nothing of the key. */
export type Signed = { token: string; expiresAt: number } | { problem: string };

/** Makes and signs a JWT (RFC 7519) with a connection's secret or private key; `now` in milliseconds. */
export async function signJwt(jwt: SignedJwt, credentials: Record<string, string>, now: number): Promise<Signed> {
  const key = keyOf(jwt, credentials);
  if ("problem" in key) return key;
  const iat = Math.floor((now - jwt.backdateMs) / 1_000);
  const exp = iat + Math.ceil(jwt.lifetimeMs / 1_000);
  if (exp * 1_000 <= now) return { problem: "the JWT would have ended before it is sent: it is backdated by more than its life" };
  const filled = (value: SignedJwt["payload"]) => fillCredentials(value, credentials) as Record<string, unknown>;
  // Only connectors that sign pay for it.
  const { SignJWT } = await import("jose");
  try {
    const token = await new SignJWT({ ...filled(jwt.payload), iat, exp })
      .setProtectedHeader({ typ: "JWT", ...filled(jwt.header), alg: jwt.algorithm })
      .sign(key.key);
    return { token, expiresAt: exp * 1_000 };
  } catch {
    // Only the kind of the key is to be told, never what a library says of it.
    return {
      problem: `the JWT cannot be signed: the key does not fit ${jwt.algorithm}, or its header has a field that it may not have`,
    };
  }
}

function keyOf(
  { algorithm, secretEncoding }: SignedJwt,
  { secret = "", privateKey = "" }: Record<string, string>,
): { key: KeyObject } | { problem: string } {
  if (isSymmetric(algorithm)) {
    const bytes = Buffer.from(secret, secretEncoding === "base64" ? "base64" : "utf8");
    return bytes.length === 0 ? { problem: "the connection has no secret to sign with" } : { key: createSecretKey(bytes) };
  }
  if (privateKey.trim() === "") return { problem: "the connection has no private key to sign with" };
  try {
    // PKCS #8 and PKCS #1; out of JSON files a key often comes with its line ends written as \n.
    return { key: createPrivateKey(privateKey.trim().replaceAll("\\n", "\n")) };
  } catch {
    return { problem: "the private key cannot be read: enter it in PEM, without a passphrase" };
  }
}

export type JwtOwner = { id: string; credentials: Record<string, string> };
/** Signs once for as long as a JWT lasts, for each connection. */
export type JwtSigner = (owner: JwtOwner, jwt: SignedJwt) => Signed | Promise<Signed>;

type Known = { owner: JwtOwner; jwt: string; source: SignedJwt; signed: Signed; until: number };

export function createJwtSigner(clock: () => number): JwtSigner {
  const known = new Map<string, Known>();

  async function sign(owner: JwtOwner, jwt: SignedJwt): Promise<Signed> {
    const now = clock();
    const signed = await signJwt(jwt, owner.credentials, now);
    if ("problem" in signed) return signed;
    if (known.size >= 1_000) known.clear();
    // Shortly before its end it might end on the way.
    const until = signed.expiresAt - Math.min(60_000, (signed.expiresAt - now) / 2);
    known.set(owner.id, { owner, jwt: JSON.stringify(jwt), source: jwt, signed, until });
    return signed;
  }

  return (owner, jwt) => {
    const found = known.get(owner.id);
    // A changed connection is another object, and so is a connector that was read anew.
    const same = found?.owner.credentials === owner.credentials && (found.source === jwt || found.jwt === JSON.stringify(jwt));
    return found && same && clock() < found.until ? found.signed : sign(owner, jwt);
  };
}
