import { needsSecret } from "../../../shared/event/needs-secret.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { compileCertificateUrl } from "./certificate-url.ts";
import { compileDedupeKey } from "./dedupe-key.ts";
import type { Check, Delivery, Refused, SigningSecret } from "./delivery.ts";
import { compileEventType } from "./event-type.ts";
import { compileHash, compileHmac } from "./hmac.ts";
import { compileJwt, jwtKeys } from "./jwt.ts";
import { compileEcdsa, compileEd25519, compileRsa, publicKey } from "./public-key.ts";
import { readingOf } from "./reading.ts";
import { secretBytes, secretWords } from "./secret-bytes.ts";
import { compileSplit, type Split } from "./split-batch.ts";
import { basicBytes, compileBasic, compileToken, compileUrlSecret } from "./unsigned.ts";

/** A recipe made ready for many deliveries: keys prepared, names lower-cased, paths parsed. Holds secrets: never log it. */
export type CompiledRecipe = {
  check: Check;
  /** Where to fetch the certificate that `check` needs, from an allowed host; null: it needs none. */
  certificateUrl(delivery: Delivery): URL | Refused | null;
  dedupeKey(delivery: Delivery): string | null;
  eventType(delivery: Delivery): string | null;
  /** The events in a delivery that was verified: one, or the items of a batch, each with its own key. */
  split(delivery: Delivery): Split | Refused;
};

type Kind = SignatureRecipe["kind"];
type RecipeOf<K extends Kind> = Extract<SignatureRecipe, { kind: K }>;
type Verifier<K extends Kind> = {
  compile(recipe: RecipeOf<K>, secrets: SigningSecret[]): Check;
  /** What is wrong with a secret that is not blank; null when it can be used. */
  problem(recipe: RecipeOf<K>, secret: string): string | null;
};

const verifiers: { [K in Kind]: Verifier<K> } = {
  hmac: { compile: compileHmac, problem: unreadable },
  hash: { compile: compileHash, problem: unreadable },
  ed25519: {
    compile: compileEd25519,
    problem: ({ key }, text) => (publicKey(key, text, "ed25519") ? null : noKey("Ed25519", key)),
  },
  ecdsa: {
    compile: compileEcdsa,
    problem: ({ key }, text) => (publicKey(key, text, "ec") ? null : noKey("elliptic curve", key)),
  },
  rsa: {
    compile: compileRsa,
    problem: ({ key }, text) => (!key || publicKey(key, text, "rsa") ? null : `${noKey("RSA", key)} of at least 2,048 bits`),
  },
  jwt: {
    compile: compileJwt,
    problem: (recipe, secret) => (jwtKeys(recipe, secret).length > 0 ? null : jwtProblem(recipe)),
  },
  token: { compile: compileToken, problem: unreadable },
  basic: { compile: compileBasic, problem: (_, secret) => (basicBytes(secret) ? null : "the secret must be user:password") },
  "url-secret": { compile: compileUrlSecret, problem: () => null },
};

/** Compiles a recipe with its current and previous secrets. Throws `invalid_document` when a path of it cannot be read. */
export function compileRecipe(recipe: SignatureRecipe, secrets: SigningSecret[]): CompiledRecipe {
  const dedupeKey = compileDedupeKey(recipe);
  const eventType = compileEventType(recipe);
  return {
    check: verifierOf(recipe).compile(recipe, secrets),
    certificateUrl: compileCertificateUrl(recipe),
    dedupeKey: (delivery) => dedupeKey(readingOf(delivery)),
    eventType: (delivery) => eventType(readingOf(delivery)),
    split: compileSplit(recipe, { dedupeKey, eventType }),
  };
}

/** What is wrong with a secret for this recipe, for whoever sets it; null when it can verify deliveries. */
export function secretProblem(recipe: SignatureRecipe, secret: string): string | null {
  if (!needsSecret(recipe)) return null;
  return secret.trim() === "" ? "the secret is empty" : verifierOf(recipe).problem(recipe, secret);
}

/** TypeScript does not see that a recipe's kind chooses the verifier of its own kind. */
function verifierOf<K extends Kind>(recipe: RecipeOf<K>): Verifier<K> {
  return verifiers[recipe.kind as K];
}

function unreadable({ secret: rule }: RecipeOf<"hmac" | "hash" | "token">, secret: string): string | null {
  return secretBytes(rule, secret) === null ? secretWords(rule) : null;
}

function noKey(name: string, { format, decode, stripPrefix }: RecipeOf<"ed25519">["key"]): string {
  const after = stripPrefix === "" ? "" : ` after "${stripPrefix}"`;
  const written = { raw: `32 bytes in ${decode}`, spki: `DER in ${decode}`, pem: "PEM" }[format];
  return `the secret must be the provider's ${name} public key: ${written}${after}`;
}

function jwtProblem({ algorithm, secret }: RecipeOf<"jwt">): string {
  if (!algorithm.startsWith("HS")) return `the secret must be a public key for ${algorithm}, as PEM or a JWK set`;
  return `${secretWords(secret)}; a public key cannot be one`;
}
