import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrorBody } from "../shared/api/errors.ts";
import { listFlows, runFlow, saveEdits } from "../shared/api/flows.ts";
import { runStreamPath, workspaceStreamPath } from "../shared/api/live.ts";
import type { Route } from "../shared/api/route.ts";
import { getRun } from "../shared/api/runs.ts";
import { FlowNode } from "../shared/flow/node.ts";
import { newConnection } from "./connections/create-connection.ts";
import { beginImport } from "./connectors/imports.ts";
import { publishConnector } from "./connectors/publish-connector.ts";
import { type Answer, ask, deliver } from "./testing/test-client.ts";
import { node, testConnector } from "./testing/test-engine.ts";
import { testRecipe } from "./testing/test-hook.ts";
import { startTestServer, type TestPerson, type TestServer } from "./testing/test-server.ts";

const ours = { "X-Patchbay-Request": "1" };
const isRoute = (value: unknown): value is Route => typeof value === "object" && value !== null && "access" in value;
/** Of every file of the API, so that a new one is checked without being named here. */
const files = import.meta.glob<Record<string, unknown>>(["../shared/api/*.ts", "!../shared/api/*.test.ts"], { eager: true });
const routes = Object.values(files).flatMap((exported) =>
  Object.entries(exported).flatMap(([name, value]): Row[] => (isRoute(value) ? [{ name, ...value }] : [])),
);
const streams: Row[] = [runStreamPath, workspaceStreamPath].map((path) => ({
  name: path,
  method: "GET",
  path,
  access: "person",
}));
type Row = Pick<Route, "method" | "path" | "access" | "params" | "body" | "upload"> & { name: string };

const guarded = [...routes.filter(({ access }) => access !== "anyone"), ...streams];
const changing = routes.filter(({ method }) => method !== "GET");

let server: TestServer;
let person: TestPerson;
let stranger: TestPerson;
/** Of the first person's workspace, but no administrator. */
let user: TestPerson;
/** What the first person has; nobody else may learn that it exists. */
const theirs = {
  flow: "",
  run: "",
  event: "",
  node: "shape",
  number: "2",
  invitation: "",
  person: "",
  connector: "upstream",
  endpoint: "read",
  connection: "",
  version: "1",
  submission: "sub_theirs",
  import: "",
  hook: "",
  refusal: "",
  key: "upstream",
  webhook: "pushed",
  trigger: "created",
  step: "shape",
  test: "",
};
/** Of routes that do not answer without one. */
const queries: Record<string, string> = {
  previewRerun: "?from=trigger",
  nextFirings: `?schedule=${encodeURIComponent('{"kind":"interval","everyMs":60000}')}`,
};
/** Of routes that are about something else. */
const places: Record<string, typeof theirs> = {};
/** Bodies that are understood, of routes that would not get as far as their ids with an empty one. */
const bodies: Record<string, object> = {
  decideOutcome: { decision: "fail" },
  rerunRun: { from: "trigger" },
  updateFlow: { name: "Another", description: "" },
  saveEdits: { base: 0, save: "save", edits: [{ edit: "remove", nodes: [], edges: [] }] },
  publishDraft: { revision: 0 },
  runDraft: { revision: 0 },
  setHook: { recipe: testRecipe, secret: "generate" },
  changeRole: { role: "user" },
  editConnector: { base: 1, edit: { edit: "basics", name: "Another", description: "" } },
  setOAuthClient: { clientId: "another" },
  testEndpoint: { connection: null, inputs: {} },
  publishConnectorVersion: { revision: 1 },
  installConnector: { version: 1 },
  submitConnector: { version: 1 },
  decideSubmission: { decision: { outcome: "reject", reason: "no" } },
  listOptions: { parameter: "value", connection: null, inputs: {} },
  importFile: { openapi: "3.1.0" },
  startImport: { source: { text: "{}" } },
  previewImport: { import: "imp_x", mode: "merge" },
  applyImport: { import: "imp_x", mode: "merge", base: 1, take: [] },
  setWebhookSecret: { secret: "generate", overlapMs: 0 },
  vouchForConnector: { vouched: true },
  replayEvent: { to: "published" },
  keepFlowTest: { run: "run_theirs", name: "Theirs" },
  runFlowTests: { revision: 0 },
  previewReplay: { revision: 0 },
};

