import type { IncomingWebhook, SecretOrigin } from "../../../shared/connector/incoming-webhook.ts";
import type { ChallengeRecipe, ChallengeValue } from "../../../shared/event/challenge-recipe.ts";
import { describePlace } from "../../../shared/event/describe-recipe.ts";
import type { Place } from "../../../shared/event/place.ts";

export const kindWords: Record<IncomingWebhook["kind"], string> = {
  static: "Static webhook URL",
  resthook: "RESThook",
  global: "Single global URL",
};

export const kindHelp: Record<IncomingWebhook["kind"], string> = {
  static: "Everyone who sets up a trigger gets a URL to copy to the sender.",
  resthook: "The sender is asked to subscribe when a flow is published, and to unsubscribe afterwards. Nobody sees the URL.",
  global: "One URL for all: each event is routed to the triggers that it is for.",
};

export const originWords: Record<SecretOrigin, string> = {
  definition: "One for all, set here",
  generated: "Generated for each subscription",
  given: "Given by whoever sets up the trigger",
  "subscribe-answer": "In the answer to subscribe",
  challenge: "Sent in a challenge",
};

/** How a secret stands that has no place of its own on the definition. */
export const originFacts: Record<SecretOrigin, string> = {
  definition: "one secret for all",
  generated: "a secret is generated for each subscription",
  given: "whoever sets up a trigger enters the secret",
  "subscribe-answer": "the answer to subscribe brings the secret",
  challenge: "a challenge brings the secret",
};

/** What a challenge asks and what it is answered, in a sentence. */
export function describeChallenge({ when, precheck, respond, store, confirm }: ChallengeRecipe): string {
  const asks = when.match.map(({ at, equals }) => (equals === undefined ? named(at) : `${named(at)} = ${equals}`)).join(" and ");
  const more = [
    ...(store ? [`keeps ${named(store)} as the secret`] : []),
    ...(confirm ? [`calls the URL in ${named(confirm.at)}`] : []),
  ];
  return [`${when.method} with ${asks}`, checks(precheck), `answers ${respond.status} ${answer(respond)}`, ...more]
    .filter((part) => part !== "")
    .join(", ");
}

function checks(precheck: ChallengeRecipe["precheck"]): string {
  switch (precheck.kind) {
    case "none":
      return "";
    case "signature":
      return "only when signed";
    case "token":
      return `only with the ${precheck.with === "secret" ? "secret" : "verify token"} in ${named(precheck.at)}`;
    case "pending":
      return "only while a subscription is being made";
  }
}

function answer({ body, headers }: ChallengeRecipe["respond"]): string {
  const withHeaders = headers.map(({ name, value }) => `${name}: ${valueWords(value)}`).join(", ");
  switch (body.as) {
    case "empty":
      return withHeaders === "" ? "without a body" : `with ${withHeaders}`;
    case "text":
      return `with ${valueWords(body.value)}`;
    case "json":
      return `with ${body.fields.map(({ name, value }) => `${name}: ${valueWords(value)}`).join(", ")}`;
    case "xml":
      return "with a fixed text";
  }
}

function valueWords(value: ChallengeValue): string {
  switch (value.from) {
    case "text":
      return JSON.stringify(value.text);
    case "request":
      return `what was in ${named(value.at)}`;
    case "hmac":
      return `the HMAC of ${named(value.of)}`;
  }
}

/** A header is called one: beside other places its name alone would say too little. */
function named(place: Place): string {
  return place.in === "header" ? `the header ${place.name}` : describePlace(place);
}
