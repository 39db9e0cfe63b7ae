import { randomBytes } from "node:crypto";
import { Connector } from "../../shared/connector/connector.ts";
import { IncomingWebhook } from "../../shared/connector/incoming-webhook.ts";
import type { SubscriptionState } from "../../shared/event/subscription.ts";
import type { Json } from "../../shared/json.ts";
import { createLoadConnection } from "../connections/load-connection.ts";
import { createTokenStore } from "../connections/token-store.ts";
import { createVault } from "../connections/vault.ts";
import { publishConnector } from "../connectors/publish-connector.ts";
import { createIds, randomName } from "../ids.ts";
import { createOutbound } from "../outbound/call-endpoint.ts";
import type { Sql } from "../store/sql.ts";
import { createLoadConnector } from "../subscriptions/load-connector.ts";
import { lookAfter } from "../subscriptions/look-after.ts";
import type { SubscriptionDeps } from "../subscriptions/turn.ts";
import { openTestDatabase } from "./open-test-database.ts";
import { type RestHookProvider, startRestHookProvider } from "./resthook-provider.ts";
import type { TestClock } from "./test-database.ts";

const workspace = "wsp_test";
export const publicUrl = "http://patchbay.test";

/** Endpoints of the RESThook provider for tests. */
export function providerConnector(baseUrl: string, change: Partial<IncomingWebhook> = {}, more: object = {}): Connector {
  const body = (key: string) => ({ key, name: key, in: "body", type: "string", required: false });
  const id = { key: "id", name: "id", in: "path", type: "string", required: true };
  const webhook = IncomingWebhook.parse({
    key: "events",
    name: "Events",
    kind: "resthook",
    recipe: {
      kind: "hmac",
      algorithm: "sha256",
      encoding: "hex",
      signature: { places: [{ in: "header", name: "x-hook-signature" }] },
      signedContent: [{ part: "body" }],
      dedupe: { candidates: [{ in: "body", path: "id" }] },
    },
    resthook: {
      subscribe: {
        endpoint: "subscribe",
        inputs: { url: "{{hook.url}}", secret: "{{hook.secret}}", events: "{{inputs.events}}", expiresAt: "{{hook.expiresAt}}" },
        idPath: "id",
        expiresPath: "expiresAt",
      },
      unsubscribe: { endpoint: "unsubscribe", inputs: { id: "{{subscription.id}}" } },
      list: { endpoint: "list", inputs: {}, itemsPath: "items", idPath: "id", urlPath: "url" },
      ...more,
    },
    ...change,
  });
  return Connector.parse({
    schemaVersion: 1,
    key: "provider",
    name: "Provider",
    description: "",
    baseUrl,
    auth: { kind: "none" },
    endpoints: [
      {
        key: "subscribe",
        name: "Subscribe",
        method: "POST",
        path: "/subscriptions",
        idempotencyHeader: "Idempotency-Key",
        parameters: [body("url"), body("secret"), body("events"), body("expiresAt")],
      },
      { key: "unsubscribe", name: "Unsubscribe", method: "DELETE", path: "/subscriptions/:id", parameters: [id] },
      { key: "list", name: "List", method: "GET", path: "/subscriptions", parameters: [] },
      { key: "renew", name: "Renew", method: "PATCH", path: "/subscriptions/:id", parameters: [id, body("expiresAt")] },
    ],
    incomingWebhooks: [webhook],
    triggers: [
      { key: "event", name: "Event", source: { kind: "webhook", webhook: "events" }, form: [{ key: "events", name: "Events" }] },
    ],
  });
}

export type HookState = {
  state: SubscriptionState;
  reason: string | null;
  remoteId: string | null;
  nextAt: number | null;
  expiresAt: number | null;
  settled: string | null;
  attempts: number;
};

/** RESThooks on a real database and a provider that misbehaves as told, with a clock that only moves when told. */
export type TestSubscriptions = {
  sql: Sql;
  clock: TestClock;
  provider: RestHookProvider;
  deps: SubscriptionDeps;
  faults: unknown[];
  /** A row as publishing writes it; gives its id. */
  add(inputs?: Record<string, Json>): Promise<string>;
  /** What publishing, or deleting the flow, writes. */
  want(hook: string, wanted: "on" | "off", inputs?: Record<string, Json>): Promise<void>;
  /** Does all that is due now. */
  look(deps?: SubscriptionDeps): Promise<void>;
  /** Does what is due, moving the clock from one due time to the next, until nothing is due within `ms`. */
  pass(ms: number, process?: { deps: SubscriptionDeps; isAlive(): boolean }): Promise<void>;
  stateOf(hook: string): Promise<HookState>;
  history(hook: string): Promise<string[]>;
  close(): Promise<void>;
};

