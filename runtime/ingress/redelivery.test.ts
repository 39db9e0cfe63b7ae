import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestDatabase } from "../testing/open-test-database.ts";
import {
  type RemoteSubscription,
  type RestHookProvider,
  redeliveryMs,
  startRestHookProvider,
} from "../testing/resthook-provider.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { node } from "../testing/test-engine.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { providerConnector } from "../testing/test-subscriptions.ts";

/** A provider that sends again at the times that Svix documents; time passes only as it waits. */
describe("a provider that sends again", () => {
  let database: TestDatabase;
  let server: TestServer;
  let provider: RestHookProvider;
  let subscription: RemoteSubscription;

  beforeEach(async () => {
    database = await openTestDatabase({ busyTimeoutMs: 10 });
    server = await startTestServer({ database });
    provider = await startRestHookProvider();
    const [webhook] = providerConnector(provider.url).incomingWebhooks;
    const { workspace } = await server.addPerson();
    const nodes = [node.transform("shape", "{{trigger.body}}")];
    const { recipe } = webhook ?? {};
    const hook = await server.publish({
      workspace,
      nodes,
      edges: ["event -> shape"],
      kind: "resthook",
      ...(recipe && { recipe }),
    });
    await provider.subscribe({ url: `${server.url}/hooks/${hook.hook}`, secret: hook.secret });
    [subscription] = provider.subscriptions() as [RemoteSubscription];
  });
  afterEach(async () => {
    await provider.close();
    await server.close();
  });

  const runs = () => server.pair.sql.read(`SELECT id FROM runs`);

  it("loses no event to hours without a database, and starts one run", async () => {
    const unlock = await database.lock();
    const waits: number[] = [];
    const statuses = await provider.deliver(subscription, { id: "e-1" }, async (ms) => {
      waits.push(ms);
      database.clock.advance(ms);
      if (waits.length === 3) await unlock();
    });
    expect(statuses).toEqual([503, 503, 503, 200]);
    expect(waits).toEqual(redeliveryMs.slice(0, 3));
    // The answer was lost on the way: it comes once more.
    expect(await provider.post(subscription, { id: "e-1" })).toBe(200);
    expect(await runs()).toHaveLength(1);
  });

  it("stops and forgets us once the subscription has ended", async () => {
    await server.pair.sql.commit([{ text: `UPDATE hooks SET wanted = 'off', state = 'deleted'`, params: [] }]);
    expect(await provider.deliver(subscription, { id: "e-2" }, async () => {})).toEqual([410]);
    expect(provider.subscriptions()).toEqual([]);
    expect(await runs()).toEqual([]);
  });
});
