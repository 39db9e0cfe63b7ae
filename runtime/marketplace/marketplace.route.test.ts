import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as versions from "../../shared/api/connector-versions.ts";
import * as connectors from "../../shared/api/connectors.ts";
import { ErrorBody } from "../../shared/api/errors.ts";
import * as marketplace from "../../shared/api/marketplace.ts";
import { reviewChecklist } from "../../shared/connector/review-checklist.ts";
import { type FakeUpstream, startFakeUpstream } from "../testing/fake-upstream.ts";
import { ask } from "../testing/test-client.ts";
import { node, testFlow } from "../testing/test-engine.ts";
import { startTestServer, type TestPerson, type TestServer } from "../testing/test-server.ts";

let server: TestServer;
let upstream: FakeUpstream;
let person: TestPerson;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  server = await startTestServer({ allowedHttpHosts: [upstream.host] });
  person = await server.addPerson("Ada");
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

async function send(method: string, path: string, body?: unknown) {
  const headers = { Cookie: person.cookie, "X-Patchbay-Request": "1" };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await ask(`${server.url}/api/v1${path}`, { method, headers, ...sent });
  return { status: answer.status, json: answer.json, problem: answer.status === 200 ? null : ErrorBody.parse(answer.json).error };
}
const load = async (key: string) => connectors.getConnector.response.parse((await send("GET", `/connectors/${key}`)).json);
async function edit(key: string, change: object) {
  const { revision } = await load(key);
  const saved = await send("PATCH", `/connectors/${key}`, { base: revision, edit: change });
  expect(saved.problem).toBeNull();
}
const endpoint = (key: string, more: object = {}) => ({
  key,
  name: key,
  method: "GET",
  path: `/${key}`,
  parameters: [],
  ...more,
});
const run = async (key: string, name: string) =>
  send("POST", `/connectors/${key}/endpoints/${name}/test`, { connection: null, inputs: {} });
const publish = async (key: string, install = true) =>
  send("POST", `/connectors/${key}/versions`, { revision: (await load(key)).revision, note: "first", install });
const list = async (key: string) =>
  versions.listConnectorVersions.response.parse((await send("GET", `/connectors/${key}/versions`)).json);

/** A connector with two endpoints whose tests have passed. */
async function make(name: string): Promise<string> {
  const { json } = await send("POST", "/connectors", { name, description: "d" });
  const { connector } = connectors.createConnector.response.parse(json);
  await edit(connector, { edit: "basics", name, description: "d", category: "CRM" });
  await edit(connector, { edit: "base", baseUrl: upstream.url, auth: { kind: "none" } });
  for (const key of ["one", "two"]) {
    await edit(connector, { edit: "endpoint", replaces: null, endpoint: endpoint(key) });
    expect((await run(connector, key)).json).toMatchObject({ passed: true });
  }
  return connector;
}
async function makeFlow(connector: string, pins?: Record<string, number>): Promise<string> {
  const { json } = await send("POST", "/flows", { name: `uses ${connector}` });
  const { flow } = json as { flow: string };
  const { nodes, edges } = testFlow([node.start(), node.call("step", "one", { connector, inputs: {} })], ["start -> step"]);
  const added = [{ edit: "add", nodes: nodes.map((each) => ({ node: each })), edges: edges.map((edge) => ({ edge })) }];
  const pinned = Object.entries(pins ?? {}).map(([key, version]) => ({ edit: "pin", connector: key, version }));
  await send("POST", `/flows/${flow}/draft/edits`, { base: 0, save: "s", edits: [...added, ...pinned] });
  return flow;
}
const publishFlow = async (flow: string) => {
  const draft = (await send("GET", `/flows/${flow}/draft`)).json as { revision: number };
  return send("POST", `/flows/${flow}/publish`, { revision: draft.revision });
};