beforeAll(async () => {
  server = await startTestServer();
  person = await server.addPerson("Ada");
  stranger = await server.addPerson("Eve");
  user = await server.addPerson("Uma", { role: "user", workspace: person.workspace });
  const nodes = [node.transform("shape", "{{trigger.body}}")];
  const hook = await server.publish({ workspace: person.workspace, nodes, edges: ["event -> shape"] });
  const { headers } = await deliver(server, hook, { id: "first" });
  const hold = FlowNode.parse({ ...node.transform("hold", null), kind: "wait" });
  const held = await server.publish({ workspace: person.workspace, nodes: [hold], edges: ["event -> hold"] });
  const waiting = await deliver(server, held, { id: "second" });
  const invited = await ask(`${server.url}/api/v1/invitations`, {
    method: "POST",
    headers: { ...ours, Cookie: person.cookie },
    body: `{"role":"user"}`,
  });
  const { invitation } = invited.json as { invitation: { id: string } };
  await ask(`${server.url}/hooks/${hook.hook}`, { method: "POST", body: "{}" });
  const refused = await ask(`${server.url}/api/v1/refusals`, { headers: { Cookie: person.cookie } });
  const { refusals } = refused.json as { refusals: { id: string }[] };
  Object.assign(theirs, { hook: hook.hook, refusal: refusals[0]?.id });
  Object.assign(theirs, { flow: hook.flow, run: headers["x-patchbay-run"], event: headers["x-patchbay-event"] });
  places.getWaitLink = { ...theirs, run: String(waiting.headers["x-patchbay-run"]), step: "hold" };
  await server.reaches(places.getWaitLink.run, "waiting");
  const { workspace } = person;
  const { connector } = await publishConnector({ ...server, sql: server.pair.sql }, workspace, testConnector);
  const connection = { workspace, connector, auth: testConnector.auth, name: "Theirs", target: "live" as const, credentials: {} };
  const made = await newConnection(server, { ...connection, origin: null });
  const submission = {
    text: `INSERT INTO submissions (id, workspace_id, connector_id, version_id, state, note, submitted_by, submitted_at)
      VALUES ($1, $2, $3, 'cnv_theirs', 'in-review', '', $4, 1)`,
    params: [theirs.submission, workspace, connector, person.id],
  };
  await server.pair.sql.commit([made.statement, submission]);
  Object.assign(theirs, { import: await beginImport({ ...server, sql: server.pair.sql }, workspace) });
  Object.assign(theirs, { invitation: invitation.id, person: person.id, connection: made.id });
  await server.reaches(theirs.run);
  const kept = await ask(`${server.url}/api/v1/flows/${theirs.flow}/tests`, {
    method: "POST",
    headers: { ...ours, Cookie: person.cookie },
    body: JSON.stringify({ run: theirs.run, name: "Theirs" }),
  });
  Object.assign(theirs, { test: (kept.json as { test: string }).test });
});
afterAll(() => server.close());

const urlOf = ({ path, name: route = "" }: Pick<Route, "path"> & { name?: string }) =>
  `${server.url}/api/v1${path.replace(/:(\w+)/g, (_, name: keyof typeof theirs) => (places[route] ?? theirs)[name])}${queries[route] ?? ""}`;
const bodyOf = ({ name, body, upload }: Row) => (body || upload ? JSON.stringify(bodies[name] ?? {}) : undefined);

describe("the table of routes", () => {
  it("is whole", () => {
    expect(guarded.length).toBeGreaterThanOrEqual(41);
    expect(changing.map(({ name }) => name).toSorted()).toEqual(
      [
        ...["acceptInvitation", "changeRole", "completeSetup", "invite", "previewInvitation", "removePerson", "revokeInvitation"],
        ...["createFlow", "deleteFlow", "publishDraft", "runDraft", "runFlow", "saveEdits", "setHook", "updateFlow"],
        ...["pauseFlow", "resumeFlow", "unpublishFlow", "lookNow", "testTrigger"],
        ...["setWebhookSecret", "vouchForConnector", "makeGlobalHook", "detectSignature", "detectRefusal"],
        ...["replayEvent", "replayEvents", "makeSheet", "revokeSheet", "probeHook", "retrySubscription"],
        ...[
          "authorizeConnection",
          "checkConnection",
          "createConnection",
          "deleteConnection",
          "setOAuthClient",
          "updateConnection",
        ],
        ...[
          "applyImport",
          "createConnector",
          "deleteConnector",
          "editConnector",
          "importFile",
          "previewImport",
          "startImport",
          "listOptions",
          "testEndpoint",
          "uploadLogo",
        ],
        ...["publishConnectorVersion", "installConnector", "uninstallConnector"],
        ...["submitConnector", "decideSubmission", "withdrawConnector"],
        ...["bulkRuns", "cancelRun", "decideOutcome", "decideWait", "rerunRun", "resumeWait", "signIn", "signOut"],
        ...["keepFlowTest", "deleteFlowTest", "runFlowTests", "previewReplay"],
        ...["importConnectorFile", "importFlow", "previewFlowImport", "tryCode"],
      ].toSorted(),
    );
  });
});

