import type { ConnectorSummary } from "../../shared/api/connectors.ts";
import type { Sql } from "../store/sql.ts";

/** `installed`: the version that flows use. */
export type ConnectorStanding = Required<Pick<ConnectorSummary, "inReview" | "listed">> & Pick<ConnectorSummary, "installed">;

/** Where the connectors of a workspace stand, in it and in its marketplace, by id of their rows; those without an entry are in neither. */
export async function readStandings(sql: Sql, workspace: string): Promise<Map<string, ConnectorStanding>> {
  const installed = await sql.list<{ connector: string; number: number }>(
    `SELECT i.connector_id AS connector, v.number FROM installations i JOIN connector_versions v ON v.id = i.version_id
     WHERE i.workspace_id = $1`,
    [workspace],
  );
  const submitted = await sql.list<{ connector: string; state: "in-review" | "approved" }>(
    `SELECT DISTINCT connector_id AS connector, state FROM submissions
     WHERE workspace_id = $1 AND state IN ('in-review', 'approved')`,
    [workspace],
  );
  const versions = new Map(installed.map(({ connector, number }) => [connector, Number(number)]));
  const inState = (wanted: string) => new Set(submitted.flatMap(({ connector, state }) => (state === wanted ? [connector] : [])));
  const inReview = inState("in-review");
  const listed = inState("approved");
  return new Map(
    [...new Set([...versions.keys(), ...inReview, ...listed])].map((connector) => {
      const version = versions.get(connector);
      return [
        connector,
        {
          ...(version !== undefined && { installed: version }),
          inReview: inReview.has(connector),
          listed: listed.has(connector),
        },
      ];
    }),
  );
}
