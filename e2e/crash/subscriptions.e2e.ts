import { setTimeout as passed } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { publishConnector } from "../../runtime/connectors/publish-connector.ts";
import { unpublishFlow } from "../../runtime/flows/pause-flow.ts";
import { createFlow, publishFlow } from "../../runtime/flows/publish-flow.ts";
import type { Foundation } from "../../runtime/roles/foundation.ts";
import { retrySubscription } from "../../runtime/subscriptions/retry-subscription.ts";
import { type ProviderFault, type RestHookProvider, startRestHookProvider } from "../../runtime/testing/resthook-provider.ts";
import { createRandom, oneOf } from "../../runtime/testing/seeded-random.ts";
import { providerConnector } from "../../runtime/testing/test-subscriptions.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { makePlace, type Place, type Server, startServer } from "../server.ts";

/** Each ends the server in the middle of a call to the provider, by SIGKILL. */
const kills = process.env.PATCHBAY_FULL === "1" ? 60 : 8;
const faults: ProviderFault[] = ["none", "none", "none", "cut-before", "cut-after", "500-after"];
const flowCount = 4;

let place: Place;
let server: Server;
let provider: RestHookProvider;
let beside: Foundation;
let workspace: string;
const flows: { id: string; wanted: boolean; events: string }[] = [];

beforeAll(async () => {
  provider = await startRestHookProvider();
  place = await makePlace({ PATCHBAY_ALLOW_HTTP: provider.host, PATCHBAY_SANDBOX: "off" });
  server = await startServer(place);
  beside = await place.foundation();
  const [row] = await beside.sql.read<{ id: string }>(`SELECT id FROM workspaces LIMIT 1`);
  workspace = row?.id ?? "";
  await publishConnector(beside, workspace, providerConnector(provider.url));
  for (let index = 0; index < flowCount; index += 1) {
    const id = await createFlow(beside, { workspace, name: `Flow ${index}`, description: "" });
    flows.push({ id, wanted: false, events: "a" });
  }
});
afterAll(async () => {
  await server?.end("SIGTERM");
  await beside?.pair.close();
  await provider?.close();
  place?.remove();
});

it(`leaves exactly one subscription for each published flow through ${kills} kills, and none for the others`, {
  timeout: 400_000,
}, async () => {
  const seed = Number(process.env.PATCHBAY_SEED ?? 20_779);
  const random = createRandom(seed);
  for (let kill = 0; kill < kills; kill += 1) {
    const called = untilCalled(Math.floor(random() * 3), () => oneOf(random, faults) ?? "none");
    for (const flow of flows) if (random() < 0.5) await change(flow, Math.floor(random() * 3));
    // A change may need no call at all.
    await Promise.race([called, passed(1_500)]);
    await server.end("SIGKILL");
    server = await startServer(place);
  }
  provider.onCall(() => "none");
  for (const flow of flows.slice(0, 2)) await change(flow, 1);
  const wanted = flows.map(({ wanted, events }) => (wanted ? [events] : []));
  await expect.poll(settled, { timeout: 60_000, interval: 250 }).toEqual(wanted);
  // What the provider loses, or has twice, is put right as well.
  const [lost, twice] = provider.subscriptions();
  if (lost) provider.forget(lost.id);
  if (twice) await provider.subscribe({ url: twice.url, secret: "" });
  await expect.poll(settled, { timeout: 60_000, interval: 250 }).toEqual(wanted);
  // Nothing of a call that was under way when its process ended turns up later.
  expect(provider.subscriptions()).toHaveLength(wanted.flat().length);
});

/** Settles in the middle of the call after so many, before the provider answers it. */
function untilCalled(after: number, fault: () => ProviderFault): Promise<void> {
  let calls = 0;
  return new Promise((resolve) => {
    provider.onCall(() => {
      if (calls === after) resolve();
      calls += 1;
      return fault();
    });
  });
}

async function change(flow: (typeof flows)[number], choice: number): Promise<void> {
  if (choice === 0 && flow.wanted) {
    await unpublishFlow(beside, { workspace, flow: flow.id });
    flow.wanted = false;
    return;
  }
  flow.events = ["a", "b", "c"][choice] ?? "a";
  flow.wanted = true;
  const start = {
    id: "start",
    name: "Start",
    position: { x: 0, y: 0 },
    kind: "app-trigger",
    connector: "provider",
    trigger: "event",
    connection: null,
  };
  const document = Flow.parse({ schemaVersion: 1, nodes: [{ ...start, inputs: { events: flow.events } }], edges: [] });
  await publishFlow(beside, { workspace, flow: flow.id, document });
}

/** What the provider posts to each flow, once every subscription is compared with it again. */
async function settled(): Promise<string[][]> {
  const hooks = await beside.sql.read<{ id: string; flow: string; state: string }>(
    `SELECT id, flow_id AS flow, state FROM hooks WHERE kind = 'resthook'`,
  );
  for (const { id, state } of hooks) if (state !== "deleted") await retrySubscription(beside, workspace, id);
  const urls = new Map(hooks.map(({ id, flow }) => [flow, `${place.url}/hooks/${id}`]));
  return flows.map(({ id }) => provider.subscriptions().flatMap(({ url, events }) => (url === urls.get(id) ? [events] : [])));
}
