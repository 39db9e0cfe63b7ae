import { describe, expect, it } from "vitest";
import { IncomingWebhook } from "../../../shared/connector/incoming-webhook.ts";
import { Trigger } from "../../../shared/connector/trigger.ts";
import { echoChallenge } from "../../../shared/event/challenge-recipe.ts";
import { providers } from "../../../shared/event/providers/providers.ts";
import { draftOfTrigger, missingFields, newTriggerDraft, readTrigger, stepOf } from "./trigger-draft.ts";
import { draftOfWebhook, newWebhookDraft, readWebhook, withoutProvider, withProvider } from "./webhook-draft.ts";
import { describeChallenge } from "./webhook-words.ts";

const [first] = providers;

describe("the draft of an incoming webhook", () => {
  it.each(providers.map((provider) => [provider.name, provider] as const))("is whole with what %s does", (_, provider) => {
    const draft = withProvider({ ...newWebhookDraft(), name: "Events" }, provider);
    const { webhook } = readWebhook(draft, "events");
    expect(webhook).toMatchObject({ provider: provider.key, challenges: provider.challenges });
    expect(webhook && readWebhook(draftOfWebhook(webhook), "events").webhook).toEqual(webhook);
  });

  it("comes back as it was from a document with everything", () => {
    const webhook = IncomingWebhook.parse({
      key: "all",
      name: "All",
      description: "Everything",
      kind: "resthook",
      recipe: first?.recipe,
      secretOrigin: "subscribe-answer",
      challenges: [echoChallenge("challenge", "echo")],
      answer: { status: 204 },
      resthook: {
        subscribe: { endpoint: "sub", inputs: { url: "{{hook.url}}" }, idPath: "id", secretPath: "secret", expiresPath: "until" },
        unsubscribe: { endpoint: "unsub", inputs: {} },
        lifeMs: 86_400_000,
        renew: { endpoint: "renew", inputs: {}, expiresPath: "until" },
        list: { endpoint: "list", inputs: {}, itemsPath: "", idPath: "id", urlPath: "url" },
        fallback: "poll",
      },
    });
    expect(readWebhook(draftOfWebhook(webhook), "all").webhook).toEqual(webhook);
  });

  it("keeps nothing of a provider that was exchanged for another sender", () => {
    const slack = providers.find(({ key }) => key === "slack");
    if (!slack) expect.unreachable();
    const draft = withoutProvider(withProvider({ ...newWebhookDraft(), name: "Events" }, slack));
    expect(readWebhook(draft, "events").webhook).toMatchObject({ challenges: [], secretOrigin: "given" });
    expect(draft.provider).toBeUndefined();
  });

  it("names what is wrong by the field of the edit", () => {
    const { problems } = readWebhook({ ...newWebhookDraft(), name: "", kind: "global" }, "events");
    expect(Object.keys(problems ?? {})).toEqual(expect.arrayContaining(["webhook.name", "webhook.routing.path"]));
  });

  it("says a challenge in words", () => {
    const words = Object.fromEntries(
      providers.flatMap(({ key, challenges }) => challenges.map((each) => [key, describeChallenge(each)])),
    );
    expect(words.zoom).toBe(
      "POST with event of the body = endpoint.url_validation, only when signed, answers 200 with plainToken: what was in payload.plainToken of the body, encryptedToken: the HMAC of payload.plainToken of the body",
    );
    expect(words.asana).toMatch(/only while a subscription is being made.*keeps the header x-hook-secret as the secret$/);
  });
});

describe("the draft of a trigger", () => {
  const webhooks = { incomingWebhooks: [], endpoints: [] };
  const trigger = Trigger.parse({
    key: "t",
    name: "T",
    source: {
      kind: "webhook",
      webhook: "w",
      filters: [
        { path: "a", operator: "equals", value: "x" },
        { path: "b", operator: "one-of", value: ["1", "two words"] },
        { path: "c", operator: "exists" },
        { path: "d", operator: "one-of", value: "{{inputs.many}}" },
      ],
    },
    form: [{ key: "many", name: "Many", default: "x", like: { endpoint: "e", parameter: "p" } }],
    transformation: "{{= event.body }}",
    outputSchema: {},
    sample: null,
  });

  it("comes back as it was", () => {
    expect(readTrigger(draftOfTrigger(trigger, webhooks), "t").trigger).toEqual(trigger);
    const poll = Trigger.parse({
      ...trigger,
      source: {
        kind: "poll",
        endpoint: "e",
        inputs: { since: "{{cursor}}" },
        itemsPath: "data",
        dedupePath: "id",
        cursor: { path: "next", of: "answer" },
        seeding: "take",
        quietMs: 3_600_000,
      },
    });
    expect(readTrigger(draftOfTrigger(poll, webhooks), "t").trigger).toEqual(poll);
  });

  it("knows which fields are used and not there, also by the calls of its webhook", () => {
    const draft = { ...draftOfTrigger(trigger, webhooks), form: [], transformation: { at: ["{{inputs.place}} {{event.id}}"] } };
    expect(missingFields(draft, webhooks)).toEqual(["many", "place"]);
  });

  it("leads to the step of a field", () => {
    const { problems } = readTrigger({ ...newTriggerDraft(webhooks), from: "poll" }, "t");
    expect(Object.keys(problems ?? {}).map(stepOf)).toEqual(expect.arrayContaining(["Basics", "Source"]));
    expect(["trigger.form.0.key", "trigger.places", "trigger.transformation", "trigger.sample"].map(stepOf)).toEqual([
      "Form",
      "Places",
      "Transformation",
      "Test",
    ]);
  });
});
