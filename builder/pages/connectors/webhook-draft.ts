import { IncomingWebhook, type RestHook, type SecretOrigin } from "../../../shared/connector/incoming-webhook.ts";
import { type ChallengeRecipe, echoChallenge } from "../../../shared/event/challenge-recipe.ts";
import type { Provider } from "../../../shared/event/providers/provider.ts";
import { providerNamed, providers } from "../../../shared/event/providers/providers.ts";
import type { SignatureRecipe } from "../../../shared/event/signature-recipe.ts";
import type { HookAnswer } from "../../../shared/event/subscription.ts";
import type { Json } from "../../../shared/json.ts";

/** A call while its endpoint may not be chosen yet; paths that are left empty are not there. */
export type CallDraft = { endpoint: string | null; inputs: Record<string, Json> };

/** Zoom's two labels, challenges as recipes, or none at all. */
export type Validation =
  | { way: "off" }
  | { way: "echo"; challengeKey: string; responseKey: string }
  | { way: "recipes"; challenges: ChallengeRecipe[] };

/** An incoming webhook while its form is open. */
export type WebhookDraft = {
  name: string;
  description: string;
  kind: IncomingWebhook["kind"];
  /** Undefined while what is typed is no recipe yet. */
  recipe: SignatureRecipe | undefined;
  provider: string | undefined;
  secretOrigin: SecretOrigin;
  validation: Validation;
  answer: HookAnswer | undefined;
  subscribe: CallDraft & { idPath: string; secretPath: string; expiresPath: string };
  unsubscribe: CallDraft;
  lifeMs: number | null;
  /** A call without an endpoint is not there. */
  renew: CallDraft & { expiresPath: string };
  list: CallDraft & { itemsPath: string; idPath: string; urlPath: string };
  fallback: string;
  routing: { path: string; input: string };
};

const noCall: CallDraft = { endpoint: null, inputs: {} };

export function newWebhookDraft(): WebhookDraft {
  const [first] = providers;
  const base: WebhookDraft = {
    name: "",
    description: "",
    kind: "static",
    recipe: undefined,
    provider: undefined,
    secretOrigin: "generated",
    validation: { way: "off" },
    answer: undefined,
    subscribe: { ...noCall, idPath: "", secretPath: "", expiresPath: "" },
    unsubscribe: noCall,
    lifeMs: null,
    renew: { ...noCall, expiresPath: "" },
    list: { ...noCall, itemsPath: "", idPath: "", urlPath: "" },
    fallback: "",
    routing: { path: "", input: "" },
  };
  return first ? withProvider(base, first) : base;
}

export function draftOfWebhook(webhook: IncomingWebhook): WebhookDraft {
  const { name, description = "", kind, recipe, provider, secretOrigin, challenges, answer, resthook, routing } = webhook;
  const empty = newWebhookDraft();
  return {
    ...empty,
    name,
    description,
    kind,
    recipe,
    provider,
    secretOrigin,
    answer,
    validation: validationOf(challenges),
    ...(resthook && {
      subscribe: { ...empty.subscribe, ...resthook.subscribe },
      unsubscribe: resthook.unsubscribe,
      lifeMs: resthook.lifeMs ?? null,
      renew: { ...empty.renew, ...resthook.renew },
      list: { ...empty.list, ...resthook.list },
      fallback: resthook.fallback ?? "",
    }),
    ...(routing && { routing }),
  };
}

/** What the form says, under a key; it may still lack something. */
export function webhookOf(draft: WebhookDraft, key: string) {
  const { name, description, kind, recipe, provider, secretOrigin, answer, routing } = draft;
  return {
    key,
    name: name.trim(),
    ...(description.trim() !== "" && { description: description.trim() }),
    kind,
    recipe,
    secretOrigin,
    challenges: challengesOf(draft.validation),
    ...(answer && { answer }),
    ...(provider !== undefined && { provider }),
    ...(kind === "resthook" && { resthook: restHookOf(draft) }),
    ...(kind === "global" && { routing: { path: routing.path.trim(), input: routing.input.trim() } }),
  };
}

/** The webhook, or what is wrong with it by field as the server names them: `webhook.resthook.subscribe.endpoint`. */
export function readWebhook(
  draft: WebhookDraft,
  key: string,
): { webhook: IncomingWebhook; problems: null } | { webhook: null; problems: Record<string, string> } {
  const parsed = IncomingWebhook.safeParse(webhookOf(draft, key));
  if (parsed.success) return { webhook: parsed.data, problems: null };
  const problems = parsed.error.issues.map(({ path, message }) => [["webhook", ...path].join("."), message] as const);
  // Of several with one field the first is the most basic.
  return { webhook: null, problems: Object.fromEntries(problems.toReversed()) };
}

