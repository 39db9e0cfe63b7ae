import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FlowNode } from "../../shared/flow/node.ts";
import type { Json } from "../../shared/json.ts";
import { newConnection } from "../connections/create-connection.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createFlow, publishFlow } from "../flows/publish-flow.ts";
import { sandboxCredentials } from "../sandbox/zoominfo/session.ts";
import { startZoomInfoSandbox } from "../sandbox/zoominfo/start.ts";
import { ask } from "../testing/test-client.ts";
import { testFlow } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";
import { loadCatalog } from "./catalog.ts";

const day = 86_400_000;
const [mira, second] = [1_300_000_001, 1_400_000_000];

let sandbox: Awaited<ReturnType<typeof startZoomInfoSandbox>>;
let server: TestServer;
let person: TestPerson;
let flow: string;

beforeAll(async () => {
  sandbox = await startZoomInfoSandbox({ host: "127.0.0.1", port: 0, clock: () => server.clock() });
  server = await startTestServer({ sandboxes: { zoominfo: sandbox.url }, ownUrl: true });
  person = await server.addPerson();
  const { sql } = server.pair;
  const deps = { sql, clock: server.clock, ids: server.ids, vault: server.vault };
  const [connector] = loadCatalog(import.meta.dirname).connectors;
  if (!connector) return expect.unreachable();
  const { workspace } = person;
  const published = await publishConnector(deps, workspace, connector);
  const connection = await newConnection(deps, {
    ...{ workspace, connector: published.connector, auth: connector.auth, name: "Sandbox", target: "sandbox", origin: null },
    credentials: sandboxCredentials,
  });
  await sql.commit([connection.statement]);
  flow = await createFlow(deps, { workspace, name: "Follow contacts", description: "" });
  const start = FlowNode.parse({
    ...{ id: "start", name: "Contact updated", position: { x: 0, y: 0 }, kind: "app-trigger" },
    ...{ connector: "zoominfo", trigger: "contact-updated", connection: connection.id, inputs: {} },
  });
  await publishFlow(deps, { workspace, flow, document: testFlow([start], []) });
});
afterAll(async () => {
  await server.close();
  await sandbox.close();
});

async function zoominfo(method: string, path: string, body?: object): Promise<Record<string, Json>> {
  const headers = { "User-Agent": "test", "Content-Type": "application/json" };
  const login = await ask(`${sandbox.url}/authenticate`, { method: "POST", headers, body: JSON.stringify(sandboxCredentials) });
  const { jwt } = login.json as { jwt: string };
  const authorized = { ...headers, Authorization: `Bearer ${jwt}` };
  const answer = await ask(sandbox.url + path, { method, headers: authorized, ...(body && { body: JSON.stringify(body) }) });
  return answer.json as Record<string, Json>;
}
const enrich = (...ids: number[]) =>
  zoominfo("POST", "/enrich/contact", { matchPersonInput: ids.map((personId) => ({ personId })), outputFields: ["id"] });
const change = (body: object) => zoominfo("POST", "/sandbox/changes", body);
/** Records and credits; requests count what is asked, which deliveries are not. */
const charged = async () => ((await zoominfo("GET", "/lookup/usage")).usage as { currentUsage: number }[]).slice(1);

type EventRow = { body: Uint8Array; run: string | null; state: string | null; verified: string };
async function events(): Promise<(Omit<EventRow, "body"> & { body: Record<string, Json> })[]> {
  const rows = await server.pair.sql.read<EventRow>(
    `SELECT e.body, r.id AS run, r.status AS state, e.verified FROM events e LEFT JOIN runs r ON r.event_id = e.id
     WHERE e.flow_id = $1 ORDER BY e.id`,
    [flow],
  );
  return rows.map((row) => ({ ...row, body: JSON.parse(Buffer.from(row.body).toString("utf8")) }));
}
const subscription = async () => {
  const [row] = await server.pair.sql.read<{ id: string; state: string; reason: string | null; remoteId: string | null }>(
    `SELECT id, state, reason, remote_id AS "remoteId" FROM hooks WHERE flow_id = $1`,
    [flow],
  );
  return row;
};