describe("the gate before a version", () => {
  test("needs every endpoint's test to have passed since its last change, and says which have not", async () => {
    const key = await make("Gated");
    await edit(key, { edit: "endpoint", replaces: "two", endpoint: endpoint("two", { path: "/changed" }) });
    await edit(key, { edit: "endpoint", replaces: null, endpoint: endpoint("three") });
    upstream.next({ status: 500 });
    await run(key, "one");
    const refused = await publish(key);
    expect([refused.status, refused.problem?.code]).toEqual([422, "invalid_document"]);
    expect(refused.problem?.details?.problems).toEqual([
      { section: "endpoints", endpoint: "one", message: '"one" has a test that failed' },
      { section: "endpoints", endpoint: "two", message: '"two" was changed since its last test' },
      { section: "endpoints", endpoint: "three", message: '"three" has not been tested' },
    ]);
    expect((await list(key)).problems).toHaveLength(3);
    expect((await list(key)).versions).toEqual([]);
    for (const name of ["one", "two", "three"]) await run(key, name);
    expect((await publish(key)).json).toEqual({ number: 1 });
    expect(await list(key)).toMatchObject({
      changed: false,
      problems: [],
      versions: [{ number: 1, installed: true, note: "first" }],
    });
  });

  test("refuses a connector without base URL or endpoints, and a draft that has moved on", async () => {
    const { json } = await send("POST", "/connectors", { name: "Bare" });
    const { connector: key } = connectors.createConnector.response.parse(json);
    expect((await publish(key)).problem?.message).toContain("base URL");
    expect((await send("POST", `/connectors/${key}/versions`, { revision: 99 })).problem?.code).toBe("conflict");
  });

  test("the same draft again is the version that there is", async () => {
    const key = await make("Twice");
    expect((await publish(key)).json).toEqual({ number: 1 });
    expect((await publish(key)).json).toEqual({ number: 1 });
  });
});

describe("flows", () => {
  test("use the installed version, and stay with it when a newer one is installed", async () => {
    const key = await make("Pinned");
    const flow = await makeFlow(key);
    expect((await publishFlow(flow)).problem).toMatchObject({
      code: "invalid_document",
      details: { problems: [{ node: "step", code: "not_installed" }] },
    });
    await publish(key);
    expect((await publishFlow(flow)).problem).toBeNull();
    await edit(key, { edit: "endpoint", replaces: "one", endpoint: endpoint("one", { path: "/newer" }) });
    await run(key, "one");
    expect((await publish(key)).json).toEqual({ number: 2 });
    expect((await publishFlow(flow)).problem).toBeNull();
    expect((await list(key)).versions).toMatchObject([
      { number: 2, installed: true, flows: [] },
      { number: 1, installed: false, flows: [`uses ${key}`] },
    ]);
    const draft = (await send("GET", `/flows/${flow}/draft`)).json as { revision: number; pinned: object };
    expect(draft.pinned).toEqual({ [key]: 1 });
    const upgrade = { base: draft.revision, save: "u", edits: [{ edit: "pin", connector: key, version: 2 }] };
    expect((await send("POST", `/flows/${flow}/draft/edits`, upgrade)).problem).toBeNull();
    expect((await publishFlow(flow)).problem).toBeNull();
    expect((await list(key)).versions).toMatchObject([
      { number: 2, flows: [`uses ${key}`] },
      { number: 1, flows: [] },
    ]);
  });

  test("keep what they use: it can be neither uninstalled nor deleted", async () => {
    const key = await make("Kept");
    await publish(key);
    const flow = await makeFlow(key);
    await publishFlow(flow);
    expect((await send("DELETE", `/connectors/${key}/installation`)).problem).toMatchObject({
      code: "conflict",
      message: expect.stringContaining(`uses ${key}`),
    });
    expect((await send("DELETE", `/connectors/${key}`)).problem?.code).toBe("conflict");
  });

  test("are offered the installed version, not the draft", async () => {
    const key = await make("Offered");
    await publish(key);
    await edit(key, { edit: "remove-endpoint", endpoint: "two" });
    const { json } = await send("GET", "/installed-connectors");
    const { connectors: installed } = versions.listInstalled.response.parse(json);
    expect(installed.find((each) => each.key === key)).toMatchObject({ version: 1, endpoints: [{ key: "one" }, { key: "two" }] });
    expect((await send("GET", `/connectors/${key}/versions/1`)).json).toMatchObject({ document: { endpoints: [{}, {}] } });
    expect((await send("DELETE", `/connectors/${key}/installation`)).problem).toBeNull();
    expect((await send("GET", `/connectors/${key}/versions/2`)).problem?.code).toBe("not_found");
  });
});

