import { AppError } from "../../shared/app-error.ts";
import { Flow } from "../../shared/flow/flow.ts";
import { validateFlow } from "../../shared/flow/validate-flow.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock };
type NewFlow = { workspace: string; name: string; description: string };
type ToPublish = { workspace: string; flow: string; document: Flow };
type Published = { version: string; number: number };

/** Makes an empty flow; gives its id. */
export async function createFlow({ sql, ids, clock }: Deps, flow: NewFlow): Promise<string> {
  const { id, statement } = newFlow({ ids, clock }, flow);
  const stored = await sql.commit([statement]);
  if (stored.outcome !== "committed") throw new AppError("internal", `the flow "${flow.name}" could not be stored`);
  return id;
}

/** The row of `createFlow`, to be committed with others. */
export function newFlow(
  { ids, clock }: Omit<Deps, "sql">,
  { workspace, name, description }: NewFlow,
): { id: string; statement: Statement } {
  const id = ids.next("flw");
  const now = clock();
  return {
    id,
    statement: {
      text: `INSERT INTO flows (id, workspace_id, name, description, state, created_at, updated_at) VALUES ($1, $2, $3, $4, 'draft', $5, $6)`,
      params: [id, workspace, name, description, now, now],
    },
  };
}

/**
 * Freezes a document as the flow's next version, with the newest version of each connector it uses, and makes it the one that runs.
 * Throws `invalid_document` with its problems, `conflict` when two publish at once.
 */
export async function publishFlow(deps: Deps, flow: ToPublish): Promise<Published> {
  const { published, statements } = await newVersion(deps, flow);
  const stored = await deps.sql.commit(statements);
  if (stored.outcome !== "committed")
    throw new AppError("conflict", "the flow was published at the same time, or is gone: try again");
  return published;
}

/** The rows of `publishFlow`, to be committed with others. Throws `invalid_document`. */
export async function newVersion(
  { sql, ids, clock }: Deps,
  { workspace, flow, document }: ToPublish,
): Promise<{ published: Published; statements: Statement[] }> {
  const parsed = Flow.parse(document);
  const problems = validateFlow(parsed);
  const connectors = await newestConnectors(sql, workspace, parsed);
  for (const key of connectors.missing)
    problems.push({ node: null, field: null, code: "unknown_connector", message: `there is no connector "${key}"` });
  const [first] = problems;
  if (first) throw new AppError("invalid_document", first.message, { details: { problems } });
  const [last] = await sql.read<{ number: number | null }>(`SELECT max(number) AS number FROM flow_versions WHERE flow_id = $1`, [
    flow,
  ]);
  const version = ids.next("ver");
  const number = Number(last?.number ?? 0) + 1;
  const now = clock();
  const statements: Statement[] = [
    {
      text: `INSERT INTO flow_versions (id, workspace_id, flow_id, number, document, connector_versions, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      params: [version, workspace, flow, number, JSON.stringify(parsed), JSON.stringify(connectors.versions), now],
    },
    {
      text: `UPDATE flows SET state = 'published', published_version_id = $1, updated_at = $2 WHERE id = $3 AND workspace_id = $4`,
      params: [version, now, flow, workspace],
      expectRows: 1,
    },
  ];
  return { published: { version, number }, statements };
}

async function newestConnectors(sql: Sql, workspace: string, flow: Flow): Promise<{ versions: string[]; missing: string[] }> {
  const keys = [...new Set(flow.nodes.flatMap((node) => (node.kind === "call" ? node.connector : [])))];
  const versions: string[] = [];
  const missing: string[] = [];
  for (const key of keys) {
    const [row] = await sql.read<{ id: string }>(
      `SELECT v.id FROM connector_versions v JOIN connectors c ON c.id = v.connector_id
       WHERE c.workspace_id = $1 AND c.key = $2 ORDER BY v.number DESC LIMIT 1`,
      [workspace, key],
    );
    if (row) versions.push(row.id);
    else missing.push(key);
  }
  return { versions, missing };
}
