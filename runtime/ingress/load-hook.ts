import { AppError } from "../../shared/app-error.ts";
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
  /** The published version, in the same row that says which flow the hook belongs to; null before the first publication. */
  version: string | null;
  node: string;
  recipe: SignatureRecipe;
  answer: HookAnswer;
  compiled: CompiledRecipe | null;
};
export type LoadHook = (id: string) => Promise<LoadedHook | null>;

type Row = { workspace: string; flow: string; flowName: string; version: string | null; revision: number };
type Details = { node: string; recipe: string; answer: string; secrets: string | null };
type Opened = Pick<LoadedHook, "node" | "recipe" | "answer" | "compiled">;

/**
 * Reads a hook's row at most once in a turn of the event loop, so that a new secret or version counts at once and a burst costs
 * one read; parses and decrypts only a new revision.
 */
export function createLoadHook({ sql, vault }: { sql: Sql; vault: Vault }): LoadHook {
  const opened = new Map<string, { revision: number; hook: Opened }>();
  let thisTurn = new Map<string, Promise<LoadedHook | null>>();

  async function read(id: string): Promise<LoadedHook | null> {
    const [row] = await sql.read<Row>(
      `SELECT h.workspace_id AS workspace, h.flow_id AS flow, f.name AS "flowName", f.published_version_id AS version, h.revision
       FROM hooks h JOIN flows f ON f.id = h.flow_id WHERE h.id = $1`,
      [id],
    );
    if (!row) {
      opened.delete(id);
      return null;
    }
    let known = opened.get(id);
    if (known?.revision !== row.revision) {
      known = { revision: row.revision, hook: await open(sql, vault, { id, ...row }) };
      opened.set(id, known);
    }
    return { ...known.hook, id, workspace: row.workspace, version: row.version, flow: { id: row.flow, name: row.flowName } };
  }

  return (id) => {
    if (thisTurn.size === 0)
      setImmediate(() => {
        // A new one, not cleared: V8 chains the tables of a map that is cleared over and over.
        thisTurn = new Map();
      });
    const reading = thisTurn.get(id) ?? read(id);
    thisTurn.set(id, reading);
    return reading;
  };
}

async function open(sql: Sql, vault: Vault, { id, workspace }: { id: string; workspace: string }): Promise<Opened> {
  const [row] = await sql.read<Details>(`SELECT node, recipe, answer, secrets FROM hooks WHERE id = $1`, [id]);
  if (!row) throw new AppError("not_found", `there is no hook ${id}`);
  const recipe = SignatureRecipe.parse(JSON.parse(row.recipe));
  const secrets =
    row.secrets === null ? [] : (JSON.parse(await vault.open(hookSecretsPlace(workspace, id), row.secrets)) as SigningSecret[]);
  return {
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
