import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Connector } from "../../shared/connector/connector.ts";
import { FlowNode } from "../../shared/flow/node.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createIds } from "../ids.ts";
import { openTestDatabase } from "../testing/open-test-database.ts";
import type { TestDatabase } from "../testing/test-database.ts";
import { testFlow } from "../testing/test-engine.ts";
import { deleteFlow } from "./change-flow.ts";
import { pauseFlow, resumeFlow, unpublishFlow } from "./pause-flow.ts";
import { publishDraft } from "./publish-draft.ts";
import { createFlow } from "./publish-flow.ts";
import { saveEdits } from "./save-edits.ts";

const workspace = "wsp_1";
let database: TestDatabase;
let flow: string;
let connector: string;
const depsOf = () => ({ sql: database.pair.sql, clock: database.clock, ids: createIds(database.clock) });
beforeEach(async () => {
  database = await openTestDatabase();
  flow = await createFlow(depsOf(), { workspace, name: "Armed", description: "" });
  connector = (await publishConnector(depsOf(), workspace, crm)).connector;
});
afterEach(() => database.close());

const token = { kind: "token", signature: { places: [{ in: "header", name: "X-Token" }] } };
const crm = Connector.parse({
  schemaVersion: 1,
  key: "crm",
  name: "CRM",
  description: "",
  baseUrl: "https://api.example.com",
  auth: { kind: "none" },
  endpoints: [{ key: "hooks", name: "Hooks", method: "POST", path: "/hooks", parameters: [] }],
  incomingWebhooks: [
    { key: "static", name: "Static", kind: "static", recipe: token },
    { key: "shared", name: "Shared", kind: "static", recipe: token, secretOrigin: "definition" },
    {
      key: "rest",
      name: "Rest",
      kind: "resthook",
      recipe: token,
      resthook: { subscribe: { endpoint: "hooks" }, unsubscribe: { endpoint: "hooks" } },
    },
    {
      key: "other",
      name: "Other",
      kind: "resthook",
      recipe: token,
      resthook: { subscribe: { endpoint: "hooks" }, unsubscribe: { endpoint: "hooks" } },
    },
    {
      key: "placed",
      name: "Placed",
      kind: "resthook",
      recipe: token,
      resthook: {
        subscribe: { endpoint: "hooks" },
        unsubscribe: { endpoint: "hooks", inputs: { of: "{{inputs.account}}" } },
      },
    },
    {
      key: "all",
      name: "All",
      kind: "global",
      recipe: token,
      secretOrigin: "definition",
      routing: { path: "account", input: "account" },
    },
  ],
  triggers: ["static", "shared", "rest", "other", "placed", "all"].map((key) => ({
    key,
    name: key,
    source: { kind: "webhook", webhook: key, filters: [{ path: "type", operator: "equals", value: "{{inputs.type}}" }] },
    form: [
      { key: "type", name: "Type", default: "new" },
      { key: "account", name: "Account" },
    ],
  })),
});

const node = (id: string, kind: string, more: object) =>
  FlowNode.parse({ id, name: id, position: { x: 0, y: 0 }, kind, ...more });
const app = (trigger: string, inputs: object = {}) =>
  node("start", "app-trigger", { connector: "crm", trigger, connection: null, inputs });

let saves = 0;
/** Draws the flow anew with these nodes, and publishes it. */
async function publish(nodes: FlowNode[]): Promise<void> {
  const [row] = await database.pair.sql.read<{ draft: string | null; revision: number }>(
    `SELECT draft, draft_revision AS revision FROM flows WHERE id = $1`,
    [flow],
  );
  const before = row?.draft ? (JSON.parse(row.draft) as { nodes: { id: string }[] }).nodes.map(({ id }) => id) : [];
  const { revision } = await saveEdits(depsOf(), {
    workspace,
    flow,
    base: Number(row?.revision ?? 0),
    save: `save-${++saves}`,
    edits: [
      ...(before.length > 0 ? [{ edit: "remove" as const, nodes: before, edges: [] }] : []),
      { edit: "add", nodes: testFlow(nodes, []).nodes.map((each) => ({ node: each })), edges: [] },
    ],
  });
  await publishDraft(depsOf(), { workspace, flow, revision });
}
const hooks = () =>
  database.pair.sql.read<Record<string, unknown>>(
    `SELECT id, node, kind, webhook, inputs, filters, secret_from AS "secretFrom", route_value AS route, wanted, state, next_at AS "nextAt"
     FROM hooks WHERE flow_id = $1`,
    [flow],
  );
async function addHook(id: string, more: { webhook?: string; kind?: string; secrets?: string | null } = {}): Promise<void> {
  const { webhook = null, kind = "static", secrets = "sealed" } = more;
  await database.pair.sql.commit([
    {
      text: `INSERT INTO hooks (id, workspace_id, flow_id, node, recipe, answer, revision, created_at, kind, connector_id, webhook, secrets)
        VALUES ($1, $2, $3, 'start', $4, '{}', 1, 1, $5, $6, $7, $8)`,
      params: [id, workspace, flow, JSON.stringify(token), kind, webhook === null ? null : connector, webhook, secrets],
    },
  ]);
}