describe("the marketplace", () => {
  const submit = (key: string, version = 1) => send("POST", `/connectors/${key}/submissions`, { version, note: "please" });
  const all = reviewChecklist.map((item) => item.key);
  const listing = async (key: string) => {
    const { listings } = marketplace.listMarketplace.response.parse((await send("GET", "/marketplace")).json);
    return listings.find((each) => each.key === key);
  };

  test("lists a version that was submitted and approved, and no other", async () => {
    const key = await make("Listed");
    await publish(key, false);
    const { json } = await submit(key);
    const { submission } = marketplace.submitConnector.response.parse(json);
    expect((await submit(key)).problem?.code).toBe("conflict");
    expect(await listing(key)).toBeUndefined();
    const open = await send("POST", `/submissions/${submission}/decision`, {
      decision: { outcome: "approve", checklist: all.slice(1) },
    });
    expect(open.problem?.message).toContain("not confirmed");
    const approve = { decision: { outcome: "approve", checklist: all } };
    expect((await send("POST", `/submissions/${submission}/decision`, approve)).problem).toBeNull();
    expect((await send("POST", `/submissions/${submission}/decision`, approve)).problem?.code).toBe("conflict");
    expect(await listing(key)).toMatchObject({ version: 1, installed: null, category: "CRM" });
    expect((await send("PUT", `/connectors/${key}/installation`, { version: 1 })).problem).toBeNull();
    expect(await listing(key)).toMatchObject({ installed: 1 });
    expect((await send("GET", `/marketplace/${key}`)).json).toMatchObject({ baseUrl: upstream.url, endpoints: [{}, {}] });
    // Withdrawn, it works where it is installed.
    const flow = await makeFlow(key);
    expect((await publishFlow(flow)).problem).toBeNull();
    expect((await send("POST", `/connectors/${key}/withdrawal`, {})).problem).toBeNull();
    expect(await listing(key)).toBeUndefined();
    expect((await publishFlow(flow)).problem).toBeNull();
    expect((await send("POST", `/connectors/${key}/withdrawal`, {})).problem?.code).toBe("conflict");
  });

  test("tells why a submission was rejected, and needs a reason for it", async () => {
    const key = await make("Rejected");
    await publish(key, false);
    const { submission } = marketplace.submitConnector.response.parse((await submit(key)).json);
    const path = `/submissions/${submission}/decision`;
    expect((await send("POST", path, { decision: { outcome: "reject", reason: " " } })).problem?.message).toContain(
      "say what has to change",
    );
    expect((await send("POST", path, { decision: { outcome: "reject", reason: "no logo" } })).problem).toBeNull();
    const { submissions } = marketplace.listSubmissions.response.parse((await send("GET", `/submissions?connector=${key}`)).json);
    expect(submissions).toMatchObject([{ state: "rejected", reason: "no logo", submittedBy: "Ada", decidedBy: "Ada" }]);
    expect((await submit(key)).problem).toBeNull();
  });

  test("shows in the list of connectors what is added, in review and published", async () => {
    const key = await make("Standing");
    const standing = async () => {
      const { json } = await send("GET", "/connectors");
      const found = connectors.listConnectors.response.parse(json).connectors.find((each) => each.key === key);
      const { installed, inReview, listed } = found ?? expect.fail("it is not listed");
      return { installed, inReview, listed };
    };
    expect(await standing()).toEqual({});
    await publish(key, false);
    const { submission } = marketplace.submitConnector.response.parse((await submit(key)).json);
    expect(await standing()).toEqual({ inReview: true, listed: false });
    const decision = { outcome: "approve", checklist: reviewChecklist.map((item) => item.key) };
    await send("POST", `/submissions/${submission}/decision`, { decision });
    await send("PUT", `/connectors/${key}/installation`, { version: 1 });
    expect(await standing()).toEqual({ installed: 1, inReview: false, listed: true });
    await edit(key, { edit: "endpoint", replaces: null, endpoint: endpoint("more") });
    await run(key, "more");
    await publish(key, false);
    await submit(key, 2);
    expect(await standing()).toEqual({ installed: 1, inReview: true, listed: true });
    await send("POST", `/connectors/${key}/withdrawal`, {});
    await send("DELETE", `/connectors/${key}/installation`);
    expect(await standing()).toEqual({});
  });

  test("needs a description and a category, and a version that there is", async () => {
    const key = await make("Undescribed");
    await edit(key, { edit: "basics", name: "Undescribed", description: "" });
    await publish(key, false);
    expect((await submit(key)).problem?.details?.issues).toMatchObject([{ field: "description" }, { field: "category" }]);
    expect((await submit(key, 7)).problem?.code).toBe("not_found");
  });
});
