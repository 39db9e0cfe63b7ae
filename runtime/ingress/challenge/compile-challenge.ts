import type { ChallengeRecipe } from "../../../shared/event/challenge-recipe.ts";
import type { Place } from "../../../shared/event/place.ts";
import { compilePlace, type Reading, type ReadPlace } from "../verify/reading.ts";

/** A challenge recipe made ready to be looked for in every request. */
export type CompiledChallenge = { recipe: ChallengeRecipe; match: { read: ReadPlace; equals: string | undefined }[] };

/** Challenges are small: in a longer body nobody looks for one. */
const mostBytes = 65_536;

/** Throws `invalid_document` when a path cannot be read. */
export function compileChallenge(recipe: ChallengeRecipe): CompiledChallenge {
  return { recipe, match: recipe.when.match.map(({ at, equals }) => ({ read: compilePlace(at), equals })) };
}

/**
 * The challenge that a request is, if it is one. `malformed`: it would be, but a query parameter of it was sent as a list, so that it is
 * not clear which value counts.
 */
export function findChallenge(
  challenges: CompiledChallenge[],
  reading: Reading,
): { recipe: ChallengeRecipe; malformed: boolean } | null {
  if (reading.body.length > mostBytes) return null;
  const method = reading.method === "HEAD" ? "GET" : reading.method;
  for (const { recipe, match } of challenges) {
    if (recipe.when.method !== method) continue;
    if (asLists(recipe, reading)) return { recipe, malformed: true };
    if (match.every(({ read, equals }) => holds(read(reading), equals))) return { recipe, malformed: false };
  }
  return null;
}

function holds(value: ReturnType<ReadPlace>, equals: string | undefined): boolean {
  // One that is too long to be read is there nevertheless: it is refused where it would be answered.
  if ("outcome" in value) return equals === undefined && value.reason === "header_too_long";
  return equals === undefined || value.text === equals;
}

/** `hub.challenge[]=x`, `hub.challenge[a]=x`, or twice the same. */
function asLists({ when }: ChallengeRecipe, reading: Reading): boolean {
  const names = when.match.flatMap(({ at }) => (at.in === "query" ? [at.name] : []));
  if (names.length === 0 || !reading.url.includes("?")) return false;
  const sent = [...reading.query().keys()];
  return names.some((name) => sent.filter((key) => key === name).length > 1 || sent.some((key) => key.startsWith(`${name}[`)));
}

/** A value for an answer or a comparison, read by a recipe's place. */
export function readAt(place: Place, reading: Reading): ReturnType<ReadPlace> {
  return compilePlace(place)(reading);
}
