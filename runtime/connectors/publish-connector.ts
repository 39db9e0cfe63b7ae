import { AppError } from "../../shared/app-error.ts";
import { Connector } from "../../shared/connector/connector.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock };
type Published = { connector: string; version: string; number: number };

/** Freezes a version of a connector; the same document again gives the version it has. Throws `conflict` when two publish at once. */
export async function publishConnector({ sql, ids, clock }: Deps, workspace: string, document: Connector): Promise<Published> {
  const text = JSON.stringify(Connector.parse(document));
  const [newest] = await sql.read<{ connector: string; version: string; number: number; document: string }>(
    `SELECT c.id AS connector, v.id AS version, v.number, v.document
     FROM connectors c JOIN connector_versions v ON v.connector_id = c.id
     WHERE c.workspace_id = $1 AND c.key = $2 ORDER BY v.number DESC LIMIT 1`,
    [workspace, document.key],
  );
  if (newest?.document === text) return { ...newest, number: Number(newest.number) };
  const published = {
    connector: newest?.connector ?? ids.next("cnr"),
    version: ids.next("cnv"),
    number: Number(newest?.number ?? 0) + 1,
  };
  const now = clock();
  const statements: Statement[] = [
    {
      text: `INSERT INTO connector_versions (id, workspace_id, connector_id, number, document, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      params: [published.version, workspace, published.connector, published.number, text, now],
    },
  ];
  if (!newest)
    statements.unshift({
      text: `INSERT INTO connectors (id, workspace_id, key, created_at) VALUES ($1, $2, $3, $4)`,
      params: [published.connector, workspace, document.key, now],
    });
  // The unique numbers are the compare-and-swap: of two that publish at once, one is refused.
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", `the connector "${document.name}" was published at the same time: try again`);
  return published;
}
