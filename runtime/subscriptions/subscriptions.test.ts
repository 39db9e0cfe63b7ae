import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Connector } from "../../shared/connector/connector.ts";
import { newConnection } from "../connections/create-connection.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { providerConnector, publicUrl, startTestSubscriptions, type TestSubscriptions } from "../testing/test-subscriptions.ts";
import type { SubscriptionDeps } from "./turn.ts";

const hour = 3_600_000;
let test: TestSubscriptions;

afterEach(() => test.close());

describe("a RESThook", () => {
  beforeEach(async () => {
    test = await startTestSubscriptions();
  });

  it("is pending with its secret before the provider is asked, and active with the provider's id afterwards", async () => {
    const hook = await test.add({ events: "contact.created" });
    const seen: unknown[] = [];
    test.provider.beforeAnswer(async ({ url, secret }) => {
      const [row] = await test.sql.read(`SELECT state, secrets IS NOT NULL AS sealed FROM hooks WHERE id = $1`, [hook]);
      seen.push({ ...(row as object), url, secret: secret.length > 30 });
    });
    await test.look();
    expect(seen).toEqual([{ state: "pending", sealed: expect.anything(), url: `${publicUrl}/hooks/${hook}`, secret: true }]);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-1", reason: null });
    expect(test.provider.subscriptions()).toMatchObject([{ id: "sub-1", events: "contact.created" }]);
    expect(await test.history(hook)).toEqual(["subscribing", "subscribed"]);
  });

  it("is let go of, also when the provider fails ten times and then says 404 (H3)", async () => {
    const hook = await test.add();
    await test.look();
    test.provider.forget("sub-1");
    let left = 10;
    test.provider.onCall(({ method }) => (method === "DELETE" && left-- > 0 ? "500-before" : "none"));
    await test.want(hook, "off");
    await test.pass(24 * hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "deleted", remoteId: null, nextAt: null });
    expect(test.provider.calls.filter(({ method }) => method === "DELETE")).toHaveLength(11);
  });

  it.each(["cut-after", "500-after"] as const)(
    "that was made and never answered (%s) is adopted, not made twice (H1)",
    async (fault) => {
      const hook = await test.add();
      let first = true;
      test.provider.onCall(({ method }) => {
        if (method !== "POST" || !first) return "none";
        first = false;
        return fault;
      });
      await test.pass(hour);
      expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-1" });
      expect(test.provider.subscriptions()).toHaveLength(1);
      expect(await test.history(hook)).toContain("adopted");
    },
  );

  it("takes over what a process has left behind between the call and its answer (H1)", async () => {
    const hook = await test.add();
    await test.look(dying("after the call"));
    expect(test.provider.subscriptions()).toHaveLength(1);
    expect((await test.stateOf(hook)).state).toBe("pending");
    await test.pass(2 * hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-1" });
    expect(test.provider.subscriptions()).toHaveLength(1);
  });

  it("is taken over by another node when its turn runs out, and what the first one hears counts for nothing", async () => {
    const hook = await test.add();
    test.provider.beforeAnswer(async () => {
      test.provider.beforeAnswer(null);
      test.clock.advance(60_000);
      await test.look();
    });
    await test.look();
    expect(await test.history(hook)).toEqual(["subscribing", "adopted"]);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-1" });
    expect(test.provider.subscriptions()).toHaveLength(1);
  });

  it.each(["after the call", "before the call"] as const)(
    "that nobody wants any more is looked for where a process ended %s: nothing of it is left",
    async (when) => {
      const hook = await test.add();
      await test.look(dying(when));
      await test.want(hook, "off");
      await test.pass(61_000);
      // What was sent before the process ended may be done long after.
      if (when === "before the call") await test.provider.subscribe({ url: `${publicUrl}/hooks/${hook}`, secret: "" });
      await test.pass(hour);
      expect(test.provider.subscriptions()).toEqual([]);
      expect(await test.stateOf(hook)).toMatchObject({ state: "deleted" });
    },
  );

  it("is made again when the provider has lost it, and what is there twice is removed", async () => {
    const hook = await test.add();
    await test.look();
    test.provider.forget("sub-1");
    await test.pass(2 * hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-2" });
    await fetch(`${test.provider.url}/subscriptions`, {
      method: "POST",
      body: JSON.stringify({ url: `${publicUrl}/hooks/${hook}` }),
    });
    await fetch(`${test.provider.url}/subscriptions`, {
      method: "POST",
      body: JSON.stringify({ url: "https://someone.example/hook" }),
    });
    await test.pass(7 * hour);
    expect(test.provider.subscriptions().map(({ id }) => id)).toEqual(["sub-2", "sub-4"]);
    expect(await test.history(hook)).toContain("orphan-removed");
  });

  it("is subscribed with the new settings before the old one goes", async () => {
    const hook = await test.add({ events: "a" });
    await test.look();
    await test.want(hook, "on", { events: "b" });
    const live: number[] = [];
    test.provider.onCall(({ method }) => {
      if (method === "DELETE") live.push(test.provider.subscriptions().length);
      return "none";
    });
    await test.look();
    expect(live).toEqual([2]);
    expect(test.provider.subscriptions()).toMatchObject([{ id: "sub-2", events: "b" }]);
  });

  it("is off when that is wanted while it is being made", async () => {
    const hook = await test.add();
    test.provider.beforeAnswer(async () => {
      test.provider.beforeAnswer(null);
      await test.want(hook, "off");
    });
    await test.look();
    expect(await test.stateOf(hook)).toMatchObject({ state: "deleted" });
    expect(test.provider.subscriptions()).toEqual([]);
  });

  it("says why the provider refuses it, and tries again once in a while", async () => {
    const hook = await test.add();
    test.provider.onCall(({ method }) => (method === "POST" ? "conflict" : "none"));
    await test.pass(1_000);
    expect(await test.stateOf(hook)).toMatchObject({ state: "failed", reason: expect.stringContaining("lists none") });
    test.provider.onCall(() => "none");
    await test.pass(2 * hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", reason: null });
  });

  it("is done by one node alone, however many look", async () => {
    await test.add();
    await Promise.all([test.look(), test.look(), test.look()]);
    expect(test.provider.subscriptions()).toHaveLength(1);
  });
});

/** A process that ends as it calls the provider. */
function dying(when: "before the call" | "after the call"): SubscriptionDeps {
  const { deps } = test;
  const call: typeof deps.outbound.call = async (input) => {
    if (when === "after the call") await deps.outbound.call(input);
    throw new TypeError("the process ended");
  };
  return { ...deps, outbound: { ...deps.outbound, call } };
}

describe("a provider that makes the secret", () => {
  it("has what it has already replaced, since nobody knows that secret (H4)", async () => {
    const connector = (url: string) =>
      providerConnector(url, { secretOrigin: "subscribe-answer" }, { subscribe: { ...subscribeCall, secretPath: "secret" } });
    test = await startTestSubscriptions({ connector, provider: { oneEach: true, ownSecrets: true } });
    const hook = await test.add();
    await fetch(`${test.provider.url}/subscriptions`, {
      method: "POST",
      body: JSON.stringify({ url: `${publicUrl}/hooks/${hook}` }),
    });
    await test.pass(hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-2" });
    expect(test.provider.subscriptions().map(({ id }) => id)).toEqual(["sub-2"]);
    const [row] = await test.sql.read<{ secrets: string }>(`SELECT secrets FROM hooks WHERE id = $1`, [hook]);
    const place = { table: "hooks", row: hook, workspace: "wsp_test", field: "secrets" };
    expect(JSON.parse(await test.deps.vault.open(place, row?.secrets ?? ""))).toEqual([
      { secret: "provider-secret-2", expiresAt: null },
    ]);
  });

  it("has replaced what a process has left behind there: its secret went with the process (H1, H4)", async () => {
    const connector = (url: string) =>
      providerConnector(url, { secretOrigin: "subscribe-answer" }, { subscribe: { ...subscribeCall, secretPath: "secret" } });
    test = await startTestSubscriptions({ connector, provider: { ownSecrets: true } });
    const hook = await test.add();
    await test.look(dying("after the call"));
    expect(test.provider.subscriptions().map(({ id }) => id)).toEqual(["sub-1"]);
    await test.pass(2 * hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-2" });
    expect(test.provider.subscriptions().map(({ id }) => id)).toEqual(["sub-2"]);
    expect(await test.history(hook)).not.toContain("adopted");
  });

  it("is never active without one", async () => {
    const connector = (url: string) => providerConnector(url, { secretOrigin: "subscribe-answer" });
    test = await startTestSubscriptions({ connector });
    const hook = await test.add();
    await test.pass(10_000);
    expect(await test.stateOf(hook)).toMatchObject({ state: "pending", reason: "the provider has not sent its secret yet" });
    await test.pass(hour / 2);
    expect(await test.stateOf(hook)).toMatchObject({ state: "failed" });
  });
});

const subscribeCall = { endpoint: "subscribe", inputs: { url: "{{hook.url}}", expiresAt: "{{hook.expiresAt}}" }, idPath: "id" };

describe("a provider that lists nothing", () => {
  it("is asked again by the same key until it answers, and by another one for something else", async () => {
    test = await startTestSubscriptions({ connector: (url) => providerConnector(url, {}, { list: undefined }) });
    const hook = await test.add({ events: "a" });
    let faults = 2;
    test.provider.onCall(() => (faults-- > 0 ? "cut-before" : "none"));
    await test.pass(hour);
    await test.want(hook, "on", { events: "b" });
    await test.look();
    const keys = test.provider.calls.filter(({ method }) => method === "POST").map(({ key }) => key);
    expect(keys).toEqual([keys[0], keys[0], keys[0], keys[3]]);
    expect(keys[0]).toMatch(/^idk_/);
    expect(keys[3]).not.toBe(keys[0]);
  });
});

describe("a connection of another connector", () => {
  it("is as good as none: its credentials are sent to no provider", async () => {
    test = await startTestSubscriptions();
    const { sql, deps } = test;
    const auth = { kind: "api-key", displayName: "Key", key: "X-Key", addTo: "header" } as const;
    const other = Connector.parse({ ...providerConnector("https://other.example"), key: "other", auth });
    const { connector } = await publishConnector(deps, "wsp_test", other);
    const connection = await newConnection(deps, {
      ...{ workspace: "wsp_test", connector, auth, name: "Other", target: "live" },
      ...{ credentials: { apiKey: "of another" }, origin: "https://other.example" },
    });
    await sql.commit([connection.statement]);
    const hook = await test.add();
    await sql.commit([{ text: `UPDATE hooks SET connection_id = $1`, params: [connection.id] }]);
    await test.look();
    expect(test.provider.calls).toEqual([]);
    expect(await test.stateOf(hook)).toMatchObject({ state: "failed", reason: expect.stringContaining("connection") });
  });
});

describe("a provider that says the id in Location alone", () => {
  it("is asked to end that one", async () => {
    const connector = (url: string) =>
      providerConnector(url, {}, { subscribe: { ...subscribeCall, idPath: undefined }, list: undefined });
    test = await startTestSubscriptions({ connector });
    const hook = await test.add();
    await test.look();
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-1" });
    await test.want(hook, "off");
    await test.look();
    expect(test.provider.subscriptions()).toEqual([]);
  });
});

describe("a subscription that runs out", () => {
  const lifeMs = 3 * 24 * hour;

  it("is renewed while a third of its life is left", async () => {
    const connector = (url: string) =>
      providerConnector(
        url,
        {},
        { lifeMs, renew: { endpoint: "renew", inputs: { id: "{{subscription.id}}", expiresAt: "{{hook.expiresAt}}" } } },
      );
    test = await startTestSubscriptions({ connector });
    const hook = await test.add();
    const least: number[] = [];
    test.provider.onCall(({ method }) => {
      const [live] = test.provider.subscriptions();
      if (method === "PATCH" && live?.expiresAt) least.push((live.expiresAt - test.clock()) / lifeMs);
      return "none";
    });
    await test.pass(10 * 24 * hour);
    expect(least.length).toBeGreaterThanOrEqual(4);
    for (const share of least) expect(share).toBeGreaterThan(0.2);
    expect(test.provider.subscriptions()).toHaveLength(1);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-1" });
  });

  it("without a call for that is subscribed anew, and the old one goes", async () => {
    test = await startTestSubscriptions({ connector: (url) => providerConnector(url, {}, { lifeMs }) });
    const hook = await test.add();
    await test.pass(3 * 24 * hour);
    expect(test.provider.subscriptions()).toMatchObject([{ id: "sub-2" }]);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-2" });
  });
});

describe("a provider that is down", () => {
  it("is waited for while a trigger that polls takes over, until events are pushed again", async () => {
    test = await startTestSubscriptions({ connector: (url) => providerConnector(url, {}, { fallback: "look" }) });
    const hook = await test.add();
    test.provider.onCall(() => "cut-before");
    const timer = async () =>
      (await test.sql.read<{ settings: string; due: number | null }>(`SELECT settings, due_at AS due FROM trigger_timers`))[0];
    await test.pass(60_000);
    expect(await timer()).toMatchObject({ settings: "fallback:look", due: expect.anything() });
    test.provider.onCall(() => "none");
    await test.pass(2 * hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active" });
    expect(await timer()).toMatchObject({ due: null });
  });
});
