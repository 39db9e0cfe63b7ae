import { describe, expect, test } from "vitest";
import { applyConnectorEdit } from "./apply-connector-edit.ts";
import { compareConnectors } from "./compare-connectors.ts";
import { ConnectorDraft, type ConnectorEdit } from "./connector.ts";
import { IncomingWebhook } from "./incoming-webhook.ts";
import { lintConnector } from "./lint-connector.ts";
import { sectionStatuses } from "./section-status.ts";
import { settle } from "./settle-draft.ts";
import { Trigger } from "./trigger.ts";

const token = { kind: "token", signature: { places: [{ in: "header", name: "X-Token" }] } };
const webhook = (more: object = {}): IncomingWebhook =>
  IncomingWebhook.parse({ key: "pushed", name: "Pushed", kind: "static", recipe: token, ...more });
const resthook = {
  subscribe: { endpoint: "subscribe", inputs: { url: "{{hook.url}}", list: "{{inputs.list}}" }, idPath: "id" },
  unsubscribe: { endpoint: "unsubscribe", inputs: { id: "{{subscription.id}}" } },
};
const trigger = (more: object = {}): Trigger =>
  Trigger.parse({
    key: "created",
    name: "Created",
    source: { kind: "webhook", webhook: "pushed" },
    form: [{ key: "list", name: "List" }],
    ...more,
  });
const poll = (more: object = {}) => ({ kind: "poll", endpoint: "items", itemsPath: "data", dedupePath: "id", ...more });
const parameter = (key: string, required = false) => ({ key, name: key, in: "query", type: "string", required });
const draft = ConnectorDraft.parse({
  schemaVersion: 1,
  key: "mine",
  name: "Mine",
  description: "d",
  baseUrl: "https://api.example.com",
  auth: { kind: "none" },
  endpoints: [
    { key: "items", name: "Items", method: "GET", path: "/items", parameters: [parameter("after")] },
    {
      key: "subscribe",
      name: "Subscribe",
      method: "POST",
      path: "/hooks",
      parameters: [parameter("url", true), parameter("list")],
    },
    { key: "unsubscribe", name: "Unsubscribe", method: "DELETE", path: "/hooks", parameters: [parameter("id", true)] },
  ],
  incomingWebhooks: [webhook({ key: "pushed", kind: "resthook", resthook })],
  triggers: [trigger(), trigger({ key: "found", name: "Found", source: poll() })],
});

const apply = (edit: ConnectorEdit, vouchedFor = false) => applyConnectorEdit(draft, edit, { allowedHttpHosts: [], vouchedFor });
const putWebhook = (more: object, replaces: string | null = null) => apply({ edit: "webhook", replaces, webhook: webhook(more) });
const putTrigger = (more: object, replaces: string | null = null) => apply({ edit: "trigger", replaces, trigger: trigger(more) });
function draftOf(outcome: ReturnType<typeof apply>): ConnectorDraft {
  return outcome.outcome === "applied" ? outcome.draft : expect.fail(`${outcome.field}: ${outcome.message}`);
}