type Options = { connector?(baseUrl: string): Connector; provider?: Parameters<typeof startRestHookProvider>[0] };

export async function startTestSubscriptions({
  connector = providerConnector,
  provider: kind = {},
}: Options = {}): Promise<TestSubscriptions> {
  const { pair, clock, close } = await openTestDatabase();
  const { sql } = pair;
  const provider = await startRestHookProvider(kind);
  const ids = createIds(clock);
  const vault = createVault({ masterKey: randomBytes(32), masterKeyId: "test", sql, clock, ids, randomBytes });
  const outbound = createOutbound({
    clock,
    allowedHttpHosts: [provider.host],
    sandboxes: {},
    tokens: createTokenStore({ sql, vault }),
    lease: pair.lease,
    governor: pair.governor,
  });
  const published = await publishConnector({ sql, ids, clock }, workspace, connector(provider.url));
  const [webhook] = connector(provider.url).incomingWebhooks;
  const faults: unknown[] = [];
  const loadConnection = createLoadConnection({ sql, vault });
  const deps: SubscriptionDeps = {
    sql,
    vault,
    clock,
    ids,
    outbound,
    loadConnection,
    sandboxes: {},
    publicUrl,
    loadConnector: createLoadConnector(sql),
  };
  const never = new AbortController().signal;
  const look = (used = deps) => lookAfter({ ...used, report: (_, error) => void faults.push(error) }, never);

  return {
    sql,
    clock,
    provider,
    deps,
    faults,
    look,
    async add(inputs = {}) {
      const id = randomName("hook");
      await sql.commit([
        {
          text: `INSERT INTO hooks (id, workspace_id, flow_id, node, recipe, answer, revision, created_at, kind, connector_id,
              connector_version_id, webhook, inputs, state, next_at, challenges)
            VALUES ($1, $2, $3, 'start', $4, '{}', 1, $5, 'resthook', $6, $7, 'events', $8, 'pending', $5, $9)`,
          params: [
            id,
            workspace,
            ids.next("flw"),
            JSON.stringify(webhook?.recipe),
            clock(),
            published.connector,
            published.version,
            JSON.stringify(inputs),
            JSON.stringify(webhook?.challenges ?? []),
          ],
        },
      ]);
      return id;
    },
    async want(hook, wanted, inputs) {
      await sql.commit([
        {
          text: `UPDATE hooks SET wanted = $1, inputs = coalesce($2, inputs), next_at = $3, revision = revision + 1 WHERE id = $4`,
          params: [wanted, inputs === undefined ? null : JSON.stringify(inputs), clock(), hook],
        },
      ]);
    },
    async pass(ms, { deps: used, isAlive } = { deps, isAlive: () => true }) {
      const until = clock() + ms;
      for (;;) {
        await look(used);
        // Nobody does anything before the next process comes.
        if (!isAlive()) break;
        const [row] = await sql.read<{ next: number | null }>(
          `SELECT min(CASE WHEN lease_until > next_at THEN lease_until ELSE next_at END) AS next FROM hooks WHERE next_at IS NOT NULL`,
        );
        if (row?.next == null || Number(row.next) > until) break;
        clock.advance(Math.max(1, Number(row.next) - clock()));
      }
      clock.advance(Math.max(0, until - clock()));
    },
    async stateOf(hook) {
      const [row] = await sql.read<HookState>(
        `SELECT state, reason, remote_id AS "remoteId", next_at AS "nextAt", expires_at AS "expiresAt", settled, attempts FROM hooks WHERE id = $1`,
        [hook],
      );
      if (!row) throw new TypeError(`there is no hook ${hook}`);
      return row;
    },
    async history(hook) {
      const rows = await sql.read<{ step: string }>(`SELECT step FROM subscription_steps WHERE hook_id = $1 ORDER BY id`, [hook]);
      return rows.map(({ step }) => step);
    },
    async close() {
      await outbound.destroy();
      await provider.close();
      await close();
    },
  };
}
