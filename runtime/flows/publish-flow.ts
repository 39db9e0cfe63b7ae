import { AppError } from "../../shared/app-error.ts";
import type { Flow } from "../../shared/flow/flow.ts";
import type { Statement } from "../store/sql.ts";
import { armTriggers } from "./arm-triggers.ts";
import { type FreezeDeps, freezeFlow, nextVersionNumber, requireNoProblems } from "./freeze-flow.ts";

type NewFlow = { workspace: string; name: string; description: string };
type ToPublish = { workspace: string; flow: string; document: Flow };
type Published = { version: string; number: number };

/** Makes an empty flow; gives its id. */
export async function createFlow({ sql, ids, clock }: FreezeDeps, flow: NewFlow): Promise<string> {
  const { id, statement } = newFlow({ ids, clock }, flow);
  const stored = await sql.commit([statement]);
  if (stored.outcome !== "committed") throw new AppError("internal", `the flow "${flow.name}" could not be stored`);
  return id;
}

/** The row of `createFlow`, to be committed with others. */
export function newFlow(
  { ids, clock }: Omit<FreezeDeps, "sql">,
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
 * Freezes a document as the flow's next version, with a version of each connector it uses, and makes it the one that runs.
 * Throws `invalid_document` with its problems, `conflict` when two publish at once.
 */
export async function publishFlow(deps: FreezeDeps, flow: ToPublish): Promise<Published> {
  const { published, statements } = await newVersion(deps, flow);
  const stored = await deps.sql.commit(statements);
  if (stored.outcome !== "committed")
    throw new AppError("conflict", "the flow was published at the same time, or is gone: try again");
  return published;
}

/** The rows of `publishFlow`, to be committed with others. Throws `invalid_document`. */
export async function newVersion(deps: FreezeDeps, flow: ToPublish): Promise<{ published: Published; statements: Statement[] }> {
  const number = await nextVersionNumber(deps.sql, flow.flow);
  const frozen = await freezeFlow(deps, { ...flow, number });
  const armed = await armTriggers(deps.sql, { ...flow, frozen, now: deps.clock() });
  // Its hooks may be made in the same commit.
  requireNoProblems([...frozen.problems, ...armed.problems.filter(({ code }) => code !== "missing_hook")]);
  const { version } = frozen;
  const publishing = {
    text: `UPDATE flows SET state = 'published', published_version_id = $1, updated_at = $2 WHERE id = $3 AND workspace_id = $4`,
    params: [version, deps.clock(), flow.flow, flow.workspace],
    expectRows: 1,
  };
  return { published: { version, number }, statements: [...frozen.statements, publishing, ...armed.statements] };
}
