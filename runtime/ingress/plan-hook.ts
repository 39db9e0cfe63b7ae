import { AppError } from "../../shared/app-error.ts";
import type { ChallengeRecipe } from "../../shared/event/challenge-recipe.ts";
import { SignatureRecipe } from "../../shared/event/signature-recipe.ts";
import { HookAnswer } from "../../shared/event/subscription.ts";
import type { AppTriggerNode, FlowNode } from "../../shared/flow/node.ts";
import { type Pins, pinConnectors } from "../connectors/publish-connector.ts";
import { publishedPins } from "../flows/freeze-flow.ts";
import type { Sql } from "../store/sql.ts";

/** What a trigger's hook URL is. */
export type HookPlan = {
  kind: "static" | "api";
  recipe: SignatureRecipe;
  challenges: ChallengeRecipe[];
  answer: HookAnswer;
  of?: { connectorId: string; webhook: string; secretFrom: "own" | "definition" };
  /** False: it has none of its own; why, for whoever wants to set one. */
  ownSecret: boolean;
  whySecretElsewhere: string;
  /** The provider brings it later. */
  secretMayBeMissing: boolean;
};

type ToPlan = {
  workspace: string;
  flow: string;
  node: FlowNode | undefined;
  pins: Pins | undefined;
  recipe?: SignatureRecipe | undefined;
  challenges?: ChallengeRecipe[] | undefined;
  answer?: HookAnswer | undefined;
  /** What the hook URL is now. What is left out stays as it is there, unless its recipe is another one now. */
  stored: StoredHook | null;
};
export type StoredHook = { recipe: SignatureRecipe; challenges: ChallengeRecipe[]; answer: HookAnswer };

/** Calls of a flow's own API URL carry its token; the same `Idempotency-Key` is one call (draft-ietf-httpapi-idempotency-key-header). */
const apiRecipe: SignatureRecipe = SignatureRecipe.parse({
  kind: "token",
  signature: { places: [{ in: "header", name: "Authorization" }], valuePrefix: "Bearer " },
  dedupe: { candidates: [{ in: "header", name: "Idempotency-Key" }], windowMs: 86_400_000 },
});

/** Throws `not_found` for a node that is no trigger with a URL of its own, `bad_request` when something is missing. */
export async function planHook(sql: Sql, asked: ToPlan): Promise<HookPlan> {
  const { node, stored } = asked;
  const recipe = asked.recipe ?? stored?.recipe;
  const same = stored !== null && JSON.stringify(recipe) === JSON.stringify(stored.recipe) ? stored : null;
  const challenges = asked.challenges ?? same?.challenges;
  const answer = asked.answer ?? same?.answer;
  const own = { ownSecret: true, whySecretElsewhere: "the URL itself is the secret", secretMayBeMissing: false };
  switch (node?.kind) {
    case "webhook-trigger":
      if (!recipe) throw new AppError("bad_request", "recipe: say how a delivery proves where it comes from");
      return { ...own, kind: "static", recipe, challenges: challenges ?? [], answer: answer ?? HookAnswer.parse({}) };
    case "api-trigger":
      return {
        ...own,
        kind: "api",
        recipe: apiRecipe,
        challenges: [],
        answer: asked.answer ?? stored?.answer ?? HookAnswer.parse({ answerWithinMs: 30_000 }),
      };
    case "app-trigger":
      return planApp(sql, asked, node);
    default:
      throw new AppError("not_found", "the draft has no such trigger with a URL");
  }
}

async function planApp(sql: Sql, { workspace, flow, pins }: ToPlan, node: AppTriggerNode): Promise<HookPlan> {
  const all = { ...(await publishedPins(sql, workspace, flow)), ...pins };
  const { documents, rows } = await pinConnectors(sql, workspace, { keys: [node.connector], pins: all });
  const [document, row] = [documents.get(node.connector), rows.get(node.connector)];
  const source = document?.triggers?.find(({ key }) => key === node.trigger)?.source;
  const webhook = source?.kind === "webhook" ? document?.incomingWebhooks.find(({ key }) => key === source.webhook) : undefined;
  if (!row || !webhook) throw new AppError("bad_request", `the trigger "${node.name}" has no incoming webhook`);
  if (webhook.kind !== "static")
    throw new AppError("bad_request", `"${webhook.name}" has no URL to set up: publishing the flow makes what it needs`);
  const definition = webhook.secretOrigin === "definition";
  return {
    kind: "static",
    recipe: webhook.recipe,
    challenges: webhook.challenges,
    answer: webhook.answer ?? HookAnswer.parse({}),
    of: { connectorId: row.connector, webhook: webhook.key, secretFrom: definition ? "definition" : "own" },
    ownSecret: !definition,
    whySecretElsewhere: definition ? "it is that of the connector's incoming webhook" : "the URL itself is the secret",
    secretMayBeMissing: webhook.secretOrigin === "challenge" || webhook.secretOrigin === "subscribe-answer",
  };
}