describe("without a session", () => {
  it.each(guarded)("nobody gets anything of $method $path", async (route) => {
    for (const cookie of [undefined, "patchbay_session=", `patchbay_session=${"A".repeat(43)}`, "patchbay_session=../../x"]) {
      const headers = { ...ours, ...(cookie !== undefined && { Cookie: cookie }) };
      const answer = await ask(urlOf(route), { method: route.method, headers, body: bodyOf(route) });
      expect(problemOf(answer)).toEqual([401, "unauthenticated"]);
    }
  });
});

describe("for a request that another site may have caused", () => {
  const foreign: [string, Record<string, string>][] = [
    ["without our header", {}],
    ["with a foreign origin", { ...ours, Origin: "https://elsewhere.example" }],
    ["with an opaque origin", { ...ours, Origin: "null" }],
  ];
  it.each(changing)("$method $path changes nothing", async (route) => {
    for (const [, headers] of foreign) {
      const signedIn = { ...headers, Cookie: person.cookie, "Content-Type": "application/json" };
      const answer = await ask(urlOf(route), { method: route.method, headers: signedIn, body: bodyOf(route) });
      expect(problemOf(answer)).toEqual([403, "forbidden"]);
    }
    // Still signed in, so nothing of it was done.
    expect((await ask(urlOf({ path: "/session" }), { headers: { Cookie: person.cookie } })).status).toBe(200);
  });
});

describe("for somebody who is no administrator", () => {
  const closed = guarded.filter(({ access }) => access === "administrator");
  it.each(closed)("$method $path is forbidden", async (route) => {
    const answer = await ask(urlOf(route), {
      method: route.method,
      headers: { ...ours, Cookie: user.cookie },
      body: bodyOf(route),
    });
    expect(problemOf(answer)).toEqual([403, "forbidden"]);
  });

  it.each(routes.filter(({ method, access }) => method === "GET" && access === "person"))(
    "GET $path is answered all the same",
    async (route) => {
      expect((await ask(urlOf(route), { headers: { Cookie: user.cookie } })).status).toBe(200);
    },
  );
});

describe("for somebody of another workspace", () => {
  const named = guarded.filter(({ path }) => path.includes(":"));
  it.each(named)("$method $path finds nothing", async (route) => {
    const body = bodyOf(route);
    const headers = { ...ours, Cookie: stranger.cookie };
    const answer = await ask(urlOf(route), { method: route.method, headers, body });
    expect(problemOf(answer)).toEqual([404, "not_found"]);
    // Not one word that a made-up id would not get as well.
    const made = await ask(urlOf(route).replace(/_[0-9a-f]{32}/, `_${"0".repeat(32)}`), { method: route.method, headers, body });
    expect(problemOf(made)).toEqual([404, "not_found"]);
    expect(withoutIds(answer)).toBe(withoutIds(made));
  });

  it.each(guarded.filter(({ method, path }) => method === "GET" && !path.includes(":") && !path.startsWith("/live")))(
    "GET $path has nothing of ours in it",
    async (route) => {
      const answer = await ask(urlOf(route), { headers: { Cookie: stranger.cookie } });
      expect(answer.status).toBe(200);
      for (const id of [theirs.flow, theirs.run, theirs.event, theirs.invitation, theirs.person, person.workspace])
        expect(answer.text).not.toContain(id);
    },
  );
});