describe("incoming webhooks", () => {
  test("are added, changed and, while no trigger uses them, removed", () => {
    const added = draftOf(putWebhook({ key: "second", name: "Second" }));
    expect(added.incomingWebhooks.map(({ key }) => key)).toEqual(["pushed", "second"]);
    const removed = applyConnectorEdit(added, { edit: "remove-webhook", webhook: "second" }, { allowedHttpHosts: [] });
    expect(draftOf(removed).incomingWebhooks).toHaveLength(1);
    expect(apply({ edit: "remove-webhook", webhook: "pushed" })).toMatchObject({ outcome: "refused", field: "webhook" });
  });

  test("keep their triggers when their key changes", () => {
    const renamed = draftOf(putWebhook({ key: "sent", kind: "resthook", resthook }, "pushed"));
    expect(renamed.triggers?.[0]?.source).toMatchObject({ webhook: "sent" });
  });

  test.each([
    [
      "the calls' endpoints exist",
      { kind: "resthook", resthook: { ...resthook, subscribe: { endpoint: "nowhere" } } },
      "webhook.resthook.subscribe.endpoint",
    ],
    [
      "the calls' required parameters have a value",
      { kind: "resthook", resthook: { ...resthook, subscribe: { endpoint: "subscribe" } } },
      "webhook.resthook.subscribe.inputs.url",
    ],
    [
      "the calls' inputs are parameters",
      { kind: "resthook", resthook: { ...resthook, unsubscribe: { endpoint: "unsubscribe", inputs: { id: 1, more: 2 } } } },
      "webhook.resthook.unsubscribe.inputs.more",
    ],
    [
      "subscribing knows no subscription yet",
      {
        kind: "resthook",
        resthook: { ...resthook, subscribe: { endpoint: "subscribe", inputs: { url: "{{subscription.id}}" } } },
      },
      "webhook.resthook.subscribe.inputs.url",
    ],
    [
      "lists are reads",
      {
        kind: "resthook",
        resthook: {
          ...resthook,
          list: { endpoint: "subscribe", inputs: { url: "x" }, itemsPath: "data", idPath: "id", urlPath: "url" },
        },
      },
      "webhook.resthook.list.endpoint",
    ],
    ["the fallback exists", { kind: "resthook", resthook: { ...resthook, fallback: "nowhere" } }, "webhook.resthook.fallback"],
    ["the fallback polls", { kind: "resthook", resthook: { ...resthook, fallback: "created" } }, "webhook.resthook.fallback"],
    ["a secret from the answer to subscribe needs one", { secretOrigin: "subscribe-answer" }, "webhook.secretOrigin"],
    ["a secret from a challenge needs one that brings it", { secretOrigin: "challenge" }, "webhook.secretOrigin"],
    [
      "a global URL is for connectors that are vouched for",
      { kind: "global", secretOrigin: "definition", routing: { path: "list", input: "list" } },
      "webhook.kind",
    ],
    ["keys are unique", { key: "pushed" }, "webhook.key"],
  ])("%s", (_, more, field) => {
    expect(putWebhook({ key: "second", ...more })).toMatchObject({ outcome: "refused", field });
  });

  test("may be global where an administrator vouches for the connector", () => {
    const global = webhook({ key: "all", kind: "global", secretOrigin: "definition", routing: { path: "list", input: "list" } });
    expect(apply({ edit: "webhook", replaces: null, webhook: global }, true).outcome).toBe("applied");
    const generated = { ...global, secretOrigin: "generated" as const };
    expect(apply({ edit: "webhook", replaces: null, webhook: generated }, true)).toMatchObject({ field: "webhook.secretOrigin" });
  });
});

describe("triggers", () => {
  test.each([
    ["the webhook exists", { source: { kind: "webhook", webhook: "nowhere" } }, "trigger.source.webhook"],
    ["the webhook's calls find their inputs in the form", { form: [] }, "trigger.form"],
    [
      "form keys are unique",
      {
        form: [
          { key: "list", name: "A" },
          { key: "list", name: "B" },
        ],
      },
      "trigger.form.1.key",
    ],
    [
      "fields are like parameters that exist",
      { form: [{ key: "list", name: "A", like: { endpoint: "items", parameter: "no" } }] },
      "trigger.form.0.like.parameter",
    ],
    [
      "filters compare with something",
      { source: { kind: "webhook", webhook: "pushed", filters: [{ path: "type", operator: "equals" }] } },
      "trigger.source.filters.0.value",
    ],
    [
      "filters take a template as the whole value",
      {
        source: {
          kind: "webhook",
          webhook: "pushed",
          filters: [{ path: "type", operator: "equals", value: "x{{inputs.list}}" }],
        },
      },
      "trigger.source.filters.0.value",
    ],
    [
      "lists of values are fixed",
      {
        source: {
          kind: "webhook",
          webhook: "pushed",
          filters: [{ path: "type", operator: "one-of", value: ["{{inputs.list}}"] }],
        },
      },
      "trigger.source.filters.0.value",
    ],
    [
      "filters name inputs of the form",
      { source: { kind: "webhook", webhook: "pushed", filters: [{ path: "type", operator: "equals", value: "{{inputs.no}}" }] } },
      "trigger.source.filters.0.value",
    ],
    ["a polled endpoint exists", { source: poll({ endpoint: "nowhere" }) }, "trigger.source.endpoint"],
    [
      "a polled endpoint only reads",
      { source: poll({ endpoint: "subscribe", inputs: { url: "x" } }) },
      "trigger.source.endpoint",
    ],
    ["poll inputs name what there is", { source: poll({ inputs: { after: "{{steps.a}}" } }) }, "trigger.source.inputs.after"],
    [
      "it is asked no more often when quiet",
      { source: poll({ intervalMs: 120_000, quietMs: 60_000 }) },
      "trigger.source.quietMs",
    ],
    ["transformations can be read", { transformation: { a: "{{event.body" } }, "trigger.transformation.a"],
    [
      "transformations start with event or inputs",
      { transformation: { a: ["{{trigger.body.x}}"] } },
      "trigger.transformation.a.0",
    ],
    ["expressions start with event or inputs, too", { transformation: "{{= trigger.body }}" }, "trigger.transformation"],
    ["keys are unique", { key: "found" }, "trigger.key"],
  ])("%s", (_, more, field) => {
    expect(putTrigger({ key: "new", ...more })).toMatchObject({ outcome: "refused", field });
  });

  test("take expressions, and cursors where they poll", () => {
    draftOf(putTrigger({ key: "new", transformation: { n: "{{= $count(event.body.items) }}", list: "{{inputs.list}}" } }));
    draftOf(putTrigger({ key: "new", source: poll({ inputs: { after: "{{cursor}} {{now}} {{inputs.list}}" } }) }));
  });

  test("that a RESThook falls back to stay, keep polling, and are followed when renamed", () => {
    const falling = draftOf(putWebhook({ kind: "resthook", resthook: { ...resthook, fallback: "found" } }, "pushed"));
    const edit = (change: ConnectorEdit) => applyConnectorEdit(falling, change, { allowedHttpHosts: [] });
    expect(edit({ edit: "remove-trigger", trigger: "found" })).toMatchObject({ outcome: "refused", field: "trigger" });
    expect(edit({ edit: "trigger", replaces: "found", trigger: trigger({ key: "found" }) })).toMatchObject({
      field: "trigger.source",
    });
    const renamed = draftOf(edit({ edit: "trigger", replaces: "found", trigger: trigger({ key: "seen", source: poll() }) }));
    expect(renamed.incomingWebhooks[0]?.resthook?.fallback).toBe("seen");
    expect(draftOf(apply({ edit: "remove-trigger", trigger: "found" })).triggers).toHaveLength(1);
  });
});