function restHookOf({ subscribe, unsubscribe, lifeMs, renew, list, fallback }: WebhookDraft): RestHook {
  return {
    subscribe: {
      ...callOf(subscribe),
      ...path("idPath", subscribe.idPath),
      ...path("secretPath", subscribe.secretPath),
      ...path("expiresPath", subscribe.expiresPath),
    },
    unsubscribe: callOf(unsubscribe),
    ...(lifeMs !== null && { lifeMs }),
    ...(renew.endpoint !== null && { renew: { ...callOf(renew), ...path("expiresPath", renew.expiresPath) } }),
    ...(list.endpoint !== null && {
      list: {
        ...callOf(list),
        itemsPath: list.itemsPath.trim(),
        idPath: list.idPath.trim(),
        urlPath: list.urlPath.trim(),
      },
    }),
    ...(fallback !== "" && { fallback }),
  };
}

function callOf({ endpoint, inputs }: CallDraft) {
  return { endpoint: endpoint ?? "", inputs };
}

function path<Name extends string>(name: Name, text: string): { [Key in Name]?: string } {
  return text.trim() === "" ? {} : ({ [name]: text.trim() } as { [Key in Name]: string });
}

/** Who can make the secret of a webhook of this kind; the usual one first. */
export function secretOrigins(kind: IncomingWebhook["kind"], validation: Validation): SecretOrigin[] {
  const bringsSecret = challengesOf(validation).some(({ store }) => store !== undefined);
  const byChallenge: SecretOrigin[] = bringsSecret ? ["challenge"] : [];
  switch (kind) {
    case "static":
      return ["generated", "given", "definition", ...byChallenge];
    case "resthook":
      return ["generated", "subscribe-answer", "definition", ...byChallenge];
    case "global":
      return ["definition"];
  }
}

/** The draft with a secret that its kind and its challenges can have; what the provider's vendor does comes first. */
export function withFittingOrigin(draft: WebhookDraft, wanted = draft.secretOrigin): WebhookDraft {
  const possible = secretOrigins(draft.kind, draft.validation);
  const [usual = "generated"] = possible;
  return { ...draft, secretOrigin: possible.includes(wanted) ? wanted : usual };
}

/** How a provider of the library signs, asks, wants to be answered, and whose secret it is. */
export function withProvider(draft: WebhookDraft, { key, recipe, challenges, answer, secretOrigin }: Provider): WebhookDraft {
  const next = { ...draft, recipe, provider: key, answer, validation: validationOf(challenges) };
  // Nobody sets a RESThook up by hand: what is given to a person elsewhere comes with the answer there.
  const wanted = draft.kind === "resthook" && secretOrigin === "given" ? "subscribe-answer" : secretOrigin;
  return withFittingOrigin(next, wanted);
}

/** What belongs to the provider alone goes with it. */
export function withoutProvider(draft: WebhookDraft): WebhookDraft {
  return withFittingOrigin({ ...draft, provider: undefined, answer: undefined, validation: { way: "off" } });
}

/** The challenges of the library's provider, when that has some. */
export function providerChallenges({ provider }: WebhookDraft): readonly ChallengeRecipe[] {
  return (provider === undefined ? null : providerNamed(provider))?.challenges ?? [];
}

export function challengesOf(validation: Validation): ChallengeRecipe[] {
  switch (validation.way) {
    case "off":
      return [];
    case "echo":
      return [echoChallenge(validation.challengeKey.trim(), validation.responseKey.trim())];
    case "recipes":
      return validation.challenges;
  }
}

function validationOf(challenges: readonly ChallengeRecipe[]): Validation {
  const [first] = challenges;
  if (!first) return { way: "off" };
  const field = first.respond.body.as === "json" ? first.respond.body.fields[0] : undefined;
  const at = first.when.match[0]?.at;
  if (challenges.length === 1 && field && at?.in === "body") {
    const echo = { way: "echo" as const, challengeKey: at.path, responseKey: field.name };
    if (JSON.stringify(ordered(challengesOf(echo))) === JSON.stringify(ordered(challenges))) return echo;
  }
  return { way: "recipes", challenges: [...challenges] };
}

/** Key order says nothing: a stored recipe has that of its schema. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]));
}

/** What the form still waits for, in words; null: it can be saved. */
export function missingInWebhook(draft: WebhookDraft): string | null {
  if (draft.name.trim() === "") return "Enter a name.";
  if (!draft.recipe) return "The authentication has a mistake.";
  const { validation } = draft;
  if (validation.way === "echo" && validation.challengeKey.trim() === "") return "Enter the challenge key.";
  if (validation.way === "echo" && validation.responseKey.trim() === "") return "Enter the challenge response.";
  if (draft.kind === "resthook" && draft.subscribe.endpoint === null) return "Choose the endpoint that subscribes.";
  if (draft.kind === "resthook" && draft.unsubscribe.endpoint === null) return "Choose the endpoint that unsubscribes.";
  if (draft.kind === "global" && draft.routing.path.trim() === "") return "Enter where an event names its subscription.";
  if (draft.kind === "global" && draft.routing.input.trim() === "") return "Enter the key of the trigger's field.";
  return null;
}
