import { AppError } from "../../shared/app-error.ts";
import { baseTemplateProblem } from "../../shared/connector/base-url.ts";
import { authProblem } from "../../shared/connector/check-auth.ts";
import { type ConnectorDraft, maxEndpoints } from "../../shared/connector/connector.ts";
import type { ImportMerge } from "../../shared/connector/import-merge.ts";
import { type MergeChoice, mergeImport } from "../../shared/connector/merge-import.ts";
import type { Clock } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { readConnector, type StoredConnector } from "./connector-rows.ts";
import type { ImportedConnector } from "./import/imported-connector.ts";
import { readImport } from "./imports.ts";
import { forgetting } from "./save-connector.ts";
import { listUsedSteps } from "./used-steps.ts";

type Deps = { sql: Sql; clock: Clock; allowedHttpHosts: string[] };
type Place = { workspace: string; key: string };
const maxCharacters = 8 * 1024 * 1024;

/** The file that a connector was made from, or brought up to date with last; null when it was made by hand. */
export async function readTakenFile(sql: Sql, { workspace, key }: Place): Promise<ImportedConnector | null> {
  const [row] = await sql.read<{ imported: string | null }>(
    `SELECT imported FROM connectors WHERE workspace_id = $1 AND key = $2`,
    [workspace, key],
  );
  if (!row) throw new AppError("not_found", `there is no connector "${key}"`);
  // Made by the importer when it was written.
  return row.imported === null ? null : (JSON.parse(row.imported) as ImportedConnector);
}

/** What taking an import in would do. Throws `not_found`, `forbidden`. */
export async function previewMerge(
  { sql, clock }: Deps,
  place: Place,
  { import: id, mode }: { import: string; mode: MergeChoice["mode"] },
): Promise<ImportMerge> {
  const { workspace, key } = place;
  const connector = await readCustom(sql, place);
  const { connector: theirs } = await readImport({ sql, clock }, { workspace, id });
  const base = await readTakenFile(sql, place);
  const merged = mergeImport({ base, ours: connector.document, theirs }, { mode, take: new Set(), decisions: {} });
  const steps = await listUsedSteps(sql, workspace, key);
  const { signIn, unchanged, byHand, consequences } = merged;
  const changes = merged.changes.map((change) => {
    const isNew = change.change === "added" || change.change === "offered";
    return { ...change, steps: isNew ? [] : steps.filter(({ endpoint }) => endpoint === change.key) };
  });
  return { base: connector.revision, changes, signIn, unchanged, byHand, consequences };
}

type Given = Omit<MergeChoice, "take"> & { import: string; base: number; take: string[] };

/**
 * Takes an import in with one commit on the revision `base`; gives the new revision. The last tests of endpoints that stay as they are
 * go on counting. Throws `conflict`, `bad_request` while a conflict is undecided, `invalid_document`, `not_found`, `forbidden`.
 */
export async function applyMerge({ sql, clock, allowedHttpHosts }: Deps, place: Place, given: Given): Promise<number> {
  const connector = await readCustom(sql, place);
  if (connector.revision !== given.base) throw stale(connector);
  const { connector: theirs, text: imported } = await readImport(
    { sql, clock },
    { workspace: place.workspace, id: given.import },
  );
  const unknown = given.take.find((key) => !theirs.endpoints.some((endpoint) => endpoint.key === key));
  if (unknown !== undefined) throw new AppError("bad_request", `take: the import has no endpoint "${unknown}"`);
  const base = await readTakenFile(sql, place);
  const { draft, undecided } = mergeImport(
    { base, ours: connector.document, theirs },
    { mode: given.mode, take: new Set(given.take), decisions: given.decisions },
  );
  if (undecided.length > 0)
    throw new AppError("bad_request", `decisions: say "file" or "mine" for ${undecided.slice(0, 5).join(", ")}`);
  checkDraft(draft, allowedHttpHosts);
  const text = JSON.stringify(draft);
  if (text.length > maxCharacters) throw invalid("the connector would be larger than 8 MB: take fewer endpoints");
  const gone = connector.document.endpoints.filter(({ key }) => !draft.endpoints.some((endpoint) => endpoint.key === key));
  const stored = await sql.commit([
    {
      text: `UPDATE connectors SET draft = $1, draft_revision = $2, imported = $3, updated_at = $4
        WHERE id = $5 AND draft_revision = $6`,
      params: [text, given.base + 1, imported, clock(), connector.id, given.base],
      expectRows: 1,
    },
    ...gone.flatMap(({ key }) => forgetting(connector.id, key)),
  ]);
  if (stored.outcome !== "committed") throw stale(await readConnector(sql, place.workspace, place.key));
  return given.base + 1;
}

async function readCustom(sql: Sql, { workspace, key }: Place): Promise<StoredConnector> {
  const connector = await readConnector(sql, workspace, key);
  if (connector.origin === "custom") return connector;
  throw new AppError("forbidden", `"${connector.document.name}" is built in: it cannot be changed`);
}

/** What a save holds every section to, as far as a file can bring it in. */
function checkDraft(draft: ConnectorDraft, allowedHttpHosts: string[]): void {
  if (draft.endpoints.length > maxEndpoints)
    throw invalid(`the connector would have ${draft.endpoints.length} endpoints, and ${maxEndpoints} are the most: take fewer`);
  const url = draft.baseUrl === "" ? null : baseTemplateProblem(draft.baseUrl, draft.variables ?? [], allowedHttpHosts);
  if (url !== null) throw invalid(`the base URL ${url}`);
  const auth = authProblem(draft, draft.auth, allowedHttpHosts);
  if (auth) throw invalid(`the authentication: ${auth.field} ${auth.message}`);
}

function stale({ revision }: StoredConnector): AppError {
  return new AppError("conflict", "the connector was changed meanwhile: look at the preview again", { details: { revision } });
}

function invalid(message: string): AppError {
  return new AppError("invalid_document", message, { details: { issues: [{ field: "import", message }] } });
}
