import { createHash, createHmac, type KeyObject } from "node:crypto";
import type { HashAlgorithm, SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { SignatureRecipe as Recipe } from "../../../shared/event/signature-recipe.ts";
import { decodeStrict, sameBytes } from "./constant-time.ts";
import { keysOf, type Template, templatesFor } from "./detect-templates.ts";
import { algorithmOf, captureReading, type Digest, idHeaders, type Text, timesIn } from "./detect-values.ts";
import { parseJson } from "./parse-json.ts";
import { publicKey } from "./public-key.ts";
import type { CapturedRequest } from "./raw-request.ts";
import type { Value } from "./reading.ts";
import { type Chunk, compileSignedContent } from "./signed-content.ts";

/** `budget`: bytes that may still be hashed, which bounds the time; shared by searches that belong together. */
type Sought = { request: CapturedRequest; secret: string; budget: { bytes: number } };
type Found = { texts: Text[]; digests: Digest[] };

const hashes = ["sha256", "sha512", "sha1"] as const;

/** Recipes that may verify a request, cheapest first; each still has to be checked. */
export function* searchRecipes(sought: Sought, found: Found): Generator<SignatureRecipe> {
  yield* tokenRecipes(sought, found.texts);
  yield* jwtRecipes(sought, found.texts);
  yield* digestRecipes(sought, found);
  yield* publicKeyRecipes(sought, found);
}

function* tokenRecipes({ request, secret }: Sought, texts: Text[]): Generator<SignatureRecipe> {
  const wanted = Buffer.from(secret);
  for (const { place, text } of texts) {
    const prefix = /^(?:Bearer|Token|token|Apikey) /.exec(text)?.[0] ?? "";
    for (const valuePrefix of new Set(["", prefix]))
      if (sameBytes(Buffer.from(text.slice(valuePrefix.length)), wanted))
        yield* recipe({ kind: "token", signature: { places: [place], valuePrefix } });
  }
  if (secret.includes(":") && /^basic /i.test(request.headers.authorization ?? "")) yield* recipe({ kind: "basic" });
}

function* jwtRecipes({ request }: Sought, texts: Text[]): Generator<SignatureRecipe> {
  for (const { place, text } of texts) {
    const [, prefix = "", header = "", claims = ""] = /^([A-Za-z]+ )?([\w-]{10,})\.([\w-]{4,})\.[\w-]{10,}$/.exec(text) ?? [];
    const [head, body] = [header, claims].map((part) => parseJson(decodeStrict(part, "base64url") ?? new Uint8Array()));
    if (!isObject(head) || !isObject(body)) continue;
    // What the token names only says what to try: it is checked with the key that was given.
    yield* recipe({
      kind: "jwt",
      algorithm: head.alg,
      signature: { places: [place], valuePrefix: prefix },
      ...bodyClaim(body, request.body),
      ...(typeof body.iss === "string" && { issuer: body.iss }),
    });
  }
}

function bodyClaim(claims: Record<string, unknown>, body: Uint8Array): object {
  for (const algorithm of hashes)
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      const digest = createHash(algorithm).update(body).digest(encoding);
      for (const [claim, value] of Object.entries(claims))
        if (value === digest) return { bodyHash: { claim, algorithm, encoding } };
    }
  return { partial: true };
}

function* digestRecipes({ request, secret, budget }: Sought, { texts, digests }: Found): Generator<SignatureRecipe> {
  const wanted = new Map<string, Digest[]>();
  for (const digest of digests) {
    const name = digest.bytes.toString("hex");
    wanted.set(name, [...(wanted.get(name) ?? []), digest]);
  }
  const algorithms = new Set(digests.map(({ bytes }) => algorithmOf(bytes)).filter((each) => each !== null));
  const keys = keysOf(secret);
  for (const template of templatesFor(timesIn(texts, digests).slice(0, 6), idHeaders(texts)))
    for (const { rule, bytes: key } of template.kind === "hash" ? keys.slice(0, 1) : keys)
      for (const { chunks, form } of contentsOf(template, request, key))
        for (const algorithm of algorithms) {
          budget.bytes -= request.body.length + 1_000;
          if (budget.bytes < 0) return;
          const digest = template.kind === "hash" ? createHash(algorithm) : createHmac(algorithm, key);
          for (const chunk of chunks) digest.update(typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk);
          for (const match of wanted.get(digest.digest("hex")) ?? [])
            yield* recipe({ kind: template.kind, ...signedBy(template, match, algorithm, form), secret: rule });
        }
}

/** `form`: which of the URL's forms was signed. */
function* contentsOf(
  { kind, parts, time }: Template,
  request: CapturedRequest,
  key: Buffer,
): Generator<{ chunks: Chunk[]; form: number }> {
  const timestamp: Value | null = time && { text: time.text, latin1: true };
  const content = compileSignedContent({ signedContent: parts });
  const read = { reading: captureReading(request), signature: { texts: [], fields: null, header: null }, timestamp };
  for (let form = 0; form < content.forms; form += 1) {
    const chunks = content.chunks(read, kind === "hash" ? key : null, form);
    if (Array.isArray(chunks)) yield { chunks, form };
  }
}

function signedBy({ parts, time }: Template, { signature, encoding }: Digest, algorithm: HashAlgorithm, form: number): object {
  const signedContent = parts.map((part) => (part.part === "url" ? { ...part, forms: part.forms.slice(form, form + 1) } : part));
  const whole = parts.some(({ part }) => part === "body" || part === "body-hash");
  return {
    algorithm,
    encoding,
    signature,
    signedContent,
    ...(time && { timestamp: { from: time.from, unit: time.unit } }),
    ...(algorithm === "md5" && { weak: true }),
    ...(!whole && { partial: true }),
  };
}

function* publicKeyRecipes({ secret }: Sought, { texts, digests }: Found): Generator<SignatureRecipe> {
  const keys = publicKeys(secret);
  if (keys.length === 0) return;
  const templates = templatesFor(timesIn(texts, digests).slice(0, 4), idHeaders(texts)).filter(({ kind }) => kind === "hmac");
  for (const { key, rule } of keys)
    for (const digest of digests)
      for (const template of templates) {
        const signed = signedBy(template, digest, "sha256", 0);
        if (key.asymmetricKeyType === "ed25519") {
          if (digest.bytes.length === 64) yield* recipe({ kind: "ed25519", ...signed, key: rule });
        } else if (key.asymmetricKeyType === "ec") {
          const form = digest.bytes[0] === 0x30 ? "der" : "p1363";
          yield* recipe({ kind: "ecdsa", ...signed, form, key: rule });
        } else if (digest.bytes.length >= 256)
          for (const algorithm of hashes) yield* recipe({ kind: "rsa", ...signed, algorithm, key: rule });
      }
}

function publicKeys(text: string): { key: KeyObject; rule: object }[] {
  const rules = [
    ...(["hex", "base64", "base64url"] as const).map((decode) => ({ format: "raw" as const, stripPrefix: "", decode })),
    ...(["base64", "hex"] as const).map((decode) => ({ format: "spki" as const, stripPrefix: "", decode })),
    { format: "pem" as const, stripPrefix: "", decode: "utf8" as const },
  ];
  return rules.flatMap((rule) =>
    (["ed25519", "ec", "rsa"] as const).flatMap((type) => {
      const key = publicKey(rule, text, type);
      return key === null ? [] : [{ key, rule }];
    }),
  );
}

function* recipe(document: object): Generator<SignatureRecipe> {
  const parsed = Recipe.safeParse(document);
  if (parsed.success) yield parsed.data;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