describe("publishing", () => {
  test("wants a URL with a secret that was set up before, and brings it up to date", async () => {
    await expect(publish([app("static")])).rejects.toMatchObject({
      code: "invalid_document",
      details: { problems: [{ node: "start", code: "missing_hook" }] },
    });
    await addHook("hook_1", { webhook: "static" });
    await publish([app("static", { type: "old" })]);
    expect(await hooks()).toMatchObject([
      { id: "hook_1", kind: "static", webhook: "static", inputs: '{"type":"old"}', secretFrom: "own", state: "active" },
    ]);
    expect(JSON.parse(String((await hooks())[0]?.filters))).toMatchObject([{ path: "type", operator: "equals" }]);
  });

  test("S1: lets no URL go live without its secret, of an app's trigger or of a webhook of one's own", async () => {
    await addHook("hook_1", { webhook: "static", secrets: null });
    const refused = { code: "invalid_document", details: { problems: [{ code: "missing_hook" }] } };
    await expect(publish([app("static")])).rejects.toMatchObject(refused);
    for (const [kind, own] of [
      ["webhook-trigger", "static"],
      ["api-trigger", "api"],
    ] as const) {
      await database.pair.sql.commit([
        { text: "UPDATE hooks SET webhook = NULL, connector_id = NULL, kind = $1", params: [own] },
      ]);
      await expect(publish([node("start", kind, {})])).rejects.toMatchObject(refused);
    }
    await database.pair.sql.commit([{ text: "UPDATE hooks SET secrets = 'sealed'", params: [] }]);
    await publish([node("start", "api-trigger", {})]);
  });

  test("wants the secret of the definition where that is the one", async () => {
    await addHook("hook_1", { webhook: "shared" });
    await expect(publish([app("shared")])).rejects.toMatchObject({ message: expect.stringContaining("no secret yet") });
    await shareSecret("shared");
    await publish([app("shared")]);
    expect(await hooks()).toMatchObject([{ secretFrom: "definition" }]);
  });

  test("makes a subscription that is pending, keeps it while it is wanted, and ends it with its trigger", async () => {
    await publish([app("rest")]);
    const [made] = await hooks();
    expect(made).toMatchObject({
      kind: "resthook",
      state: "pending",
      wanted: "on",
      nextAt: database.clock(),
      inputs: '{"type":"new"}',
    });
    await database.pair.sql.commit([{ text: `UPDATE hooks SET state = 'active', next_at = NULL`, params: [] }]);
    await publish([app("rest", { type: "other" })]);
    expect(await hooks()).toMatchObject([
      { id: made?.id, state: "active", nextAt: database.clock(), inputs: '{"type":"other"}' },
    ]);
    await publish([node("asked", "manual-trigger", {})]);
    expect(await hooks()).toMatchObject([{ id: made?.id, wanted: "off", nextAt: database.clock() }]);
    await publish([app("rest")]);
    expect(await hooks()).toMatchObject([{ id: made?.id, wanted: "on", state: "pending" }]);
  });

  test("ends a subscription whose trigger is of another webhook now, and makes one of that", async () => {
    await publish([app("rest")]);
    const [old] = await hooks();
    await publish([app("other")]);
    const all = await hooks();
    expect(all.find(({ id }) => id === old?.id)).toMatchObject({ webhook: "rest", wanted: "off" });
    expect(all.filter(({ node: of }) => of === "start")).toMatchObject([{ webhook: "other", wanted: "on", state: "pending" }]);
  });

  test("tells no provider the secret of another: a URL whose trigger is a subscription now is left as it is", async () => {
    await addHook("hook_1", { webhook: "static", secrets: "known to another" });
    await publish([app("rest")]);
    const rows = await database.pair.sql.read(
      `SELECT id, node, kind, secrets FROM hooks WHERE flow_id = $1 ORDER BY created_at`,
      [flow],
    );
    expect(rows).toMatchObject([
      { id: "hook_1", node: "hook_1", kind: "static", secrets: "known to another" },
      { node: "start", kind: "resthook", secrets: null },
    ]);
  });

  test("ends a subscription with the account and at the place that it was made with", async () => {
    const subscribed = (connection: string | null, account: string) =>
      publish([node("start", "app-trigger", { connector: "crm", trigger: "placed", connection, inputs: { account } })]);
    await subscribed(null, "a-1");
    const first = (await hooks())[0]?.id;
    await subscribed(null, "a-1");
    expect(await hooks()).toMatchObject([{ id: first, wanted: "on" }]);
    await subscribed(null, "a-2");
    expect((await hooks()).find(({ id }) => id === first)).toMatchObject({
      wanted: "off",
      inputs: expect.stringContaining("a-1"),
    });
    await database.pair.sql.commit([{ text: `UPDATE hooks SET connection_id = 'con_1' WHERE wanted = 'on'`, params: [] }]);
    const second = (await hooks()).find(({ wanted }) => wanted === "on")?.id;
    await subscribed(null, "a-2");
    expect((await hooks()).find(({ id }) => id === second)).toMatchObject({ wanted: "off" });
    expect((await hooks()).filter(({ wanted }) => wanted === "on")).toHaveLength(1);
  });

  test("ends a subscription at its provider also when its trigger gets a global URL", async () => {
    await publish([app("rest")]);
    const [old] = await hooks();
    await shareSecret("all");
    await database.pair.sql.commit([
      {
        text: `INSERT INTO global_hooks (id, workspace_id, connector_id, webhook, created_at)
          VALUES ('hook_g', $1, $2, 'all', 1)`,
        params: [workspace, connector],
      },
    ]);
    await publish([app("all", { account: "a-1" })]);
    expect((await hooks()).find(({ id }) => id === old?.id)).toMatchObject({
      kind: "resthook",
      wanted: "off",
      nextAt: database.clock(),
    });
    expect((await hooks()).filter(({ wanted }) => wanted === "on")).toMatchObject([{ kind: "global", node: "start" }]);
  });

  test("routes events of a global URL to the flow by the value of its form", async () => {
    await expect(publish([app("all", { account: "a-1" })])).rejects.toMatchObject({ code: "invalid_document" });
    await shareSecret("all");
    await database.pair.sql.commit([
      {
        text: `INSERT INTO global_hooks (id, workspace_id, connector_id, webhook, created_at)
          VALUES ('hook_g', $1, $2, 'all', 1)`,
        params: [workspace, connector],
      },
    ]);
    for (const inputs of [{}, { account: "" }])
      await expect(publish([app("all", inputs)])).rejects.toMatchObject({
        message: expect.stringContaining('Fill in "account"'),
      });
    await publish([app("all", { account: "a-1" })]);
    expect(await hooks()).toMatchObject([{ kind: "global", route: "a-1", secretFrom: "definition" }]);
    await publish([node("asked", "manual-trigger", {})]);
    expect(await hooks()).toEqual([]);
  });

  test("refuses a schedule that cannot be read, by its field", async () => {
    const schedule = { kind: "cron", expression: "99 * * * *", timeZone: "UTC" };
    await expect(publish([node("timed", "schedule-trigger", { schedule })])).rejects.toMatchObject({
      details: { problems: [{ node: "timed", field: "schedule.expression", code: "bad_schedule" }] },
    });
  });

  test("leaves a paused flow paused", async () => {
    await publish([node("asked", "manual-trigger", {})]);
    await pauseFlow(depsOf(), { workspace, flow });
    await publish([node("asked", "manual-trigger", {}), node("more", "manual-trigger", {})]);
    expect(await state()).toEqual({ state: "paused", versions: 2 });
    await resumeFlow(depsOf(), { workspace, flow });
    expect(await state()).toEqual({ state: "published", versions: 2 });
  });
});

