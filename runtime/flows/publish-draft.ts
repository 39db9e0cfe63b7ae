import { AppError } from "../../shared/app-error.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import { flowUntil } from "../../shared/flow/flow-until.ts";
import { connectionOf, connectorOf } from "../../shared/flow/node.ts";
import type { FlowProblem } from "../../shared/flow/validate-flow.ts";
import { requireConnection } from "../connections/connection-rows.ts";
import type { Sql } from "../store/sql.ts";
import { armTriggers } from "./arm-triggers.ts";
import { readDraft, requireRevision } from "./draft-rows.ts";
import { type FreezeDeps, freezeFlow, nextVersionNumber, requireNoProblems } from "./freeze-flow.ts";
import { startedFlowProblems } from "./started-flows.ts";

/**
 * Freezes the draft at `revision` as the flow's next version, with a version of each connector it uses, and makes it the one that
 * runs, with its hook URLs, subscriptions, schedules and polls: one commit. A paused flow stays paused. Throws `invalid_document` with all problems, `conflict` when the draft has moved on.
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
  const others = [
    ...(await connectionProblems(sql, workspace, document)),
    ...(await startedFlowProblems(sql, { workspace, flow, document })),
  ];
  const armed = await armTriggers(sql, { workspace, flow, frozen, now: clock() });
  requireNoProblems([...frozen.problems, ...others, ...armed.problems]);
  const published = await sql.commit([
    ...frozen.statements,
    ...connectionsOf(document).map((id) => requireConnection(workspace, id)),
    {
      // A paused flow goes on with the new version when it is resumed.
      text: `UPDATE flows SET state = CASE WHEN state = 'paused' THEN 'paused' ELSE 'published' END, published_version_id = $1,
               updated_at = $2
             WHERE id = $3 AND workspace_id = $4 AND draft_revision = $5`,
      params: [frozen.version, clock(), flow, workspace, revision],
      expectRows: 1,
    },
    ...armed.statements,
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
  requireNoProblems([
    ...frozen.problems,
    ...(await connectionProblems(deps.sql, workspace, document)),
    ...(await startedFlowProblems(deps.sql, { workspace, flow, document })),
  ]);
  if ((await deps.sql.commit(frozen.statements)).outcome !== "committed")
    throw new AppError("conflict", "a connector was published at the same time: try again");
  return frozen.version;
}

function connectionsOf({ nodes }: Flow): string[] {
  return [...new Set(nodes.flatMap((node) => connectionOf(node) ?? []))];
}

async function connectionProblems(sql: Sql, workspace: string, { nodes }: Flow): Promise<FlowProblem[]> {
  const rows = await sql.read<{ id: string; name: string; connector: string }>(
    `SELECT n.id, n.name, c.key AS connector FROM connections n JOIN connectors c ON c.id = n.connector_id WHERE n.workspace_id = $1`,
    [workspace],
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  return nodes.flatMap((node) => {
    const used = connectionOf(node);
    if (used === null) return [];
    const problem = (code: string, message: string) => [
      { node: node.id, field: "connection", code, message, severity: "error" as const },
    ];
    const connection = known.get(used);
    if (!connection) return problem("unknown_connection", `the connection of "${node.name}" no longer exists: choose another`);
    if (connection.connector === connectorOf(node)) return [];
    return problem("wrong_connection", `"${connection.name}" is a connection of another connector: choose another`);
  });
}
