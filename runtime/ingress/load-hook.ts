import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import type { Vault } from "../connections/vault.ts";
import type { Sql } from "../store/sql.ts";
import { type CompiledRecipe, compileRecipe } from "./verify/compile-recipe.ts";
import type { SigningSecret } from "./verify/delivery.ts";

/** A hook URL ready to take deliveries. `compiled` null: it has no secret yet, so nothing can be verified. */
export type LoadedHook = {
  id: string;
  workspace: string;
  flow: { id: string; name: string };
  /** The published version, in the same row that says which flow the hook belongs to. */
  version: string;
  node: string;
  recipe: SignatureRecipe;
  answer: HookAnswer;
  compiled: CompiledRecipe | null;
};
export type LoadHook = (id: string) => Promise<LoadedHook | null>;

type Row = {
  workspace: string;
  flow: string;
  flowName: string;
  version: string;
  node: string;
  recipe: string;
  answer: string;
  secrets: string | null;
  revision: number;
};

/** Reads the row for every delivery, so that a new secret counts at once; parses and decrypts only a new revision. */
export function createLoadHook({ sql, vault }: { sql: Sql; vault: Vault }): LoadHook {
  const known = new Map<string, { revision: number; hook: Omit<LoadedHook, "flow" | "version"> }>();
  return async (id) => {
    const [row] = await sql.read<Row>(
      `SELECT h.workspace_id AS workspace, h.flow_id AS flow, f.name AS "flowName", f.published_version_id AS version, h.node,
              h.recipe, h.answer, h.secrets, h.revision
       FROM hooks h JOIN flows f ON f.id = h.flow_id
       WHERE h.id = $1 AND f.published_version_id IS NOT NULL`,
      [id],
    );
    if (!row) {
      known.delete(id);
      return null;
    }
    let entry = known.get(id);
    if (entry?.revision !== row.revision) {
      entry = { revision: row.revision, hook: await open(id, row, vault) };
      known.set(id, entry);
    }
    return { ...entry.hook, flow: { id: row.flow, name: row.flowName }, version: row.version };
  };
}

async function open(id: string, row: Row, vault: Vault): Promise<Omit<LoadedHook, "flow" | "version">> {
  const recipe = SignatureRecipe.parse(JSON.parse(row.recipe));
  const secrets =
    row.secrets === null
      ? []
      : (JSON.parse(await vault.open(hookSecretsPlace(row.workspace, id), row.secrets)) as SigningSecret[]);
  return {
    id,
    workspace: row.workspace,
    node: row.node,
    recipe,
    answer: HookAnswer.parse(JSON.parse(row.answer)),
    compiled: secrets.length === 0 ? null : compileRecipe(recipe, secrets),
  };
}

/** Where a hook's secrets stand: bound into their ciphertext. */
export function hookSecretsPlace(workspace: string, id: string) {
  return { table: "hooks", row: id, workspace, field: "secrets" };
}