test("a flow that is not published any more ends its subscriptions, keeps its URLs and its draft, and can be deleted", async () => {
  await publish([app("rest")]);
  const place = { workspace, flow };
  await expect(deleteFlow(depsOf(), place)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("unpublish"),
  });
  await unpublishFlow(depsOf(), place);
  await expect(unpublishFlow(depsOf(), place)).rejects.toMatchObject({ code: "conflict" });
  expect(await state()).toEqual({ state: "draft", versions: 1 });
  expect(await hooks()).toMatchObject([{ kind: "resthook", wanted: "off", nextAt: database.clock() }]);
  await deleteFlow(depsOf(), place);
  // What is left of it tells a provider that still sends that it is gone.
  expect(await hooks()).toMatchObject([{ kind: "resthook", wanted: "off" }]);
  await expect(pauseFlow(depsOf(), place)).rejects.toMatchObject({ code: "not_found" });
});

async function shareSecret(webhook: string): Promise<void> {
  await database.pair.sql.commit([
    {
      text: `INSERT INTO webhook_secrets (workspace_id, connector_id, webhook, secrets, secret_set_at, revision) VALUES ($1, $2, $3, 's', 1, 1)`,
      params: [workspace, connector, webhook],
    },
  ]);
}

async function state(): Promise<{ state: string; versions: number }> {
  const [row] = await database.pair.sql.read<{ state: string; versions: number }>(
    `SELECT state, (SELECT count(*) FROM flow_versions WHERE flow_id = $1) AS versions FROM flows WHERE id = $1`,
    [flow],
  );
  return { state: row?.state ?? "", versions: Number(row?.versions) };
}
