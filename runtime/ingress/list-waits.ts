import type { Response } from "../../shared/api/route.ts";
import type { listWaits as route } from "../../shared/api/waits.ts";
import type { Json } from "../../shared/json.ts";
import type { WaitLinks } from "../engine/wait-links.ts";
import type { WaitDeps } from "./read-wait.ts";

type Deps = Pick<WaitDeps, "sql" | "engine" | "clock"> & { waitLinks: Pick<WaitLinks, "token"> };
type Row = { run: string; step: string; entry: number; flow: string; flowName: string; since: number; until: number };

const most = 50;

/** The approvals of a workspace that wait for this person, or for anybody; those that wait longest first. */
export async function listWaits(
  { sql, engine, clock, waitLinks }: Deps,
  { workspace, person }: { workspace: string; person: string },
): Promise<Response<typeof route>["waits"]> {
  const rows = await sql.list<Row>(
    `SELECT w.run_id AS run, w.step, w.entry, w.flow_id AS flow, f.name AS "flowName", w.since, w.until
     FROM waits w JOIN flows f ON f.id = w.flow_id JOIN runs r ON r.id = w.run_id
     WHERE w.workspace_id = $1 AND w.kind = 'approval' AND w.until > $2 AND r.finished_at IS NULL
       AND (w.approvers = '[]' OR w.approvers LIKE $3)
     ORDER BY w.since, w.run_id, w.step LIMIT ${most}`,
    // Ids are compared whole, in their quotes; of a wildcard they have the underscore behind their prefix alone.
    [workspace, clock(), `%"${person}"%`],
  );
  return Promise.all(
    rows.map(async ({ run, step, entry, flow, flowName, since, until }) => {
      const shown = await engine.entry(run, entry);
      const { title } = wordsIn(shown?.values.input ?? null);
      const token = waitLinks.token({ workspace, run, step });
      return { run, step, token, flow: { id: flow, name: flowName }, title, since, until };
    }),
  );
}

/** What an approval shows, as it was journaled when it began to wait. */
export function wordsIn(shown: Json): { title: string; description: string } {
  const fields = typeof shown === "object" && shown !== null && !Array.isArray(shown) ? shown : {};
  const { title, description } = fields;
  return { title: typeof title === "string" ? title : "", description: typeof description === "string" ? description : "" };
}
