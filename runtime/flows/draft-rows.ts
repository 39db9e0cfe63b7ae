import { AppError } from "../../shared/app-error.ts";
import { Flow } from "../../shared/flow/flow.ts";
import type { Sql } from "../store/sql.ts";

/** The editable copy of a flow as it is stored, with what a save and a publication are compared with. */
export type Draft = {
  revision: number;
  document: Flow;
  savedAt: number;
  /** Does the published version differ from it, or is there none? */
  changed: boolean;
  /** The client's name for the save that made this revision. */
  save: string | null;
};

type Row = {
  draft: string | null;
  revision: number;
  savedAt: number | null;
  save: string | null;
  createdAt: number;
  published: string | null;
  publishedAt: number | null;
};

const emptyFlow: Flow = { schemaVersion: 1, nodes: [], edges: [] };

/** Reads a flow's draft: until its first save that is the published version, or else an empty document. Throws `not_found`. */
export async function readDraft(sql: Sql, workspace: string, flow: string): Promise<Draft> {
  const [row] = await sql.read<Row>(
    `SELECT f.draft, f.draft_revision AS revision, f.draft_saved_at AS "savedAt", f.draft_save AS save, f.created_at AS "createdAt",
            v.document AS published, v.created_at AS "publishedAt"
     FROM flows f LEFT JOIN flow_versions v ON v.id = f.published_version_id
     WHERE f.id = $1 AND f.workspace_id = $2`,
    [flow, workspace],
  );
  if (!row) throw new AppError("not_found", `there is no flow ${flow}`);
  const text = row.draft ?? row.published;
  return {
    revision: Number(row.revision),
    document: text === null ? emptyFlow : Flow.parse(JSON.parse(text)),
    savedAt: row.savedAt ?? row.publishedAt ?? row.createdAt,
    // Both were written from parsed documents, so that equal ones have one text.
    changed: row.published === null || text !== row.published,
    save: row.save,
  };
}

/** Throws `conflict` with the draft's revision in its details when that is not the one that somebody's work is based on. */
export function requireRevision(draft: Draft, base: number): void {
  if (draft.revision !== base)
    throw new AppError("conflict", "the flow was changed elsewhere meanwhile: nothing was done", {
      details: { revision: draft.revision },
    });
}