describe("an answer", () => {
  it.each(routes.filter(({ method, access }) => method === "GET" && access !== "anyone"))(
    "of $path is what its schema says, is not kept by anybody, and names its request",
    async (route) => {
      const answer = await ask(urlOf(route), { headers: { Cookie: person.cookie } });
      expect(answer.status).toBe(200);
      const { response } = routes.find(({ name }) => name === route.name) as Route & Row;
      expect(response.safeParse(answer.json)).toMatchObject({ success: true });
      expect(answer.headers).toMatchObject({
        "cache-control": "no-store",
        "content-type": expect.stringContaining("application/json"),
        "x-content-type-options": "nosniff",
        "x-request-id": expect.stringMatching(/^req_[0-9a-f]{32}$/),
      });
    },
  );

  it("to a request that is not understood names each field", async () => {
    const answer = await ask(`${server.url}/api/v1/runs?limit=0&status=done`, { headers: { Cookie: person.cookie } });
    expect(problemOf(answer)).toEqual([400, "bad_request"]);
    const issue = (field: string) => ({ field, message: expect.stringMatching(/./) });
    expect(ErrorBody.parse(answer.json).error.details).toEqual({ issues: [issue("limit"), issue("status")] });
  });

  it("to a body that is wrong everywhere names the first fields, and how many more there are", async () => {
    const body = JSON.stringify({ base: 0, save: "save", edits: Array.from({ length: 900 }, () => ({ edit: "nothing" })) });
    const answer = await ask(urlOf(saveEdits), { method: "POST", headers: { ...ours, Cookie: person.cookie }, body });
    const { message, details } = ErrorBody.parse(answer.json).error;
    expect(message).toMatch(/; and 880 more$/);
    expect(details).toMatchObject({ issues: Array.from({ length: 20 }, () => expect.anything()) });
  });

  it.each<[string, string | Uint8Array]>([
    ["no JSON", "{"],
    ["bytes that are no text", Buffer.from([0xff, 0x00])],
    ["too deep", `{"body":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["no object", "[]"],
    ["more than 2 MB", `{"body":"${"x".repeat(2_100_000)}"}`],
  ])("to a body with %s is that it is a bad request", async (_, body) => {
    const headers = { ...ours, Cookie: person.cookie };
    expect(problemOf(await ask(urlOf(runFlow), { method: "POST", headers, body }))).toEqual([400, "bad_request"]);
  });

  it("to a path that is none of ours is 404, whoever asks, and a page only outside the API", async () => {
    for (const headers of [ours, { Cookie: person.cookie }])
      for (const path of ["/api/v1/nothing", "/api/v2/runs", "/api/", "/assets/nothing.js", "/assets/nothing", "/.env"])
        expect(problemOf(await ask(server.url + path, { headers }))).toEqual([404, "not_found"]);
    expect(await ask(`${server.url}/runs/run_1`)).toMatchObject({ status: 200, text: expect.stringContaining("The interface") });
  });

  it("after a fault of ours says no more than where to find it", async () => {
    const { sql } = server.pair;
    const broken = [{ text: "UPDATE runs SET error = 'no json' WHERE id = $1", params: [theirs.run] }];
    await sql.commit(broken);
    const before = server.faults.length;
    const answer = await ask(urlOf(getRun), { headers: { Cookie: person.cookie } });
    await sql.commit([{ text: "UPDATE runs SET error = NULL WHERE id = $1", params: [theirs.run] }]);
    expect(problemOf(answer)).toEqual([500, "internal"]);
    expect(answer.text).not.toMatch(/json|token|\.ts|at /i);
    // Also when the fault brings a sentence of its own.
    await sql.commit([{ text: "ALTER TABLE flows RENAME TO flows_elsewhere", params: [] }]);
    const told = await ask(urlOf(listFlows), { headers: { Cookie: person.cookie } });
    await sql.commit([{ text: "ALTER TABLE flows_elsewhere RENAME TO flows", params: [] }]);
    expect(problemOf(told)).toEqual([500, "internal"]);
    expect(told.text).not.toMatch(/flows|table|sql/i);
    expect(server.faults.slice(before).map(String)).toEqual([
      expect.stringMatching(/JSON/),
      expect.stringMatching(/no such table/),
    ]);
  });
});

/** Status and code, after a look at the shape that every error has. */
function problemOf(answer: Answer): [number, string] {
  const { error } = ErrorBody.parse(answer.json);
  expect(error.requestId).toMatch(/^req_[0-9a-f]{32}$/);
  expect(answer.headers["x-request-id"]).toBe(error.requestId);
  expect(error.message.length).toBeGreaterThan(0);
  return [answer.status, error.code];
}

function withoutIds({ text }: Answer): string {
  return text.replace(/_[0-9a-f]{32}/g, "_");
}
