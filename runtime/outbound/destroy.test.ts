import { expect, it } from "vitest";
import { createMemoryGovernor } from "../store/sqlite/memory-governor.ts";
import { startFakeUpstream } from "../testing/fake-upstream.ts";
import { testConnector } from "../testing/test-engine.ts";
import { createOutbound } from "./call-endpoint.ts";

it("breaks off the calls in flight, however long they might take", async () => {
  const upstream = await startFakeUpstream();
  const outbound = createOutbound({
    clock: Date.now,
    allowedHttpHosts: [upstream.host],
    sandboxes: {},
    tokens: { read: async () => null, save: async () => true, giveUp: async () => true, cool: async () => {} },
    lease: { take: async () => ({ release: async () => {} }) },
    governor: createMemoryGovernor(Date.now),
  });
  upstream.always({ hang: true });
  const ended = outbound.call({
    request: { method: "POST", url: `${upstream.url}/unsafe`, headers: {}, body: {} },
    connector: { ...testConnector, baseUrl: upstream.url },
    connection: null,
    idempotency: null,
    limitGroup: undefined,
    timeoutMs: 300_000,
    signal: new AbortController().signal,
  });
  await upstream.received(1);
  await outbound.destroy();
  // It may have been performed: the engine decides what to do about that.
  expect(await ended).toMatchObject({ outcome: "interrupted" });
  await upstream.close();
});
