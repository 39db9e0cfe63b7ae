import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { Connector } from "../../shared/connector/connector.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { newConnection } from "../connections/create-connection.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { deliver } from "../testing/test-client.ts";
import type { TestHook } from "../testing/test-hook.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";

const secret = "sk-that-stays-here";

let server: TestServer;
let upstream: FakeUpstream;
/** Another host that may be called as well, so that only the connector's own host keeps the credential from it. */
let other: FakeUpstream;
let hook: TestHook;

beforeAll(async () => {
  [upstream, other] = await Promise.all([startFakeUpstream(), startFakeUpstream()]);
  server = await startTestServer({ allowedHttpHosts: [upstream.host, other.host] });
  const { workspace } = await server.addPerson();
  const connector = Connector.parse({
    ...{ schemaVersion: 1, key: "chat", name: "Chat", description: "", baseUrl: upstream.url, incomingWebhooks: [] },
    auth: { kind: "api-key", displayName: "Key", key: "X-Key", addTo: "header" },
    endpoints: [
      {
        ...{ key: "messages", name: "Messages", method: "GET", path: "/services/:service/messages" },
        parameters: [{ key: "service", name: "Service", in: "path", type: "string", required: true }],
        pagination: { kind: "link", items: "" },
      },
    ],
  });
  const deps = { sql: server.pair.sql, clock: server.clock, ids: server.ids, vault: server.vault };
  const published = await publishConnector(deps, workspace, connector);
  const connection = await newConnection(deps, {
    ...{ workspace, connector: published.connector, auth: connector.auth, name: "Bot", target: "live" as const },
    ...{ credentials: { apiKey: secret }, origin: upstream.url },
  });
  await server.pair.sql.commit([connection.statement]);
  const read = FlowNode.parse({
    ...{ id: "read", name: "Read", position: { x: 0, y: 0 }, kind: "call", connector: "chat", endpoint: "messages" },
    ...{ connection: connection.id, inputs: { service: "{{trigger.body.serviceUrl}}" }, allPages: { maxPages: 5 } },
  });
  hook = await server.publish({ workspace, nodes: [read], edges: ["event -> read"] });
});
afterAll(async () => {
  await server.close();
  await Promise.all([upstream.close(), other.close()]);
});
beforeEach(() => {
  upstream.requests.length = 0;
});

async function run(id: string): Promise<{ status: string; failure: unknown }> {
  const body = JSON.stringify({ serviceUrl: `${other.url}/steal` });
  const answer = await deliver(server, hook, { id, body });
  const { run: started } = answer.json as { run: string };
  const status = await server.reaches(started);
  const entries = await server.pair.engine.journal(started, 0, { bare: false });
  return { status, failure: entries.map(({ entry }) => entry).findLast(({ kind }) => kind === "step-failed") ?? null };
}

it("a URL in a verified event is a value of a call, and never where the call goes (S14)", async () => {
  upstream.next({ body: [] });
  expect(await run("value")).toMatchObject({ status: "succeeded" });
  expect(upstream.requests.map(({ path, headers }) => [path, headers["x-key"]])).toEqual([
    [`/services/${encodeURIComponent(`${other.url}/steal`)}/messages`, secret],
  ]);
  expect(other.connections()).toBe(0);
});

it("a call that such a URL leads away from the connection's host is blocked, and its step fails (S14)", async () => {
  // An API that takes the URL at its word and names it as where the list goes on.
  upstream.always(({ path }) => ({
    body: [],
    headers: { link: `<${decodeURIComponent(path.split("/")[2] ?? "")}>; rel="next"` },
  }));
  const { status, failure } = await run("led");
  expect(status).toBe("failed");
  expect(failure).toMatchObject({ node: "read", error: { code: "blocked", message: `the call would leave ${upstream.url}` } });
  expect(upstream.requests).toHaveLength(1);
  expect(other.connections()).toBe(0);
});
