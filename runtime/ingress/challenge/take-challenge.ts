import type { ChallengeRecipe } from "../../../shared/event/challenge-recipe.ts";
import type { Vault } from "../../connections/vault.ts";
import type { Clock, Ids } from "../../ids.ts";
import type { FetchFile } from "../../outbound/fetch-file.ts";
import type { Sql } from "../../store/sql.ts";
import type { LoadedHook } from "../load-hook.ts";
import type { RateLimit } from "../rate-limit.ts";
import { openSecrets } from "../rotate-secret.ts";
import { hookSecretsPlace } from "../secret-places.ts";
import { newStep } from "../subscription-steps.ts";
import { secretProblem } from "../verify/compile-recipe.ts";
import type { Reading } from "../verify/reading.ts";
import { answerChallenge, type ChallengeAnswer, currentSecret } from "./answer-challenge.ts";

export type ChallengeDeps = { sql: Sql; vault: Vault; clock: Clock; ids: Ids; fetchFile: FetchFile; challengeLimit: RateLimit };
export type TakenChallenge =
  | { outcome: "answered"; answer: ChallengeAnswer }
  | { outcome: "refused"; status: 400 | 401 | 403 | 409 | 429 | 503; why: string };

type Asked = {
  hook: LoadedHook;
  found: { recipe: ChallengeRecipe; malformed: boolean };
  reading: Reading;
  certificate?: string | undefined;
};

/** Of one hook: providers ask a few times, and whoever asks more wants something else. */
export const challengesAMinute = { most: 10, windowMs: 60_000 };
const confirmWithinMs = 5_000;
const confirmBytes = 65_536;

/**
 * Answers a challenge, at most ten a minute for each hook, and writes it into the subscription's history. Where it has to be proved
 * first only what is proved counts, so that strangers cannot use up the provider's answers. What it stores and confirms is done before
 * the answer: a provider that hears yes may rely on it.
 */
export async function takeChallenge(deps: ChallengeDeps, { hook, found, reading, certificate }: Asked): Promise<TakenChallenge> {
  const { recipe, malformed } = found;
  const proves = recipe.precheck.kind === "signature" || recipe.precheck.kind === "token";
  if (!proves && !deps.challengeLimit.take(hook.id)) return tooMany;
  const now = deps.clock();
  const outcome = malformed
    ? ({ outcome: "refused", status: 400, why: "a parameter of it was sent as a list" } as const)
    : answerChallenge({ hook, recipe, reading, now, ...(certificate !== undefined && { certificate }) });
  if (outcome.outcome === "refused") return refuse(deps, hook, recipe, outcome);
  if (proves && !deps.challengeLimit.take(hook.id)) return tooMany;
  if (outcome.store !== null && !(await storeSecret(deps, hook, outcome.store)))
    return refuse(deps, hook, recipe, { status: 409, why: "it brings a secret that cannot be the hook's first one" });
  if (outcome.confirm) {
    const signal = AbortSignal.timeout(confirmWithinMs);
    const fetched = await deps.fetchFile(outcome.confirm.href, { maxBytes: confirmBytes, signal });
    if (fetched.outcome === "refused")
      return refuse(deps, hook, recipe, { status: 503, why: `it could not be confirmed: ${fetched.message}` });
  }
  await tell(deps, hook, "challenge-answered", recipe.name);
  return { outcome: "answered", answer: outcome.answer };
}

const tooMany = { outcome: "refused", status: 429, why: "more than ten challenges in a minute" } as const;

async function refuse(
  deps: ChallengeDeps,
  hook: LoadedHook,
  recipe: ChallengeRecipe,
  { status, why }: { status: 400 | 401 | 403 | 409 | 503; why: string },
): Promise<TakenChallenge> {
  // What anybody can cause is not written over and over.
  if (deps.challengeLimit.take(`refused ${hook.id}`)) await tell(deps, hook, "challenge-refused", `${recipe.name}: ${why}`);
  return { outcome: "refused", status, why };
}

async function tell(deps: ChallengeDeps, hook: LoadedHook, step: "challenge-answered" | "challenge-refused", message: string) {
  await deps.sql.commit(newStep(deps, { workspace: hook.workspace, hook: hook.id, step, message }));
}

/**
 * The first secret of a hook counts; whoever brings it again is answered, whoever brings another one is not. One that is being replaced
 * since the provider is asked to subscribe anew is none.
 */
async function storeSecret(deps: ChallengeDeps, hook: LoadedHook, secret: string): Promise<boolean> {
  // It was compared with it before.
  if (currentSecret(hook) !== null) return true;
  if (hook.kind === "global" || secretProblem(hook.recipe, secret) !== null) return false;
  const { sql, vault, clock } = deps;
  const [row] = await sql.read<{ secrets: string | null; revision: number }>(
    `SELECT secrets, revision FROM hooks WHERE id = $1 AND secret_from = 'own'`,
    [hook.id],
  );
  const place = hookSecretsPlace(hook.workspace, hook.id);
  const known = await openSecrets(vault, place, row?.secrets ?? null);
  if (!row || currentSecret({ secrets: known }) !== null) return false;
  const replaced = known.filter((each) => each.secret !== secret);
  const sealed = await vault.seal(place, JSON.stringify([{ secret, expiresAt: null }, ...replaced]));
  const stored = await sql.commit([
    {
      text: `UPDATE hooks SET secrets = $1, secret_set_at = $2, revision = revision + 1 WHERE id = $3 AND revision = $4`,
      params: [sealed, clock(), hook.id, row.revision],
      expectRows: 1,
    },
    ...newStep(deps, {
      workspace: hook.workspace,
      hook: hook.id,
      step: "secret-set",
      message: "The provider brought it with a challenge.",
    }),
  ]);
  return stored.outcome === "committed";
}
