import type { EndpointSample } from "../../shared/api/connectors.ts";
import { cutSample } from "../../shared/connector/infer-schema.ts";
import type { TestAnswer } from "../../shared/connector/test-inputs.ts";
import type { Json } from "../../shared/json.ts";
import type { Sql, Statement } from "../store/sql.ts";

/** How many are kept of each endpoint, and what each may be: enough items to tell what is optional. */
const kept = 5;
const limits = { items: 100, characters: 500, total: 100_000 };

type Taken = { id: string; workspace: string; connector: string; endpoint: string; status: number; body: Json; at: number };

/** To be committed with the test: its answer, and the oldest ones go. */
export function keepingSample({ id, workspace, connector, endpoint, status, body, at }: Taken): Statement[] {
  return [
    {
      text: `INSERT INTO endpoint_samples (id, workspace_id, connector_id, endpoint, status, body, taken_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      params: [id, workspace, connector, endpoint, status, JSON.stringify(cutSample(body, limits)), at],
    },
    {
      text: `DELETE FROM endpoint_samples WHERE connector_id = $1 AND endpoint = $2 AND id NOT IN
        (SELECT id FROM endpoint_samples WHERE connector_id = $1 AND endpoint = $2 ORDER BY id DESC LIMIT ${kept})`,
      params: [connector, endpoint],
    },
  ];
}

type Row = { endpoint: string; status: number; body: string; takenAt: number };

/** The newest first. */
export async function listSamples(sql: Sql, connector: string, endpoint: string): Promise<EndpointSample[]> {
  const rows = await sql.read<Row>(
    `SELECT endpoint, status, body, taken_at AS "takenAt" FROM endpoint_samples WHERE connector_id = $1 AND endpoint = $2
     ORDER BY id DESC`,
    [connector, endpoint],
  );
  return rows.map(({ status, body, takenAt }) => ({ status: Number(status), body: JSON.parse(body) as Json, takenAt }));
}

/** The newest answer of each of these endpoints that has one, for tests that take values of them. */
export async function newestAnswers(sql: Sql, connector: string, endpoints: readonly string[]): Promise<Map<string, TestAnswer>> {
  const answers = new Map<string, TestAnswer>();
  for (const endpoint of endpoints) {
    const [newest] = await listSamples(sql, connector, endpoint);
    if (newest) answers.set(endpoint, { status: newest.status, body: newest.body });
  }
  return answers;
}
