import { AppError } from "../../shared/app-error.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import type { Vault } from "../connections/vault.ts";
import type { Sql } from "../store/sql.ts";
import { openSecrets, rotate } from "./rotate-secret.ts";
import { hookSecretsPlace } from "./secret-places.ts";
import { secretProblem } from "./verify/compile-recipe.ts";

type Row = { workspace: string; recipe: string; secrets: string | null; secretFrom: string; revision: number };

/**
 * Replaces a hook's secret; the old one counts for `overlapMs` more, by default not at all. Throws `not_found`, `bad_request` for a secret
 * its recipe cannot use or where it is that of the connector's incoming webhook, `conflict`.
 */
export async function setHookSecret(
  { sql, vault, clock }: { sql: Sql; vault: Vault; clock: () => number },
  hook: string,
  secret: string,
  overlapMs = 0,
): Promise<void> {
  const [row] = await sql.read<Row>(
    `SELECT workspace_id AS workspace, recipe, secrets, secret_from AS "secretFrom", revision FROM hooks WHERE id = $1`,
    [hook],
  );
  if (!row) throw new AppError("not_found", `there is no hook ${hook}`);
  if (row.secretFrom === "definition")
    throw new AppError("bad_request", `the secret of ${hook} is that of its connector's incoming webhook: set it there`);
  const problem = secretProblem(SignatureRecipe.parse(JSON.parse(row.recipe)), secret);
  if (problem) throw new AppError("bad_request", problem);
  const place = hookSecretsPlace(row.workspace, hook);
  const secrets = rotate(await openSecrets(vault, place, row.secrets), { secret, overlapMs, now: clock() });
  const sealed = await vault.seal(place, JSON.stringify(secrets));
  const written = await sql.commit([
    {
      text: `UPDATE hooks SET secrets = $1, secret_set_at = $2, revision = revision + 1 WHERE id = $3 AND revision = $4`,
      params: [sealed, clock(), hook, row.revision],
      expectRows: 1,
    },
  ]);
  if (written.outcome !== "committed") throw new AppError("conflict", "the hook was changed at the same time: try again");
}

/** A hook's only secret, as its row holds it. */
export function sealSecret(
  vault: Vault,
  { workspace, hook, secret }: { workspace: string; hook: string; secret: string },
): Promise<string> {
  return vault.seal(hookSecretsPlace(workspace, hook), JSON.stringify([{ secret, expiresAt: null }]));
}
