import type { Submission, SubmissionState } from "../../shared/api/marketplace.ts";
import { AppError } from "../../shared/app-error.ts";
import type { Connector } from "../../shared/connector/connector.ts";
import { reviewChecklist } from "../../shared/connector/review-checklist.ts";
import { findVersion } from "../connectors/installed.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock };
type Who = { workspace: string; by: string };

/**
 * Sends a published version to review; every version has passed the gate when it was published. Throws `not_found`,
 * `invalid_document` for one that lacks what a listing shows, `conflict` while one is in review or when it is listed already.
 */
export async function submitVersion(
  { sql, ids, clock }: Deps,
  { workspace, by, key, number, note }: Who & { key: string; number: number; note: string },
): Promise<string> {
  const version = await findVersion(sql, workspace, { key, number });
  if (!version) throw new AppError("not_found", `the connector "${key}" has no version ${number}`);
  requireListable(JSON.parse(version.document) as Connector);
  const id = ids.next("sub");
  const stored = await sql.commit([
    {
      text: `INSERT INTO submissions (id, workspace_id, connector_id, version_id, state, note, submitted_by, submitted_at)
        SELECT $1, $2, c.id, $4, 'in-review', $5, $6, $7 FROM connectors c WHERE c.id = $3 AND c.origin = 'custom'
          AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.connector_id = $3 AND s.state = 'in-review')
          AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.version_id = $4 AND s.state = 'approved')`,
      params: [id, workspace, version.connector, version.id, note, by, clock()],
      expectRows: 1,
    },
  ]);
  if (stored.outcome !== "committed")
    throw new AppError("conflict", "it came with the product, is listed already, or another version of it is in review");
  return id;
}

function requireListable({ description, category }: Connector): void {
  const issues = [
    ...(description.trim() === "" ? [{ field: "description", message: "a listing needs a description" }] : []),
    ...(category ? [] : [{ field: "category", message: "a listing needs a category" }]),
  ];
  if (issues.length > 0)
    throw new AppError("invalid_document", issues.map(({ message }) => message).join("; "), { details: { issues } });
}

type Decision = { outcome: "approve"; checklist: string[] } | { outcome: "reject"; reason: string };

/** Throws `bad_request` when an item of the checklist is open, `conflict` when it was decided before, `not_found`. */
export async function decide(
  { sql, clock }: Omit<Deps, "ids">,
  { workspace, by, submission, given }: Who & { submission: string; given: Decision },
): Promise<void> {
  const [row] = await sql.read<{ state: SubmissionState }>(`SELECT state FROM submissions WHERE id = $1 AND workspace_id = $2`, [
    submission,
    workspace,
  ]);
  if (!row) throw new AppError("not_found", `there is no submission ${submission}`);
  const approved = given.outcome === "approve";
  const checked = given.outcome === "approve" ? given.checklist : [];
  const open = approved ? reviewChecklist.filter(({ key }) => !checked.includes(key)) : [];
  if (open.length > 0) {
    const issues = open.map(({ key, label }) => ({ field: `checklist.${key}`, message: `not confirmed: ${label}` }));
    throw new AppError("bad_request", issues.map(({ message }) => message).join("; "), { details: { issues } });
  }
  const reason = given.outcome === "reject" ? given.reason : "";
  const decided = await sql.commit([
    {
      text: `UPDATE submissions SET state = $1, checklist = $2, reason = $3, decided_by = $4, decided_at = $5
        WHERE id = $6 AND state = 'in-review'`,
      params: [approved ? "approved" : "rejected", JSON.stringify(checked), reason, by, clock(), submission],
      expectRows: 1,
    },
  ]);
  if (decided.outcome !== "committed") throw new AppError("conflict", `it is ${row.state} already: look at it again`);
}

/** Takes back what is in review and what is listed; where it is installed nothing changes. Throws `conflict` when there is neither. */
export async function withdraw({ sql, clock }: Omit<Deps, "ids">, { workspace, by, key }: Who & { key: string }): Promise<void> {
  const [row] = await sql.read<{ id: string; open: number }>(
    `SELECT c.id, (SELECT count(*) FROM submissions s WHERE s.connector_id = c.id AND s.state IN ('in-review', 'approved')) AS open
     FROM connectors c WHERE c.workspace_id = $1 AND c.key = $2`,
    [workspace, key],
  );
  if (!row) throw new AppError("not_found", `there is no connector "${key}"`);
  if (Number(row.open) === 0) throw new AppError("conflict", "it is neither listed nor in review");
  await sql.commit([
    {
      text: `UPDATE submissions SET state = 'withdrawn', decided_by = $1, decided_at = $2
        WHERE connector_id = $3 AND state IN ('in-review', 'approved')`,
      params: [by, clock(), row.id],
    },
  ]);
}

type Row = Omit<Submission, "connector"> & { key: string; document: string };

/** Newest first, at most 200; of one connector when its key is given. */
export async function listSubmissionRows(sql: Sql, workspace: string, connector: string | null): Promise<Submission[]> {
  const rows = await sql.list<Row>(
    `SELECT s.id, c.key, v.document, v.number AS version, s.state, s.note, s.reason, a.name AS "submittedBy",
       s.submitted_at AS "submittedAt", b.name AS "decidedBy", s.decided_at AS "decidedAt"
     FROM submissions s JOIN connectors c ON c.id = s.connector_id JOIN connector_versions v ON v.id = s.version_id
       LEFT JOIN users a ON a.id = s.submitted_by LEFT JOIN users b ON b.id = s.decided_by
     WHERE s.workspace_id = $1 ORDER BY s.submitted_at DESC, s.id DESC LIMIT 200`,
    [workspace],
  );
  return rows
    .filter(({ key }) => connector === null || key === connector)
    .map(({ key, document, ...row }) => {
      const { name, logo } = JSON.parse(document) as Connector;
      const submittedBy = row.submittedBy ?? "somebody who has left";
      return { ...row, submittedBy, version: Number(row.version), connector: { key, name, ...(logo && { logo }) } };
    });
}
