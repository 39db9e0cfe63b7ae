import { randomBytes } from "node:crypto";
import type { HookSummary } from "../../shared/api/flows.ts";
import { AppError } from "../../shared/app-error.ts";
import { asksForVerifyToken, type ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import type { Vault } from "../connections/vault.ts";
import { setAside } from "../flows/arm-hooks.ts";
import { readDraft } from "../flows/draft-rows.ts";
import { listHookRows } from "../flows/flow-rows.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { newHook } from "./create-hook.ts";
import { type HookPlan, planHook, type StoredHook } from "./plan-hook.ts";
import { type ChosenSecret, openSecrets, rotate } from "./rotate-secret.ts";
import { hookSecretsPlace, verifyTokenPlace } from "./secret-places.ts";
import { newStep } from "./subscription-steps.ts";
import { secretProblem } from "./verify/compile-recipe.ts";
import type { SigningSecret } from "./verify/delivery.ts";
import type { SecretRule } from "./verify/secret-bytes.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock; ids: Ids; publicUrl: string };
/**
 * `recipe`, `challenges` and `answer` are those of a webhook of one's own; other triggers have those of their connector. What is left out
 * stays as it is, as long as the recipe does.
 */
type ToSet = {
  workspace: string;
  flow: string;
  node: string;
  recipe?: SignatureRecipe | undefined;
  challenges?: ChallengeRecipe[] | undefined;
  answer?: HookAnswer | undefined;
  secret: ChosenSecret;
  /** How long the old secret counts beside a new one. */
  overlapMs?: number;
  /** Makes the verify token anew; the old one ends at once. */
  verifyToken?: "renew" | undefined;
};
type Row = {
  id: string;
  kind: string;
  webhook: string | null;
  recipe: string;
  challenges: string;
  answer: string;
  wanted: string;
  secrets: string | null;
  verifyToken: string | null;
  revision: number;
};

/**
 * Makes the hook URL of a trigger of the draft, or changes its recipe or secret. `secret` and `verifyToken` in the answer: what was
 * generated just now, never what was given or stored. Throws `not_found`, `bad_request` for a secret that the recipe cannot use or a
 * trigger without a URL of its own, `conflict`.
 */
export async function setHook(
  deps: Deps,
  hook: ToSet,
): Promise<{ hook: HookSummary; secret: string | null; verifyToken: string | null }> {
  const { sql, vault, clock, publicUrl } = deps;
  const { workspace, flow, overlapMs = 0 } = hook;
  const { document } = await readDraft(sql, workspace, flow);
  const node = document.nodes.find(({ id }) => id === hook.node);
  const [known] = await sql.read<Row>(
    `SELECT id, kind, webhook, recipe, challenges, answer, wanted, secrets, verify_token AS "verifyToken", revision
     FROM hooks WHERE flow_id = $1 AND node = $2`,
    [flow, hook.node],
  );
  const subscribed = known?.kind === "resthook" || known?.kind === "global";
  if (subscribed && known.wanted === "on")
    throw new AppError(
      "conflict",
      "the published flow has a subscription at a provider here: publish it without this trigger first",
    );
  // What has ended there leaves its place to the new one.
  const row = subscribed ? undefined : known;
  const plan = await planHook(sql, { ...hook, node, pins: document.pins, stored: row ? storedOf(row) : null });
  const made = row ? null : newHook({ clock }, { ...plan, workspace, flow, node: hook.node });
  const id = made?.id ?? row?.id ?? "";
  const place = hookSecretsPlace(workspace, id);
  const { secrets, generated } = await chosenSecrets(deps, hook, plan, await openSecrets(vault, place, row?.secrets ?? null));
  const verifyToken = newVerifyToken(plan, { known: row?.verifyToken ?? null, renew: hook.verifyToken === "renew" });
  const values = {
    ...columnsOf(plan),
    ...(secrets && {
      secrets: await vault.seal(place, JSON.stringify(secrets)),
      secret_set_at: clock(),
    }),
    ...(verifyToken && { verify_token: await vault.seal(verifyTokenPlace(workspace, id), verifyToken) }),
  };
  const names = Object.keys(values);
  const statements: Statement[] = [...(subscribed ? [setAside(known.id)] : []), ...(made ? [made.statement] : [])];
  statements.push({
    text: `UPDATE hooks SET ${names.map((name, index) => `${name} = $${index + 1}`).join(", ")}, revision = revision + 1
           WHERE id = $${names.length + 1} AND revision = $${names.length + 2}`,
    params: [...Object.values(values), id, row?.revision ?? 1],
    expectRows: 1,
  });
  if (secrets) {
    const step = row?.secrets ? "secret-rotated" : "secret-set";
    const message = overlapMs > 0 && row?.secrets ? `The old one counts for ${overlapMs / 1_000} s more.` : "";
    statements.push(...newStep(deps, { workspace, hook: id, step, message }));
  }
  if (verifyToken && row?.verifyToken) {
    const message = "The verify token was made anew.";
    statements.push(...newStep(deps, { workspace, hook: id, step: "secret-rotated", message }));
  }
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", "the webhook was changed at the same time: look at it again");
  const summary = (await listHookRows(sql, flow, publicUrl)).find((each) => each.id === id);
  if (!summary) throw new AppError("not_found", "the webhook was deleted at the same time");
  return { hook: summary, secret: generated, verifyToken };
}

/** Of a webhook or an API trigger of one's own; others are as their connector says. */
function storedOf({ webhook, recipe, challenges, answer }: Row): StoredHook | null {
  if (webhook !== null) return null;
  return {
    recipe: SignatureRecipe.parse(JSON.parse(recipe)),
    challenges: JSON.parse(challenges),
    answer: HookAnswer.parse(JSON.parse(answer)),
  };
}

function columnsOf({ recipe, challenges, answer, kind, of }: HookPlan) {
  return {
    recipe: JSON.stringify(recipe),
    challenges: JSON.stringify(challenges),
    answer: JSON.stringify(answer),
    kind,
    connector_id: of?.connectorId ?? null,
    webhook: of?.webhook ?? null,
    secret_from: of?.secretFrom ?? "own",
  };
}

type Chosen = { secrets: SigningSecret[] | null; generated: string | null };

/** The secrets that are to be stored, null when they stay as they are. */
async function chosenSecrets(deps: Deps, hook: ToSet, plan: HookPlan, stored: SigningSecret[]): Promise<Chosen> {
  const nothing = { secrets: null, generated: null };
  if (!plan.ownSecret || !needsSecret(plan.recipe)) {
    if (typeof hook.secret === "object") throw new AppError("bad_request", `secret: ${plan.whySecretElsewhere}`);
    return nothing;
  }
  if (hook.secret === "keep") {
    const [current] = stored;
    if (!current) {
      if (plan.secretMayBeMissing) return nothing;
      throw new AppError("bad_request", "secret: there is none yet that could be kept");
    }
    const problem = secretProblem(plan.recipe, current.secret);
    if (problem) throw new AppError("bad_request", `secret: ${problem}`);
    return nothing;
  }
  const generated = hook.secret === "generate" ? generateSecret(plan.recipe) : null;
  const secret = generated ?? (typeof hook.secret === "object" ? hook.secret.given : "");
  const problem = secretProblem(plan.recipe, secret);
  if (problem) throw new AppError("bad_request", `secret: ${problem}`);
  return { secrets: rotate(stored, { secret, overlapMs: hook.overlapMs ?? 0, now: deps.clock() }), generated };
}

/** Null when it has the one that it needs, or needs none. */
function newVerifyToken({ challenges }: HookPlan, { known, renew }: { known: string | null; renew: boolean }): string | null {
  const needed = challenges.some(asksForVerifyToken);
  if (renew && !needed) throw new AppError("bad_request", "verifyToken: no challenge of this webhook asks for one");
  return needed && (known === null || renew) ? randomBytes(24).toString("base64url") : null;
}

/** A secret in the form that a recipe decodes, with the prefix that it strips: 32 random bytes. Throws `bad_request` where only the provider can make one. */
export function generateSecret(recipe: SignatureRecipe): string {
  switch (recipe.kind) {
    case "hmac":
    case "hash":
    case "token":
      return randomSecret(recipe.secret);
    case "jwt":
      if (recipe.algorithm.startsWith("HS")) return randomSecret(recipe.secret);
      throw new AppError("bad_request", "secret: the provider's public key cannot be generated: paste it");
    case "basic":
      return `patchbay:${randomBytes(32).toString("base64url")}`;
    case "url-secret":
      return "";
    case "ed25519":
    case "ecdsa":
    case "rsa":
      throw new AppError("bad_request", "secret: the provider's public key cannot be generated: paste it");
  }
}

function randomSecret({ stripPrefix, decode }: SecretRule): string {
  return stripPrefix + randomBytes(32).toString(decode === "utf8" ? "base64url" : decode);
}
