import type { ConnectorSummary, EndpointLabel, EndpointTest } from "../../shared/api/connectors.ts";
import { AppError } from "../../shared/app-error.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import { type Endpoint, effectOf } from "../../shared/connector/endpoint.ts";
import type { Json } from "../../shared/json.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { readStandings } from "./connector-standing.ts";
import { describeAuth } from "./describe-auth.ts";
import { fingerprintOf } from "./endpoint-fingerprint.ts";
import { readFlowUses } from "./flow-uses.ts";
import { readMissing } from "./missing-parts.ts";

/** A connector as it is edited or, when it is built in, as it was published last. */
export type StoredConnector = {
  id: string;
  origin: "built-in" | "custom";
  /** What a save is based on. */
  revision: number;
  document: ConnectorDraft;
  updatedAt: number;
};

type Row = {
  id: string;
  origin: "built-in" | "custom";
  draft: string | null;
  revision: number;
  updatedAt: number;
  document: string | null;
  number: number | null;
  publishedAt: number | null;
};

const select = `SELECT c.id, c.origin, c.draft, c.draft_revision AS revision, c.updated_at AS "updatedAt", v.document, v.number,
    v.created_at AS "publishedAt"
  FROM connectors c LEFT JOIN connector_versions v
    ON v.connector_id = c.id AND v.number = (SELECT max(number) FROM connector_versions WHERE connector_id = c.id)`;

/** Throws `not_found`. */
export async function readConnector(sql: Sql, workspace: string, key: string): Promise<StoredConnector> {
  const [row] = await sql.read<Row>(`${select} WHERE c.workspace_id = $1 AND c.key = $2`, [workspace, key]);
  if (!row) throw new AppError("not_found", `there is no connector "${key}"`);
  return stored(row);
}

/** To be committed with whatever needs the connector: refuses it when that was deleted meanwhile. */
export function requireConnector(id: string): Statement {
  return { text: `UPDATE connectors SET key = key WHERE id = $1`, params: [id], expectRows: 1 };
}

/** All connectors of a workspace, by name. */
export async function listConnectorRows(sql: Sql, workspace: string): Promise<ConnectorSummary[]> {
  const rows = await sql.list<Row>(`${select} WHERE c.workspace_id = $1`, [workspace]);
  const counts = await sql.list<{ connector: string; count: number }>(
    `SELECT connector_id AS connector, count(*) AS count FROM connections WHERE workspace_id = $1 GROUP BY connector_id`,
    [workspace],
  );
  const connections = new Map(counts.map(({ connector, count }) => [connector, Number(count)]));
  const uses = await readFlowUses(sql, workspace);
  const all = rows.map(stored);
  const drafts = all.filter(({ origin }) => origin === "custom");
  const missing = await readMissing(sql, workspace, drafts);
  const standings = await readStandings(sql, workspace);
  return all
    .map(({ id, origin, document, updatedAt }) => ({
      key: document.key,
      name: document.name,
      description: document.description,
      ...(document.category !== undefined && { category: document.category }),
      ...(document.logo && { logo: document.logo }),
      origin,
      ...(origin === "custom" && { missing: missing.get(id) ?? [] }),
      ...standings.get(id),
      auth: describeAuth(document.auth),
      endpoints: document.endpoints.map(labelOf),
      connections: connections.get(id) ?? 0,
      flows: uses.filter(({ published }) => published?.connectors.has(document.key)).length,
      updatedAt,
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name) || (a.key < b.key ? -1 : 1));
}

type TestRow = Omit<EndpointTest, "passed" | "stale" | "inputs" | "assertions"> & {
  passed: number;
  inputs: string;
  assertions: string;
  fingerprint: string;
};

/** The last test of each endpoint that there is. */
export async function listTests(sql: Sql, { id, document }: StoredConnector): Promise<EndpointTest[]> {
  const rows = await sql.read<TestRow>(
    `SELECT endpoint, fingerprint, passed, status, message, inputs, connection_id AS connection, tested_at AS "testedAt", assertions
     FROM endpoint_tests WHERE connector_id = $1 ORDER BY endpoint`,
    [id],
  );
  return rows.flatMap(({ passed, inputs, assertions, fingerprint, ...row }) => {
    const endpoint = document.endpoints.find(({ key }) => key === row.endpoint);
    if (!endpoint) return [];
    const stale = fingerprint !== fingerprintOf(document, endpoint);
    return [
      {
        ...row,
        passed: passed === 1,
        stale,
        inputs: JSON.parse(inputs) as Record<string, Json>,
        assertions: JSON.parse(assertions) as EndpointTest["assertions"],
      },
    ];
  });
}

function stored(row: Row): StoredConnector {
  const custom = row.draft !== null;
  const text = row.draft ?? row.document;
  if (text === null) throw new AppError("internal", `the connector ${row.id} has neither a draft nor a version`);
  return {
    id: row.id,
    origin: row.origin,
    revision: Number(custom ? row.revision : row.number),
    // Parsed by its schema when it was written; documents of several MB are read often.
    document: JSON.parse(text) as ConnectorDraft,
    updatedAt: custom ? row.updatedAt : (row.publishedAt ?? row.updatedAt),
  };
}

/** An endpoint as lists and palettes show it. */
export function labelOf(endpoint: Endpoint): EndpointLabel {
  const { key, name, description, method, path } = endpoint;
  return { key, name, ...(description !== undefined && { description }), method, path, effect: effectOf(endpoint) };
}
