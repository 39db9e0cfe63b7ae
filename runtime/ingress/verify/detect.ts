import { describeRecipe } from "../../../shared/event/describe-recipe.ts";
import { needsSecret } from "../../../shared/event/needs-secret.ts";
import type { Provider } from "../../../shared/event/providers/provider.ts";
import { providers } from "../../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import { bodyVariants } from "./body-variants.ts";
import { compileRecipe } from "./compile-recipe.ts";
import type { Refused, Verified } from "./delivery.ts";
import { captureReading, type Digest, digestsIn, type Text, textsIn } from "./detect-values.ts";
import { explainRefusal } from "./explain-refusal.ts";
import type { CapturedRequest } from "./raw-request.ts";
import { searchRecipes } from "./search-recipes.ts";

/** `provider`: key of the library's entry that matches; null when the recipe was found by search. */
export type Match = { provider: string | null; name: string; recipe: SignatureRecipe };
/** `recipe`: of a near miss whose scheme is right, though this request does not pass it. */
export type Candidate = { name: string; problem: string; recipe?: SignatureRecipe };
export type Detected = { matched: Match | null; candidates: Candidate[]; reason: string };
type Input = { request: CapturedRequest; secret: string; now: number };

const mostCandidates = 12;
/** Hashed in the search for a match, and again in that for near misses: each a quarter of a second or less. */
const mostBytes = 120_000_000;

/**
 * Which recipe verifies this request with this secret? First the library, then a search over what signatures are usually made of. Time
 * is not held against a request that was captured a while ago, only named. A match is a recipe that really accepts the request; near
 * misses say what stands in the way. Pure, and under a second for 64 KB.
 */
export function detectRecipe({ request, secret, now }: Input): Detected {
  if (secret.trim() === "") return { matched: null, candidates: [], reason: "The secret is empty." };
  const texts = textsIn(request);
  const digests = texts.flatMap(digestsIn);
  const known = inLibrary(request, secret, now);
  const matched = known.matched ?? bySearch({ request, secret, now }, { texts, digests }, { bytes: mostBytes });
  if (matched)
    return {
      matched,
      candidates: known.candidates.slice(0, mostCandidates),
      reason: matchReason(matched, { request, secret, now }),
    };
  const near = nearMiss({ request, secret, now }, { texts, digests });
  const candidates = [...(near ? [near] : []), ...known.candidates].slice(0, mostCandidates);
  return { matched: null, candidates, reason: near?.problem ?? noMatchReason(digests, candidates) };
}

function inLibrary(request: CapturedRequest, secret: string, now: number): { matched: Match | null; candidates: Candidate[] } {
  const matches: { provider: Provider; score: number }[] = [];
  const candidates: Candidate[] = [];
  for (const provider of providers) {
    const { recipe, name } = provider;
    // Where the URL is all there is, anything would match.
    if (recipe.kind === "url-secret") continue;
    const checked = check(recipe, { request, secret, now });
    if (checked.outcome === "verified") matches.push({ provider, score: likeness(recipe, request) });
    else if (isNear(checked, recipe, request)) candidates.push({ name, problem: problemOf(recipe, checked, secret) });
  }
  // Some providers sign alike: the one whose other headers are there as well is meant.
  const best = matches.reduce<(typeof matches)[number] | null>(
    (first, each) => (first && first.score >= each.score ? first : each),
    null,
  );
  return { matched: best && { provider: best.provider.key, name: best.provider.name, recipe: best.provider.recipe }, candidates };
}

/** Is there something where this recipe looks? What is not there at all says nothing. */
function isNear({ reason }: Refused, recipe: SignatureRecipe, request: CapturedRequest): boolean {
  if (reason === "certificate_unavailable")
    return compileRecipe(recipe, []).certificateUrl(captureReading(request)) instanceof URL;
  return !["missing_header", "missing_value", "wrong_content_type", "bad_prefix", "secret_missing"].includes(reason);
}

