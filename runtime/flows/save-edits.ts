import { AppError } from "../../shared/app-error.ts";
import { applyEdit } from "../../shared/flow/apply-edit.ts";
import type { FlowEdit } from "../../shared/flow/edits.ts";
import { Flow } from "../../shared/flow/flow.ts";
import type { Clock } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { type Draft, readDraft, requireRevision } from "./draft-rows.ts";

type Save = { workspace: string; flow: string; base: number; save: string; edits: FlowEdit[] };
type Saved = { revision: number; savedAt: number };

/** What a draft may take up in the database; a flow of 2,000 nodes has a tenth of it. */
const maxDraftBytes = 8 * 1024 * 1024;

/**
 * Applies edits to the draft at revision `base`, all or none, and gives its new revision. The last save again gives the same answer.
 * Throws `conflict` with `details.revision` on a stale base, `bad_request` that names the edit which cannot be applied.
 */
export async function saveEdits({ sql, clock }: { sql: Sql; clock: Clock }, request: Save): Promise<Saved> {
  const { workspace, flow, base, save } = request;
  const draft = await readDraft(sql, workspace, flow);
  if (draft.save === save) return saved(draft);
  requireRevision(draft, base);
  const text = JSON.stringify(edited(draft.document, request.edits));
  if (Buffer.byteLength(text) > maxDraftBytes) throw new AppError("bad_request", "the flow may take up at most 8 MB");
  const now = clock();
  const written = await sql.commit([
    {
      text: `UPDATE flows SET draft = $1, draft_revision = $2, draft_saved_at = $3, draft_save = $4, updated_at = $3
             WHERE id = $5 AND workspace_id = $6 AND draft_revision = $7`,
      params: [text, base + 1, now, save, flow, workspace, base],
      expectRows: 1,
    },
  ]);
  if (written.outcome === "committed") return { revision: base + 1, savedAt: now };
  // Somebody was faster; it may have been the same save, sent twice.
  const newer = await readDraft(sql, workspace, flow);
  if (newer.save !== save) requireRevision(newer, base);
  return saved(newer);
}

function saved({ revision, savedAt }: Draft): Saved {
  return { revision, savedAt };
}

function edited(document: Flow, edits: FlowEdit[]): Flow {
  let flow = document;
  for (const [index, edit] of edits.entries()) {
    const applied = applyEdit(flow, edit);
    if (applied.outcome === "refused")
      throw new AppError("bad_request", `edits.${index}: ${applied.message}`, { details: { edit: index } });
    flow = applied.flow;
  }
  const parsed = Flow.safeParse(flow);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
  throw new AppError("bad_request", issues.map(({ field, message }) => `${field}: ${message}`).join("; "), {
    details: { issues },
  });
}
