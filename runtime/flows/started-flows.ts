import type { Flow } from "../../shared/flow/flow.ts";
import type { FlowNode } from "../../shared/flow/node.ts";
import type { FlowProblem } from "../../shared/flow/validate-flow.ts";
import type { Sql } from "../store/sql.ts";
import { startTriggerOf } from "./start-trigger.ts";

type Starting = { workspace: string; flow: string; document: Flow };
type Started = { id: string; node: string | null; field: string };

/**
 * What is wrong with the flows that a flow starts, by its sub-flow steps and as its error flow: each must be published, and have a manual or
 * API trigger. A flow may start itself, by the version that it is to become.
 */
export async function startedFlowProblems(sql: Sql, { workspace, flow, document }: Starting): Promise<FlowProblem[]> {
  const problems: FlowProblem[] = [];
  for (const { id, node, field } of startedFlows(document)) {
    const message = id === flow ? triggerProblem(document.nodes, "this flow") : await problemOf(sql, workspace, id);
    if (message !== null) problems.push({ node, field, code: "unknown_flow", message, severity: "error" });
  }
  return problems;
}

/** One that is not chosen yet is the check's own matter. */
function startedFlows({ nodes, settings }: Flow): Started[] {
  const steps = nodes.flatMap((node): Started[] =>
    node.kind === "sub-flow" && node.flow !== "" ? [{ id: node.flow, node: node.id, field: "flow" }] : [],
  );
  const errorFlow = settings?.errorFlow;
  return errorFlow === undefined ? steps : [...steps, { id: errorFlow, node: null, field: "settings.errorFlow" }];
}

async function problemOf(sql: Sql, workspace: string, flow: string): Promise<string | null> {
  const [row] = await sql.read<{ name: string; document: string | null }>(
    `SELECT f.name, v.document FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id
     WHERE f.id = $1 AND f.workspace_id = $2`,
    [flow, workspace],
  );
  if (!row) return "the flow that it starts does not exist any more: choose another";
  if (row.document === null) return `the flow "${row.name}" that it starts is not published: publish it first`;
  return triggerProblem((JSON.parse(row.document) as Flow).nodes, `the flow "${row.name}" that it starts`);
}

function triggerProblem(nodes: readonly Pick<FlowNode, "kind">[], words: string): string | null {
  return startTriggerOf(nodes) ? null : `${words} has no manual or API trigger by which it could be started`;
}