describe("endpoints that they call", () => {
  const endpoint = (key: string) => draft.endpoints.find((each) => each.key === key) ?? expect.fail(key);

  test("are followed by a new key", () => {
    const poll = draftOf(apply({ edit: "endpoint", replaces: "items", endpoint: { ...endpoint("items"), key: "things" } }));
    expect(poll.triggers?.[1]?.source).toMatchObject({ endpoint: "things" });
    const hook = draftOf(
      apply({ edit: "endpoint", replaces: "subscribe", endpoint: { ...endpoint("subscribe"), key: "register" } }),
    );
    expect(hook.incomingWebhooks[0]?.resthook?.subscribe.endpoint).toBe("register");
  });

  test("are neither removed nor changed so that the call breaks", () => {
    expect(apply({ edit: "remove-endpoint", endpoint: "unsubscribe" })).toMatchObject({ outcome: "refused", field: "endpoint" });
    expect(apply({ edit: "remove-endpoint", endpoint: "items" })).toMatchObject({ outcome: "refused", field: "endpoint" });
    const unsafe = { ...endpoint("items"), effect: "unsafe" as const };
    expect(apply({ edit: "endpoint", replaces: "items", endpoint: unsafe })).toMatchObject({
      outcome: "refused",
      field: "endpoint",
    });
    const bare = { ...endpoint("subscribe"), parameters: [] };
    expect(apply({ edit: "endpoint", replaces: "subscribe", endpoint: bare })).toMatchObject({
      outcome: "refused",
      field: "endpoint",
    });
  });

  test("are missed when an import takes them away", () => {
    const settled = settle({ ...draft, endpoints: [endpoint("items")] });
    expect(settled.consequences).toHaveLength(1);
    const { webhooks, triggers } = sectionStatuses({ draft: settled.draft, tests: [], connections: [], hasOAuthClient: false });
    expect(webhooks).toEqual({ state: "missing", missing: ['an endpoint that "Pushed" can subscribe with'] });
    expect(triggers.state).toBe("done");
  });
});

test("a newer version says what became of webhooks and triggers", () => {
  const [, found] = draft.triggers ?? [];
  const after = {
    ...draft,
    incomingWebhooks: [webhook()],
    triggers: [trigger({ form: [{ key: "other", name: "Other", required: true }] })],
  };
  expect(compareConnectors(draft, after).parts).toEqual([
    {
      part: "webhook",
      key: "pushed",
      name: "Pushed",
      change: "changed",
      details: ["it is subscribed in another way"],
      breaking: ["it is of another type: its URL must be set up again"],
    },
    {
      part: "trigger",
      key: "created",
      name: "Created",
      change: "changed",
      details: [],
      breaking: ['its field "List" is gone', 'its field "Other" is required now'],
    },
    { part: "trigger", key: "found", name: found?.name, change: "removed", details: [], breaking: ["it is gone"] },
  ]);
});

test("lint names webhooks that prove little, and triggers of which nothing is known", () => {
  const open = webhook({ key: "open", name: "Open", recipe: { kind: "url-secret" } });
  const { findings } = lintConnector({ ...draft, incomingWebhooks: [...draft.incomingWebhooks, open] }, []);
  expect(findings.filter(({ rule }) => rule === "webhook-unsigned").map(({ message }) => message)).toEqual([
    expect.stringContaining('"Open"'),
  ]);
  expect(findings.filter(({ rule }) => rule === "trigger-unknown")).toHaveLength(2);
});
