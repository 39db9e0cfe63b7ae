import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { missingToPublish, sectionStatuses } from "../../shared/connector/section-status.ts";
import type { Sql } from "../store/sql.ts";
import { fingerprintOf } from "./endpoint-fingerprint.ts";

type TestRow = { connector: string; endpoint: string; fingerprint: string; passed: number };
type ConnectionRow = { connector: string; state: Parameters<typeof sectionStatuses>[0]["connections"][number]["state"] };

/** What each of these connectors of a workspace still misses before it can be published, in words, by id of its row. */
export async function readMissing(
  sql: Sql,
  workspace: string,
  connectors: readonly { id: string; document: ConnectorDraft }[],
): Promise<Map<string, string[]>> {
  const tests = await sql.list<TestRow>(
    `SELECT t.connector_id AS connector, t.endpoint, t.fingerprint, t.passed
     FROM endpoint_tests t JOIN connectors c ON c.id = t.connector_id WHERE c.workspace_id = $1`,
    [workspace],
  );
  const connections = await sql.list<ConnectionRow>(
    `SELECT connector_id AS connector, state FROM connections WHERE workspace_id = $1`,
    [workspace],
  );
  const clients = await sql.list<{ id: string }>(
    `SELECT id FROM connectors WHERE workspace_id = $1 AND oauth_client_id IS NOT NULL`,
    [workspace],
  );
  const testsOf = Map.groupBy(tests, ({ connector }) => connector);
  const connectionsOf = Map.groupBy(connections, ({ connector }) => connector);
  const withClient = new Set(clients.map(({ id }) => id));
  return new Map(
    connectors.map(({ id, document }) => {
      const endpoints = new Map(document.endpoints.map((endpoint) => [endpoint.key, endpoint]));
      const statuses = sectionStatuses({
        draft: document,
        tests: (testsOf.get(id) ?? []).flatMap(({ endpoint: key, fingerprint, passed }) => {
          const endpoint = endpoints.get(key);
          return endpoint
            ? [{ endpoint: key, passed: passed === 1, stale: fingerprint !== fingerprintOf(document, endpoint) }]
            : [];
        }),
        connections: connectionsOf.get(id) ?? [],
        hasOAuthClient: withClient.has(id),
      });
      return [id, missingToPublish(statuses)];
    }),
  );
}
