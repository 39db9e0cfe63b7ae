import { constants, createHash, createHmac, hash, type KeyObject, sign } from "node:crypto";
import type { Place } from "../../../shared/event/place.ts";
import type { JwtRecipe, SignatureRecipe, SigningRecipe } from "../../../shared/event/signature-recipe.ts";
import { isForm, readingOf } from "./reading.ts";
import { secretBytes } from "./secret-bytes.ts";
import { bytesOf, compileSignedContent } from "./signed-content.ts";
import type { SignedValue } from "./signed-value.ts";

/** `headers`: lower-case names. `id` stands in headers that are signed or required and not given. */
export type ToSign = { method: string; url: string; headers: Record<string, string>; body: Uint8Array; id: string };
export type SignedRequest = { url: string; headers: Record<string, string> };

/**
 * A request as its provider would send it at `now` (ms): what is verified, the other way round, for samples and tests. `key`: the
 * secret's text, or the private key of an asymmetric kind. Null: this kind cannot be signed with it, or the signature would have to be
 * put into the body.
 */
export function signDelivery(
  recipe: SignatureRecipe,
  key: string | KeyObject,
  request: ToSign,
  now: number,
): SignedRequest | null {
  const headers = { ...request.headers };
  for (const name of namesNeeded(recipe)) headers[name] ??= request.id;
  const filled = { ...request, headers };
  switch (recipe.kind) {
    case "url-secret":
      return { url: request.url, headers };
    case "basic":
      if (typeof key !== "string") return null;
      headers.authorization = `Basic ${Buffer.from(key).toString("base64")}`;
      return { url: request.url, headers };
    case "token":
      return typeof key === "string" && recipe.each === undefined
        ? placed(recipe, filled, tokenText(recipe.secret.stripPrefix, key))
        : null;
    case "jwt":
      return placed(recipe, filled, token(recipe, key, request.body, now));
    default:
      return signContent(recipe, key, filled, now);
  }
}

function signContent(recipe: SigningRecipe, key: string | KeyObject, request: ToSign, now: number): SignedRequest | null {
  const time = recipe.timestamp && timeText(recipe.timestamp.unit, now);
  const from = recipe.timestamp?.from;
  if (time !== undefined && from?.in === "header") request.headers[from.name.toLowerCase()] = time;
  let { url } = request;
  if (time !== undefined && from?.in === "query") url = withQuery(url, from.name, time);
  if (recipe.bodyHash && !(recipe.bodyHash.unlessForm && isForm(deliveryOf(request, url)))) {
    const { from: place, algorithm, encoding } = recipe.bodyHash;
    const digest = hash(algorithm, request.body, encoding);
    if (place.in === "header") request.headers[place.name.toLowerCase()] = digest;
    else if (place.in === "query") url = withQuery(url, place.name, digest);
    else return null;
  }
  const fields = new Map(from?.in === "signature" && time !== undefined ? [[from.name, { text: time, latin1: true }]] : []);
  const signature: SignedValue = { texts: [], fields, header: null };
  const secret = "secret" in recipe && typeof key === "string" ? secretBytes(recipe.secret, key) : null;
  const timestamp = time === undefined ? null : { text: time, latin1: true };
  const content = compileSignedContent(recipe).chunks(
    { reading: readingOf(deliveryOf(request, url)), signature, timestamp },
    secret,
    0,
  );
  if (!Array.isArray(content)) return null;
  const bytes = signatureOf(recipe, key, secret, bytesOf(content));
  if (bytes === null) return null;
  return placed(recipe, { ...request, url }, bytes.toString(recipe.encoding), fields);
}

function signatureOf(recipe: SigningRecipe, key: string | KeyObject, secret: Buffer | null, content: Buffer): Buffer | null {
  if (recipe.kind === "hmac") return secret && createHmac(recipe.algorithm, secret).update(content).digest();
  if (recipe.kind === "hash") return secret && createHash(recipe.algorithm).update(content).digest();
  if (typeof key === "string") return null;
  switch (recipe.kind) {
    case "ed25519":
      return sign(null, content, key);
    case "ecdsa":
      return sign(recipe.algorithm, content, { key, dsaEncoding: recipe.form === "der" ? "der" : "ieee-p1363" });
    case "rsa": {
      const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
      return sign(recipe.algorithm, content, recipe.padding === "pss" ? { key, ...pss } : { key });
    }
  }
}

function token(recipe: JwtRecipe, key: string | KeyObject, body: Uint8Array, now: number): string | null {
  const iat = Math.floor(now / 1_000);
  const { algorithm, bodyHash, issuer, audience } = recipe;
  const claims = {
    ...(issuer !== undefined && { iss: issuer }),
    ...(audience !== undefined && { aud: audience }),
    iat,
    exp: iat + Math.floor(recipe.maxAgeMs / 1_000),
    ...(bodyHash && { [bodyHash.claim]: hash(bodyHash.algorithm, body, bodyHash.encoding) }),
  };
  const content = [{ alg: algorithm, typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const secret = typeof key === "string" && algorithm.startsWith("HS") ? secretBytes(recipe.secret, key) : null;
  if (secret)
    return `${content}.${createHmac(`sha${algorithm.slice(2)}`, secret)
      .update(content)
      .digest("base64url")}`;
  if (typeof key === "string") return null;
  const options = {
    key,
    ...(algorithm === "ES256" && { dsaEncoding: "ieee-p1363" as const }),
    ...(algorithm === "PS256" && { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  };
  return `${content}.${sign(algorithm === "EdDSA" ? null : "sha256", Buffer.from(content), options).toString("base64url")}`;
}

/** Puts a signature's text where the recipe looks for it first. */
function placed(
  { signature }: { signature: SigningRecipe["signature"] },
  { url, headers }: ToSign,
  text: string | null,
  fields: Map<string, { text: string }> = new Map(),
): SignedRequest | null {
  const [place] = signature.places;
  if (text === null || place === undefined) return null;
  const { list, valuePrefix } = signature;
  const items = [...fields].map(([name, value]) => `${name}${list?.key ?? ""}${value.text}`);
  const [name] = list?.keys ?? [];
  const value = [...items, `${name === undefined ? "" : name + (list?.key ?? "")}${valuePrefix}${text}`].join(list?.item ?? "");
  return put(place, value, { url, headers });
}

function put(place: Place, value: string, { url, headers }: SignedRequest): SignedRequest | null {
  if (place.in === "header") return { url, headers: { ...headers, [place.name.toLowerCase()]: value } };
  return place.in === "query" ? { url: withQuery(url, place.name, value), headers } : null;
}

function namesNeeded(recipe: SignatureRecipe): string[] {
  const signed =
    "signedContent" in recipe ? recipe.signedContent.flatMap((part) => (part.part === "header" ? [part.name] : [])) : [];
  const ids = (recipe.dedupe?.candidates ?? [])
    .flatMap((candidate) => (candidate.in === "header" ? [candidate.name] : []))
    .slice(0, 1);
  return [...signed, ...recipe.requiredHeaders, ...ids].map((name) => name.toLowerCase());
}

function tokenText(stripPrefix: string, secret: string): string {
  return secret.startsWith(stripPrefix) ? secret.slice(stripPrefix.length) : secret;
}

function timeText(unit: "s" | "ms" | "iso8601", now: number): string {
  if (unit === "iso8601") return new Date(now).toISOString();
  return String(unit === "s" ? Math.floor(now / 1_000) : now);
}

function withQuery(url: string, name: string, value: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
}

function deliveryOf({ method, headers, body }: ToSign, url: string) {
  return { method, url, headers: (name: string) => headers[name] ?? null, body };
}
