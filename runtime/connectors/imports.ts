import { AppError } from "../../shared/app-error.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import type { ImportedConnector } from "./import/import-specification.ts";

const dayMs = 86_400_000;

/** How many imports of a workspace are kept: each may have several MB. */
const kept = 20;

/** Keeps a normalised import (JSON) for a day; gives its id. Those of the day before, and all but the newest, are deleted with it. */
export async function keepImport(
  { sql, ids, clock }: { sql: Sql; ids: Ids; clock: Clock },
  { workspace, document }: { workspace: string; document: string },
): Promise<string> {
  const id = ids.next("imp");
  const stored = await sql.commit([
    { text: `DELETE FROM imports WHERE created_at < $1`, params: [clock() - dayMs] },
    {
      text: `INSERT INTO imports (id, workspace_id, document, created_at) VALUES ($1, $2, $3, $4)`,
      params: [id, workspace, document, clock()],
    },
    {
      text: `DELETE FROM imports WHERE workspace_id = $1
        AND id NOT IN (SELECT id FROM imports WHERE workspace_id = $1 ORDER BY id DESC LIMIT ${kept})`,
      params: [workspace],
    },
  ]);
  if (stored.outcome !== "committed") throw new AppError("internal", "the import could not be stored");
  return id;
}

/** Throws `not_found` when it is older than a day or was never made. */
export async function readImport(
  { sql, clock }: { sql: Sql; clock: Clock },
  { workspace, id }: { workspace: string; id: string },
): Promise<{ text: string; connector: ImportedConnector }> {
  const [row] = await sql.read<{ document: string }>(
    `SELECT document FROM imports WHERE id = $1 AND workspace_id = $2 AND created_at >= $3`,
    [id, workspace, clock() - dayMs],
  );
  if (!row) throw new AppError("not_found", "this import is no longer kept: import the file again");
  return { text: row.document, connector: JSON.parse(row.document) as ImportedConnector };
}