function problemOf(recipe: SignatureRecipe, { reason, header }: Refused, secret: string): string {
  if (reason === "signature_mismatch" && "secret" in recipe && recipe.secret.decode === "utf8" && secret !== secret.trim())
    return "The secret has white space around it, which would be part of the key.";
  return explainRefusal(reason, recipe, header);
}

function likeness({ dedupe, eventType }: SignatureRecipe, { headers }: CapturedRequest): number {
  const places = [...(dedupe?.candidates ?? []), ...(eventType ? [eventType] : [])];
  return places.filter((place) => place.in === "header" && headers[place.name.toLowerCase()] !== undefined).length;
}

type Found = { texts: Text[]; digests: Digest[] };

function bySearch(input: Input, found: Found, budget: { bytes: number }): Match | null {
  for (const recipe of searchRecipes({ ...input, budget }, found))
    if (check(recipe, input).outcome === "verified") return { provider: null, name: describeRecipe(recipe), recipe };
  return null;
}

/** The same scheme and key with a body that was changed on the way, or with a secret that was copied with something around it. */
function nearMiss(input: Input, found: Found): Candidate | null {
  const budget = { bytes: mostBytes };
  const trimmed = input.secret.trim().replace(/^(["'])(.*)\1$/s, "$2");
  if (trimmed !== input.secret) {
    const { matched } = detectOnce({ ...input, secret: trimmed }, found, budget);
    if (matched) {
      const problem = "The secret was copied with white space or quotes around it: without them this recipe matches.";
      return { name: matched.name, recipe: matched.recipe, problem };
    }
  }
  for (const { body, change } of bodyVariants(input.request.body)) {
    const { matched } = detectOnce({ ...input, request: { ...input.request, body } }, found, budget);
    if (matched) {
      const problem = `The scheme and the secret are right, but the body is not what was signed: ${change}.`;
      return { name: matched.name, recipe: matched.recipe, problem };
    }
  }
  return null;
}

function detectOnce(input: Input, found: Found, budget: { bytes: number }): { matched: Match | null } {
  const { matched } = inLibrary(input.request, input.secret, input.now);
  return { matched: matched ?? bySearch(input, found, budget) };
}

/** Checks without regard to time. */
function check(recipe: SignatureRecipe, { request, secret, now }: Input): Verified | Refused {
  const compiled = compileRecipe(timeless(recipe), needsSecret(recipe) ? [{ secret, expiresAt: null }] : []);
  return compiled.check(captureReading(request), now);
}

function timeless(recipe: SignatureRecipe): SignatureRecipe {
  const ever = Number.POSITIVE_INFINITY;
  if (recipe.kind === "jwt") return { ...recipe, maxAgeMs: ever };
  if (!("timestamp" in recipe) || recipe.timestamp === undefined) return recipe;
  return { ...recipe, timestamp: { ...recipe.timestamp, tolerancePastMs: ever, toleranceFutureMs: ever } };
}

function matchReason({ name, provider, recipe }: Match, { request, secret, now }: Input): string {
  const words =
    provider === null
      ? `The request is signed like this: ${name}.`
      : `The request is signed as ${name} signs: ${describeRecipe(recipe)}.`;
  const checked = compileRecipe(recipe, needsSecret(recipe) ? [{ secret, expiresAt: null }] : []).check(
    captureReading(request),
    now,
  );
  return checked.outcome === "verified"
    ? words
    : `${words} By now it would be refused: ${explainRefusal(checked.reason, recipe, checked.header)}`;
}

function noMatchReason(digests: Digest[], candidates: Candidate[]): string {
  if (digests.length === 0 && candidates.length === 0)
    return "Nothing in the headers, the query or the body looks like a signature. Is the request complete, and does the provider sign?";
  return "There is what looks like a signature, but no known scheme gives it with this secret. Most likely the secret is another one, or the body is not exactly what was sent.";
}
