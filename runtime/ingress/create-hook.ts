import { AppError } from "../../shared/app-error.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import type { HookAnswer } from "../../shared/event/subscription.ts";
import { type Clock, randomName } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";

type NewHook = { workspace: string; flow: string; node: string; recipe: SignatureRecipe; answer: HookAnswer };

/** Makes a hook URL's id for a flow's trigger: 160 random bits. It takes no delivery before its secret is set. */
export async function createHook({ sql, clock }: { sql: Sql; clock: Clock }, hook: NewHook): Promise<string> {
  const { id, statement } = newHook({ clock }, hook);
  const stored = await sql.commit([statement]);
  if (stored.outcome !== "committed") throw new AppError("internal", "the hook could not be stored");
  return id;
}

/** The row of `createHook`, to be committed with others. */
export function newHook({ clock }: { clock: Clock }, hook: NewHook): { id: string; statement: Statement } {
  const id = randomName("hook");
  return {
    id,
    statement: {
      text: `INSERT INTO hooks (id, workspace_id, flow_id, node, recipe, answer, revision, created_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)`,
      params: [id, hook.workspace, hook.flow, hook.node, JSON.stringify(hook.recipe), JSON.stringify(hook.answer), clock()],
    },
  };
}
