import { randomBytes } from "node:crypto";
import type { HookSummary } from "../../shared/api/flows.ts";
import { AppError } from "../../shared/app-error.ts";
import type { ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import { needsSecret } from "../../shared/event/needs-secret.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import type { HookAnswer } from "../../shared/event/subscription.ts";
import type { Vault } from "../connections/vault.ts";
import { setAside } from "../flows/arm-hooks.ts";
import { readDraft } from "../flows/draft-rows.ts";
import { listHookRows } from "../flows/flow-rows.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { newHook } from "./create-hook.ts";
import { type HookPlan, planHook } from "./plan-hook.ts";
import { type ChosenSecret, openSecrets, rotate } from "./rotate-secret.ts";
import { hookSecretsPlace, verifyTokenPlace } from "./secret-places.ts";
import { newStep } from "./subscription-steps.ts";
import { secretProblem } from "./verify/compile-recipe.ts";
import type { SigningSecret } from "./verify/delivery.ts";
import type { SecretRule } from "./verify/secret-bytes.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock; ids: Ids; publicUrl: string };
/** `recipe`, `challenges` and `answer` are those of a webhook of one's own; other triggers have those of their connector. */
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
};
type Row = { id: string; kind: string; wanted: string; secrets: string | null; verifyToken: string | null; revision: number };

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
    `SELECT id, kind, wanted, secrets, verify_token AS "verifyToken", revision FROM hooks WHERE flow_id = $1 AND node = $2`,
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
  const plan = await planHook(sql, { ...hook, node, pins: document.pins });
  const made = row ? null : newHook({ clock }, { ...plan, workspace, flow, node: hook.node });
  const id = made?.id ?? row?.id ?? "";
  const place = hookSecretsPlace(workspace, id);
  const { secrets, generated } = await chosenSecrets(deps, hook, plan, await openSecrets(vault, place, row?.secrets ?? null));
  const verifyToken = asksForToken(plan) && !row?.verifyToken ? randomBytes(24).toString("base64url") : null;
  const values = {
    recipe: JSON.stringify(plan.recipe),
    challenges: JSON.stringify(plan.challenges),
    answer: JSON.stringify(plan.answer),
    kind: plan.kind,
    connector_id: plan.of?.connectorId ?? null,
    webhook: plan.of?.webhook ?? null,
    secret_from: plan.of?.secretFrom ?? "own",
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
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", "the webhook was changed at the same time: look at it again");
  const summary = (await listHookRows(sql, flow, publicUrl)).find((each) => each.id === id);
  if (!summary) throw new AppError("not_found", "the webhook was deleted at the same time");
  return { hook: summary, secret: generated, verifyToken };
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

function asksForToken({ challenges }: HookPlan): boolean {
  return challenges.some(({ precheck }) => precheck.kind === "token" && precheck.with === "verify-token");
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