describe("a flow that follows enriched contacts (E23 to E25)", () => {
  it("is subscribed at the sandbox when it is published", async () => {
    await server.lookAfterSubscriptions();
    const row = await subscription();
    expect(row).toMatchObject({ state: "active", reason: null });
    expect((await zoominfo("GET", "/webhooks")).webhooks).toEqual([
      expect.objectContaining({
        id: row?.remoteId,
        enabled: true,
        targetUrl: `${server.url}/hooks/${row?.id}`,
        subscriptions: [expect.objectContaining({ eventType: "Update", objectType: "Contact", fullPayload: true })],
      }),
    ]);
  });

  it("hears of no contact that was not enriched", async () => {
    expect(await change({ personId: mira, attributes: { jobTitle: "Head of Operations" } })).toMatchObject({ deliveries: [] });
    expect(await events()).toEqual([]);
  });

  it("runs once for each profile of a delivery, and that charges nothing", async () => {
    await enrich(mira, second);
    const before = await charged();
    const changed = await change({ count: 2 });
    expect(changed.deliveries).toEqual([expect.objectContaining({ profiles: 2, status: 200 })]);
    expect(await charged()).toEqual(before);
    const stored = await events();
    expect(stored.map(({ body }) => body.id).toSorted()).toEqual([mira, second]);
    for (const { run } of stored) expect(await server.reaches(run ?? "")).toBe("succeeded");
    const run = stored.find(({ body }) => body.id === mira)?.run ?? "";
    const output = (await server.pair.engine.journal(run, 0, { bare: false })).map(({ values }) => values?.output ?? null);
    expect(output).toContainEqual(
      expect.objectContaining({
        body: expect.objectContaining({
          ...{ id: mira, firstName: "Mira", managementLevel: "VP-Level", department: "Operations" },
          company: { id: 344_600_001, name: "Norvanta Robotics", website: "www.norvanta.example" },
          changed: ["managementLevel", "jobTitle", "validDate", "lastUpdatedDate"],
          profile: expect.objectContaining({ metroArea: "MA - Boston" }),
        }),
      }),
    );
  });

  it("refuses a delivery with another token", async () => {
    const headers = { "x-zoominfo-token": "another", "Content-Type": "application/json" };
    const body = JSON.stringify({ data: [{ id: 1 }] });
    const answer = await ask(`${server.url}/hooks/${(await subscription())?.id}`, { method: "POST", headers, body });
    expect(answer.status).toBe(401);
    expect(await events()).toHaveLength(2);
  });

  it("hears nothing more on day 366, until the contact is enriched again", async () => {
    server.advance(365 * day);
    expect(await change({ count: 2 })).toEqual({ changed: [], deliveries: [] });
    expect(await change({ personId: mira, attributes: { jobTitle: "Owner" } })).toMatchObject({
      changed: [mira],
      deliveries: [],
    });
    await enrich(mira);
    await change({ personId: mira, attributes: { jobTitle: "Founder" } });
    expect((await events()).map(({ body }) => body.jobTitle).slice(2)).toEqual(["Founder"]);
  });

  it("is unsubscribed there when it is unpublished", async () => {
    // Nobody's session lasts a year.
    const { cookie } = await server.addPerson("Bea", { workspace: person.workspace });
    const headers = { "X-Patchbay-Request": "1", Cookie: cookie };
    expect((await ask(`${server.url}/api/v1/flows/${flow}/unpublish`, { method: "POST", headers })).status).toBe(200);
    await server.lookAfterSubscriptions();
    expect(await subscription()).toMatchObject({ state: "deleted", remoteId: null });
    expect(await zoominfo("GET", "/webhooks")).toEqual({ webhooks: [] });
    expect(server.faults).toEqual([]);
  });
});
