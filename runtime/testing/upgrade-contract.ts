import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { foreignCredentials } from "../connections/credentials-origin.ts";
import { createLoadConnection } from "../connections/load-connection.ts";
import type { Vault } from "../connections/vault.ts";
import { readConnector } from "../connectors/connector-rows.ts";
import { readInstalled } from "../connectors/installed.ts";
import { pinConnectors } from "../connectors/publish-connector.ts";
import { gateProblems } from "../connectors/publish-version.ts";
import { publishedPins } from "../flows/freeze-flow.ts";
import type { EngineStore, NewEvent } from "../store/engine-store.ts";
import type { Sql, SqlValue } from "../store/sql.ts";

/** The schema that release 0.3 ended with. */
export const lastMigrationOf03 = 6;
export type OldRow = { table: string; values: Record<string, SqlValue> };

const auth = { kind: "api-key", displayName: "Key", key: "X-Key", addTo: "header" };
const endpoint = { key: "get", name: "Get", method: "GET", path: "/get", parameters: [] };
const document = {
  schemaVersion: 1,
  key: "old",
  name: "Old",
  description: "",
  baseUrl: "https://api.example.com/v1",
  auth,
  endpoints: [endpoint],
  incomingWebhooks: [],
};
const newer = { ...document, endpoints: [endpoint, { ...endpoint, key: "more", path: "/more" }] };
const fingerprint = createHash("sha256")
  .update(JSON.stringify([document.baseUrl, auth, "GET", "/get", null, []]))
  .digest("hex");
const workspace = "wsp_old";
const row = (table: string, values: Record<string, SqlValue>): OldRow => ({
  table,
  values: { workspace_id: workspace, ...values },
});
const version = (number: number, frozen: object) =>
  row("connector_versions", {
    id: `cnv_${number}`,
    connector_id: "cnr_1",
    number,
    document: JSON.stringify(frozen),
    created_at: number,
  });

/** As release 0.3 wrote them. */
export const rowsOf03: OldRow[] = [
  row("connectors", {
    id: "cnr_1",
    key: "old",
    created_at: 1,
    origin: "custom",
    draft: JSON.stringify(document),
    draft_revision: 3,
    updated_at: 1,
  }),
  version(1, document),
  version(2, newer),
  row("connections", {
    id: "con_1",
    connector_id: "cnr_1",
    name: "Mine",
    target: "live",
    credentials: JSON.stringify({ apiKey: "the-key" }),
    created_at: 1,
    origin: "https://api.example.com",
  }),
  row("endpoint_tests", {
    connector_id: "cnr_1",
    endpoint: "get",
    fingerprint,
    passed: 1,
    status: 200,
    message: "200 OK",
    inputs: "{}",
    tested_at: 1,
  }),
  row("flow_versions", {
    id: "ver_1",
    flow_id: "flw_1",
    number: 1,
    document: "{}",
    connector_versions: '["cnv_1"]',
    created_at: 1,
  }),
  row("flows", {
    id: "flw_1",
    name: "Flow",
    description: "",
    state: "active",
    published_version_id: "ver_1",
    created_at: 1,
    updated_at: 1,
  }),
  {
    table: "dedupe_keys",
    values: { hook_id: "hook_old", key: "header:x-id:1", event_id: "evt_old", expires_at: Number.MAX_SAFE_INTEGER },
  },
];

/** Reads what nobody has sealed. */
const vault: Vault = { seal: async (_, text) => text, open: async (_, sealed) => sealed } as Vault;

/** What a database of release 0.3 with `rowsOf03` must give once it is opened by this one. */
export function describeUpgrade(
  name: string,
  open: () => Promise<{ sql: Sql; engine: EngineStore; close(): Promise<void> }>,
): void {
  describe(`a database of release 0.3, ${name}`, () => {
    it("keeps drafts, tests, versions and connections as they were, and flows on the versions that they ran with", async () => {
      const { sql, close } = await open();
      const stored = await readConnector(sql, workspace, "old");
      expect(stored).toMatchObject({ revision: 3, document });
      expect(await gateProblems(sql, stored)).toEqual([]);
      expect((await readInstalled(sql, workspace)).get("old")).toMatchObject({ id: "cnv_2", number: 2 });
      const pins = await publishedPins(sql, workspace, "flw_1");
      expect(pins).toEqual({ old: 1 });
      const pinned = await pinConnectors(sql, workspace, { keys: ["old"], pins });
      expect(pinned).toMatchObject({ versions: ["cnv_1"], problems: [] });
      expect(pinned.documents.get("old")).toMatchObject({ auth, endpoints: [endpoint] });
      const connection = await createLoadConnection({ sql, vault })(workspace, "con_1");
      expect(connection).toMatchObject({ credentials: { apiKey: "the-key" }, variables: {}, baseUrl: null, client: null });
      if (!connection) expect.fail("it is gone");
      expect(foreignCredentials(stored.document, connection, "https://api.example.com")).toBeNull();
      expect(foreignCredentials(stored.document, connection, "https://example.com")).toContain("api.example.com");
      await close();
    });

    it("has accepted what it accepted", async () => {
      const { engine, close } = await open();
      const again: NewEvent = {
        ...{ id: "evt_new", workspace, source: "webhook", hook: "hook_old", flow: "flw_1", receivedAt: 2, method: "POST" },
        ...{ headers: "{}", query: "{}", contentType: null, body: Buffer.alloc(0) },
        dedupe: { scope: "hook_old", key: "header:x-id:1", expiresAt: 3 },
      };
      expect(await engine.ingest(again, [])).toEqual({ outcome: "duplicate", event: "evt_old", runs: [] });
      await close();
    });
  });
}
