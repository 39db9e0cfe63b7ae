import { AppError } from "../../shared/app-error.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { flowUntil } from "../../shared/flow/flow-until.ts";
import { usesConnector } from "../../shared/flow/node.ts";
import type { FlowProblem } from "../../shared/flow/validate-flow.ts";
import { requireConnection } from "../connections/connection-rows.ts";
import type { Sql } from "../store/sql.ts";
import { readDraft, requireRevision } from "./draft-rows.ts";
import { type FreezeDeps, freezeFlow, nextVersionNumber, requireNoProblems } from "./freeze-flow.ts";

/**
 * Freezes the draft at `revision` as the flow's next version, with a version of each connector it uses, and makes it the one that
 * runs: one commit. Throws `invalid_document` with all problems, `conflict` when the draft has moved on.
 */
export async function publishDraft(
  deps: FreezeDeps,
  { workspace, flow, revision }: { workspace: string; flow: string; revision: number },
): Promise<{ version: number }> {
  const { sql, clock } = deps;
  const draft = await readDraft(sql, workspace, flow);
  requireRevision(draft, revision);
  const { document } = draft;
  const number = await nextVersionNumber(sql, flow);
  const frozen = await freezeFlow(deps, { workspace, flow, document, number });
  const connections = await connectionProblems(sql, workspace, document);
  requireNoProblems([...frozen.problems, ...connections, ...(await hookProblems(sql, flow, document))]);
  const published = await sql.commit([
    ...frozen.statements,
    ...connectionsOf(document).map((id) => requireConnection(workspace, id)),
    {
      text: `UPDATE flows SET state = 'published', published_version_id = $1, updated_at = $2
             WHERE id = $3 AND workspace_id = $4 AND draft_revision = $5`,
      params: [frozen.version, clock(), flow, workspace, revision],
      expectRows: 1,
    },
  ]);
  if (published.outcome === "committed") return { version: number };
  requireRevision(await readDraft(sql, workspace, flow), revision);
  requireNoProblems(await connectionProblems(sql, workspace, document));
  throw new AppError("conflict", "the flow, or a connector that it uses, was changed at the same time: look at it again");
}

/**
 * Freezes the draft at `revision` into a version that no list shows, for a test run; with `until`, only the part that leads to that
 * node, so that only this part has to be right. Gives the version's id. Throws as `publishDraft` does.
 */
export async function freezeDraft(
  deps: FreezeDeps,
  request: { workspace: string; flow: string; revision: number; until: string | undefined },
): Promise<string> {
  const { workspace, flow, until } = request;
  const draft = await readDraft(deps.sql, workspace, flow);
  requireRevision(draft, request.revision);
  if (until !== undefined && !draft.document.nodes.some(({ id }) => id === until))
    throw new AppError("bad_request", `until: there is no node "${until}"`);
  const document = until === undefined ? draft.document : flowUntil(draft.document, until);
  const frozen = await freezeFlow(deps, { workspace, flow, document, number: null });
  requireNoProblems([...frozen.problems, ...(await connectionProblems(deps.sql, workspace, document))]);
  if ((await deps.sql.commit(frozen.statements)).outcome !== "committed")
    throw new AppError("conflict", "a connector was published at the same time: try again");
  return frozen.version;
}

function connectionsOf({ nodes }: Flow): string[] {
  return [...new Set(nodes.flatMap((node) => (usesConnector(node) && node.connection !== null ? node.connection : [])))];
}

async function connectionProblems(sql: Sql, workspace: string, { nodes }: Flow): Promise<FlowProblem[]> {
  const rows = await sql.read<{ id: string; name: string; connector: string }>(
    `SELECT n.id, n.name, c.key AS connector FROM connections n JOIN connectors c ON c.id = n.connector_id WHERE n.workspace_id = $1`,
    [workspace],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  return nodes.flatMap((node) => {
    if (!usesConnector(node) || node.connection === null) return [];
    const problem = (code: string, message: string) => [{ node: node.id, field: "connection", code, message }];
    const connection = known.get(node.connection);
    if (!connection) return problem("unknown_connection", `the connection of "${node.name}" no longer exists: choose another`);
    if (connection.connector === node.connector) return [];
    return problem("wrong_connection", `"${connection.name}" is a connection of another connector: choose another`);
  });
}

async function hookProblems(sql: Sql, flow: string, { nodes }: Flow): Promise<FlowProblem[]> {
  const rows = await sql.read<{ node: string; hasSecret: number }>(
    `SELECT node, CASE WHEN secrets IS NULL THEN 0 ELSE 1 END AS "hasSecret" FROM hooks WHERE flow_id = $1`,
    [flow],
  );
  return nodes.flatMap((node) => {
    if (node.kind !== "webhook-trigger") return [];
    const hook = rows.find((row) => row.node === node.id);
    if (hook && Number(hook.hasSecret) === 1) return [];
    const lacks = hook ? "secret" : "URL";
    return [{ node: node.id, field: null, code: "missing_hook", message: `Set up the webhook: it has no ${lacks} yet` }];
  });
}
