import { randomBytes } from "node:crypto";
import type { HookSummary } from "../../shared/api/flows.ts";
import { AppError } from "../../shared/app-error.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import type { Vault } from "../connections/vault.ts";
import { readDraft } from "../flows/draft-rows.ts";
import { listHookRows } from "../flows/flow-rows.ts";
import type { Clock } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { newHook } from "./create-hook.ts";
import { hookSecretsPlace } from "./secret-places.ts";
import { sealSecret } from "./set-hook-secret.ts";
import { secretProblem } from "./verify/compile-recipe.ts";
import type { SigningSecret } from "./verify/delivery.ts";
import type { SecretRule } from "./verify/secret-bytes.ts";

type Deps = { sql: Sql; vault: Vault; clock: Clock; publicUrl: string };
type ToSet = { workspace: string; flow: string; node: string; recipe: SignatureRecipe; secret: ChosenSecret };
type ChosenSecret = { given: string } | "generate" | "keep";
type Row = { id: string; secrets: string | null; revision: number };

/**
 * Makes the hook URL of a webhook trigger of the draft, or changes its recipe or secret; the old secret ends at once. `secret` in the
 * answer: what was generated just now, never what was given or stored. Throws `not_found`, `bad_request` for a secret that the recipe
 * cannot use, `conflict`.
 */
export async function setHook(deps: Deps, hook: ToSet): Promise<{ hook: HookSummary; secret: string | null }> {
  const { sql, clock, publicUrl } = deps;
  const { workspace, flow, node, recipe } = hook;
  const { document } = await readDraft(sql, workspace, flow);
  if (!document.nodes.some(({ id, kind }) => id === node && kind === "webhook-trigger"))
    throw new AppError("not_found", `the draft has no webhook trigger "${node}"`);
  const [row] = await sql.read<Row>(`SELECT id, secrets, revision FROM hooks WHERE flow_id = $1 AND node = $2`, [flow, node]);
  const generated = hook.secret === "generate" ? generateSecret(recipe) : null;
  const secret = generated ?? (await knownSecret(deps, hook, row));
  const problem = secretProblem(recipe, secret);
  if (problem) throw new AppError("bad_request", `secret: ${problem}`);
  const made = row ? null : newHook({ clock }, { ...hook, answer: HookAnswer.parse({}) });
  const id = made?.id ?? row?.id ?? "";
  const sealed = await sealSecret(deps.vault, { workspace, hook: id, secret });
  const statements: Statement[] = made ? [made.statement] : [];
  statements.push({
    text: `UPDATE hooks SET recipe = $1, secrets = $2, secret_set_at = CASE WHEN $3 = 1 THEN secret_set_at ELSE $4 END,
             revision = revision + 1
           WHERE id = $5 AND revision = $6`,
    params: [JSON.stringify(recipe), sealed, hook.secret === "keep" ? 1 : 0, clock(), id, row?.revision ?? 1],
    expectRows: 1,
  });
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", "the webhook was changed at the same time: look at it again");
  const summary = (await listHookRows(sql, flow, publicUrl)).find((each) => each.id === id);
  if (!summary) throw new AppError("not_found", "the webhook was deleted at the same time");
  return { hook: summary, secret: generated };
}

async function knownSecret({ vault }: Deps, { workspace, secret }: ToSet, row: Row | undefined): Promise<string> {
  if (typeof secret === "object") return secret.given;
  if (!row || row.secrets === null) throw new AppError("bad_request", "secret: there is none yet that could be kept");
  const stored = JSON.parse(await vault.open(hookSecretsPlace(workspace, row.id), row.secrets)) as SigningSecret[];
  return stored[0]?.secret ?? "";
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
