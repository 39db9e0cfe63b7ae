import { AppError } from "../../shared/app-error.ts";
import type { EventFilter } from "../../shared/connector/trigger.ts";
import type { ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import type { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import type { HookAnswer } from "../../shared/event/subscription.ts";
import { type Clock, randomName } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import type { HookKind } from "./load-hook.ts";

export type NewHook = {
  workspace: string;
  flow: string;
  node: string;
  recipe: SignatureRecipe;
  answer: HookAnswer;
  kind?: HookKind;
  challenges?: ChallengeRecipe[];
  filters?: EventFilter[];
  /** The connector's incoming webhook that it is one of; `definition`: with the webhook's secret instead of its own. */
  of?: { connectorId: string; webhook: string; secretFrom: "own" | "definition" };
};

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
  const { kind = "static", challenges = [], filters = [], of } = hook;
  const documents = [hook.recipe, hook.answer, challenges, filters].map((document) => JSON.stringify(document));
  return {
    id,
    statement: {
      text: `INSERT INTO hooks (id, workspace_id, flow_id, node, recipe, answer, challenges, filters, kind, connector_id, webhook, secret_from,
               revision, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13)`,
      params: [
        id,
        hook.workspace,
        hook.flow,
        hook.node,
        ...documents,
        kind,
        of?.connectorId ?? null,
        of?.webhook ?? null,
        of?.secretFrom ?? "own",
        clock(),
      ],
    },
  };
}
