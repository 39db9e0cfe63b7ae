import { createIds } from "../../runtime/ids.ts";
import { createOutbound } from "../../runtime/outbound/call-endpoint.ts";
import { openPostgres } from "../../runtime/store/postgres/open-postgres.ts";
import { testConnector } from "../../runtime/testing/test-engine.ts";

/** One process that wants more of an API than its account may: calls as often as it is let, for ever. */
const [url = "", schema = "", upstream = "", perSecond = "", wanted = ""] = process.argv.slice(2);

const clock = Date.now;
const pair = await openPostgres({ url, schema, clock, ids: createIds(clock) });
const outbound = createOutbound({
  clock,
  allowedHttpHosts: [new URL(upstream).host],
  sandboxes: {},
  tokens: { read: async () => null, save: async () => true, giveUp: async () => true, cool: async () => {} },
  lease: pair.lease,
  governor: pair.governor,
});
const limit = Number(perSecond);
const windows = [
  { limit, perMs: 1_000 },
  { limit: 60 * limit, perMs: 60_000 },
];
const connector = { ...testConnector, baseUrl: upstream, limits: [{ windows }] };

async function callForEver(): Promise<never> {
  for (;;)
    await outbound.call({
      request: { method: "GET", url: `${upstream}/items`, headers: {}, body: null },
      connector,
      connection: null,
      idempotency: null,
      limitGroup: undefined,
      timeoutMs: 5_000,
      signal: new AbortController().signal,
    });
}

for (let count = 0; count < Number(wanted); count++) void callForEver();
process.stdout.write("Ready.\n");
