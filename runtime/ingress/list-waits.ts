import type { Response } from "../../shared/api/route.ts";
import type { listWaits as route } from "../../shared/api/waits.ts";
import type { Json } from "../../shared/json.ts";
import { nodeOfStep } from "../../shared/run/run-view.ts";
import type { WaitLinks } from "../engine/wait-links.ts";
import type { WaitDeps } from "./read-wait.ts";

type Deps = WaitDeps & { waitLinks: Pick<WaitLinks, "token"> };
type Waits = Response<typeof route>["waits"];
type Row = {
  run: string;
  step: string;
  kind: "approval" | "outcome";
  entry: number;
  flow: string;
  flowName: string;
  version: string;
  since: number;
  until: number | null;
};

const most = 50;

/** What of a workspace waits for this person, or for anybody; what waits longest first. */
export async function listWaits(deps: Deps, { workspace, person }: { workspace: string; person: string }): Promise<Waits> {
  const { sql, clock } = deps;
  const rows = await sql.list<Row>(
    `SELECT w.run_id AS run, w.step, w.kind, w.entry, w.flow_id AS flow, f.name AS "flowName", r.flow_version_id AS version, w.since, w.until
     FROM waits w JOIN flows f ON f.id = w.flow_id JOIN runs r ON r.id = w.run_id
     WHERE w.workspace_id = $1 AND w.kind IN ('approval', 'outcome') AND (w.until IS NULL OR w.until > $2) AND r.finished_at IS NULL
       AND (w.approvers = '[]' OR w.approvers LIKE $3)
     ORDER BY w.since, w.run_id, w.step LIMIT ${most}`,
    // Ids are compared whole, in their quotes; of a wildcard they have the underscore behind their prefix alone.
    [workspace, clock(), `%"${person}"%`],
  );
  return Promise.all(rows.map((row) => waitOf(deps, workspace, row)));
}

async function waitOf({ engine, loadVersion, waitLinks }: Deps, workspace: string, row: Row): Promise<Waits[number]> {
  const { run, step, kind, entry, flow, flowName, version, since, until } = row;
  const place = { run, step, flow: { id: flow, name: flowName }, since };
  if (kind === "outcome" || until === null) {
    const { graph } = await loadVersion(workspace, version);
    const node = nodeOfStep(step);
    return { kind: "outcome", ...place, title: graph.nodes.get(node)?.name ?? node };
  }
  const { title } = wordsIn((await engine.entry(run, entry))?.values.input ?? null);
  return { kind, ...place, title, token: waitLinks.token({ workspace, run, step }), until };
}

/** What an approval shows, as it was journaled when it began to wait. */
export function wordsIn(shown: Json): { title: string; description: string } {
  const fields = typeof shown === "object" && shown !== null && !Array.isArray(shown) ? shown : {};
  const { title, description } = fields;
  return { title: typeof title === "string" ? title : "", description: typeof description === "string" ? description : "" };
}
