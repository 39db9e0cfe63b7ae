import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connector } from "../../shared/connector/connector.ts";
import type { Json } from "../../shared/json.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask } from "../testing/test-client.ts";
import { testConnector } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let upstream: FakeUpstream;
let person: TestPerson;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  person = await server.addPerson();
  const deps = { sql: server.pair.sql, clock: server.clock, ids: server.ids };
  const webhook = {
    kind: "webhook",
    webhook: "pushed",
    filters: [{ path: "type", operator: "equals", value: "{{inputs.type}}" }],
  };
  const poll = {
    kind: "poll",
    endpoint: "people",
    itemsPath: "data",
    dedupePath: "id",
    cursor: { path: "at", of: "greatest-item" },
  };
  await publishConnector(deps, person.workspace, {
    ...testConnector,
    key: "crm",
    baseUrl: upstream.url,
    auth: { kind: "none" },
    verification: undefined,
    endpoints: [{ key: "people", name: "People", method: "GET", path: "/people", parameters: [] }],
    actions: [],
    incomingWebhooks: [{ key: "pushed", name: "Pushed", kind: "static", recipe: { kind: "url-secret" } }],
    triggers: [
      {
        key: "created",
        name: "Created",
        source: webhook,
        form: [{ key: "type", name: "Type", default: "new" }],
        transformation: { id: "{{event.body.id}}", from: "{{event.headers.x-from}}" },
        outputSchema: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
        sample: { type: "new", id: 1 },
      },
      {
        key: "counted",
        name: "Counted",
        source: { kind: "webhook", webhook: "pushed" },
        transformation: "{{= $number(event.body.n) }}",
      },
      { key: "found", name: "Found", source: poll },
    ],
  } as unknown as Connector);
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

async function tried(trigger: string, body: object = {}) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const path = `/api/v1/connectors/crm/triggers/${trigger}/test`;
  const answer = await ask(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, json: answer.json as Record<string, Json> };
}

describe("the test of a trigger", () => {
  test("gives what flows would get for its sample, and its schema", async () => {
    expect((await tried("created")).json).toMatchObject({
      passes: true,
      output: { id: 1 },
      problems: [],
      message: null,
      inferred: { type: "object", properties: { id: { type: "integer" } } },
    });
  });

  test("takes a body and headers that are pasted, and says what is not as the output schema has it", async () => {
    const { json } = await tried("created", { body: { type: "new", id: "x" }, headers: { "x-from": "CRM" } });
    expect(json).toMatchObject({ passes: true, output: { id: "x", from: "CRM" }, problems: [expect.stringContaining("id")] });
  });

  test("says that an event does not pass its filters", async () => {
    const { json } = await tried("created", { body: { type: "new" }, inputs: { type: "old" } });
    expect(json).toMatchObject({ passes: false, output: null, message: expect.stringContaining("filters") });
  });

  test("computes expressions, and says why one cannot be", async () => {
    expect((await tried("counted", { body: { n: "7" } })).json).toMatchObject({ output: 7 });
    expect((await tried("counted", { body: { n: "x" } })).json).toMatchObject({ output: null, message: expect.any(String) });
  });

  test("looks at the endpoint of one that polls, and stores nothing", async () => {
    upstream.next({ body: { data: [{ id: 1, at: "a" }, { id: 2, at: "b" }, { at: "c" }] } }, { status: 500 });
    expect((await tried("found")).json).toMatchObject({
      passes: true,
      output: { id: 2, at: "b" },
      items: [
        { key: "2", item: { id: 2, at: "b" } },
        { key: "1", item: { id: 1, at: "a" } },
      ],
      cursor: "c",
      message: expect.stringContaining("1 items"),
    });
    expect((await tried("found")).json).toMatchObject({ passes: false, message: expect.stringContaining("500"), items: [] });
    expect(await server.pair.sql.read("SELECT 1 FROM events")).toEqual([]);
  });

  test("says what it cannot be tested with", async () => {
    expect(await tried("counted")).toMatchObject({ status: 400, json: { error: { message: expect.stringContaining("body") } } });
    expect(await tried("created", { inputs: { more: 1 } })).toMatchObject({ status: 400 });
    expect((await tried("none")).status).toBe(404);
  });
});
