import { afterEach, describe, expect, it } from "vitest";
import { providerConnector, startTestSubscriptions, type TestSubscriptions } from "../testing/test-subscriptions.ts";

const minute = 60_000;
const hour = 60 * minute;
let test: TestSubscriptions;

afterEach(() => test.close());

describe("a provider that answers what it likes", () => {
  it.each([
    ["in the past", () => new Date(test.clock() - hour).toISOString()],
    ["as a stretch of time", () => 3_600],
    ["at once", () => test.clock()],
  ])("whose subscription runs out %s is not asked again and again", async (_, expiresAt) => {
    await start(() => ({ id: "a", expiresAt: expiresAt() }));
    await test.add();
    await test.pass(10 * minute);
    expect(posts()).toBeLessThanOrEqual(11);
    expect(test.faults).toEqual([]);
  });

  it.each([1e300, 9e15, "9999999999999999", "+275760-09-13T00:00:00.000Z"])(
    "whose subscription lasts for ever (%s) is kept as one",
    async (expiresAt) => {
      await start(() => ({ id: "a", expiresAt }));
      const hook = await test.add();
      await test.pass(hour);
      expect(test.faults).toEqual([]);
      expect(posts()).toBe(1);
      expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "a" });
    },
  );

  it.each(["..", ".", "a/../../users/1", "a?b#c", "a\u0000b", "\ud800", "%2e%2e"])(
    "is never asked to delete anything but a subscription: id %j",
    async (id) => {
      await start(() => ({ id }));
      const hook = await test.add();
      await test.look();
      await test.want(hook, "off");
      await test.pass(hour);
      for (const { method, path } of test.provider.calls.filter((call) => call.method === "DELETE"))
        expect([method, path]).toEqual(["DELETE", expect.stringMatching(/^\/subscriptions\/[^/?#]+$/)]);
      expect(test.faults).toEqual([]);
    },
  );

  it("is asked again when it wants to be, and not before", async () => {
    await start(() => ({ id: "a", expiresAt: null }));
    said = () => ({ status: 429, body: {}, headers: { "retry-after": "7200" } });
    const hook = await test.add();
    await test.look();
    expect(await test.stateOf(hook)).toMatchObject({ state: "pending", nextAt: test.clock() + 2 * hour });
    said = null;
    await test.pass(2 * hour);
    expect(await test.stateOf(hook)).toMatchObject({ state: "active" });
    expect(posts()).toBe(2);
  });

  it("whose subscription has no id that it could be ended by is told to people, not taken for one that works", async () => {
    await start(() => ({}));
    const hook = await test.add();
    await test.look();
    expect(await test.stateOf(hook)).toMatchObject({ state: "failed", reason: expect.stringContaining("which id") });
  });

  it("is told of no secret in its messages, however it writes it", async () => {
    let secret = "";
    await start((asked) => {
      secret = String(asked.secret);
      return { id: "a", expiresAt: null };
    });
    const hook = await test.add();
    await test.look();
    test.provider.onCall(() => "none");
    said = () => ({ status: 400, body: { error: `no such secret:\u0000 ${secret}\ud800` } });
    await test.pass(24 * hour);
    await test.want(hook, "off");
    await test.pass(hour);
    const rows = await test.sql.read(`SELECT message FROM subscription_steps UNION ALL SELECT reason FROM hooks`);
    expect(secret).not.toBe("");
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it("goes on being renewed while something else cannot be unsubscribed", async () => {
    test = await startTestSubscriptions({
      connector: (url) =>
        providerConnector(
          url,
          {},
          {
            lifeMs: 10 * hour,
            renew: {
              endpoint: "renew",
              inputs: { id: "{{subscription.id}}", expiresAt: "{{hook.expiresAt}}" },
              expiresPath: "expiresAt",
            },
          },
        ),
    });
    const hook = await test.add();
    await test.look();
    const [ours] = test.provider.subscriptions();
    // Somebody has registered our URL a second time, and only they may delete it.
    await fetch(`${test.provider.url}/subscriptions`, { method: "POST", body: JSON.stringify({ url: ours?.url }) });
    test.provider.onCall(({ method }) => (method === "DELETE" ? "500-before" : "none"));
    await test.pass(30 * hour);
    expect(ours?.expiresAt).toBeGreaterThan(test.clock());
    expect(await test.stateOf(hook)).toMatchObject({ state: "active", remoteId: "sub-1" });
  });
});

type Said = { status: number; body: object; headers?: Record<string, string> };
let said: (() => Said) | null = null;
const posts = () => test.provider.calls.filter(({ method }) => method === "POST").length;

/** A provider whose subscribe call answers what `answer` says, without a list. */
async function start(answer: (asked: Record<string, unknown>) => object): Promise<void> {
  said = null;
  test = await startTestSubscriptions({
    connector: (url) => providerConnector(url, {}, { list: undefined }),
    provider: { answer: (_, body) => said?.() ?? { status: 201, body: answer(JSON.parse(body || "{}")) } },
  });
}
