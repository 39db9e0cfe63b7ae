import type { ImportState } from "../../shared/api/imports.ts";
import { AppError } from "../../shared/app-error.ts";
import type { ImportReport } from "../../shared/connector/import-report.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, SqlValue } from "../store/sql.ts";
import type { ImportBytes } from "./import/import-in-process.ts";
import type { ImportedConnector, Progress } from "./import/imported-connector.ts";

const dayMs = 86_400_000;

/** Longer than a file is ever read or waits to be: its process ended with the server's. */
const longestMs = 5 * 60_000;

/** How many imports of a workspace are kept: each may have several MB. */
const kept = 20;

/** What is read: the bytes of a text in UTF-8, piece after piece, or what a URL answers. */
export type Source = { pieces: Uint8Array[] } | { url: string };
/** Throws nothing: what cannot be fetched is `refused` with a sentence. */
export type FetchBytes = (
  url: string,
) => Promise<{ outcome: "fetched"; bytes: Uint8Array } | { outcome: "refused"; message: string }>;

type Store = { sql: Sql; clock: Clock; ids: Ids };
type Deps = Store & {
  importBytes: ImportBytes;
  fetchBytes: FetchBytes;
  /** A fault of ours; whoever waits for the import is told as much. */
  report(fault: unknown): void;
};
export type Imports = { start(input: { workspace: string; source: Source }): Promise<string> };

/** Reads files in the background; how far each is stands in its row, so that any process of several can say so. */
export function createImports(deps: Deps): Imports {
  return {
    async start({ workspace, source }) {
      const id = await beginImport(deps, workspace);
      // It ends by itself, and its row says how.
      void carryOut(deps, id, source).catch(deps.report);
      return id;
    },
  };
}

/** Makes the row. Those of the day before, and all but the newest of a workspace, are deleted with it. */
export async function beginImport({ sql, ids, clock }: Store, workspace: string): Promise<string> {
  const id = ids.next("imp");
  const stored = await sql.commit([
    { text: `DELETE FROM imports WHERE created_at < $1`, params: [clock() - dayMs] },
    {
      text: `INSERT INTO imports (id, workspace_id, document, created_at, state, progress, message)
        VALUES ($1, $2, '', $3, 'reading', 0, 'Waiting')`,
      params: [id, workspace, clock()],
    },
    {
      text: `DELETE FROM imports WHERE workspace_id = $1
        AND id NOT IN (SELECT id FROM imports WHERE workspace_id = $1 ORDER BY id DESC LIMIT ${kept})`,
      params: [workspace],
    },
    {
      text: `DELETE FROM import_parts WHERE import_id NOT IN (SELECT id FROM imports)`,
      params: [],
    },
  ]);
  if (stored.outcome !== "committed") throw new AppError("internal", "the import could not be stored");
  return id;
}

async function carryOut(deps: Deps, id: string, source: Source): Promise<void> {
  const { sql, clock } = deps;
  const set = (columns: string, values: SqlValue[]) =>
    sql.commit([{ text: `UPDATE imports SET ${columns} WHERE id = $1 AND state = 'reading'`, params: [id, ...values] }]);
  const onProgress = ({ stage, progress }: Progress) => {
    set("progress = $2, message = $3", [progress, stage]).catch(deps.report);
  };
  let parts = 0;
  let storing: Promise<unknown> = Promise.resolve();
  const onPart = (text: string) => {
    const part = parts++;
    storing = storing.then(() => storePart(sql, { id, part, text }));
    // Whoever awaits it is told; until then nobody listens.
    storing.catch(() => {});
  };
  const refuse = (message: string) => set("state = 'refused', message = $2", [message]);
  try {
    if ("url" in source) onProgress({ stage: "Fetching the file", progress: 1 });
    const file = await piecesOf(source, deps.fetchBytes);
    const reply =
      "outcome" in file
        ? file
        : await deps.importBytes(file.pieces, {
            readAt: clock(),
            location: "url" in source ? source.url : null,
            onProgress,
            onPart,
          });
    await storing;
    if (reply.outcome === "refused") await refuse(reply.message);
    else await set("state = 'read', progress = 100, message = NULL, report = $2", [reply.report]);
  } catch (error) {
    await refuse(error instanceof AppError ? error.message : "The file could not be read: the server has a fault");
    if (!(error instanceof AppError)) throw error;
  }
}

async function storePart(sql: Sql, { id, part, text }: { id: string; part: number; text: string }): Promise<void> {
  const stored = await sql.commit([
    { text: `INSERT INTO import_parts (import_id, part, text) VALUES ($1, $2, $3)`, params: [id, part, text] },
  ]);
  if (stored.outcome !== "committed") throw new AppError("internal", "a part of an import could not be stored");
}

async function piecesOf(source: Source, fetchBytes: FetchBytes) {
  if ("pieces" in source) return source;
  const fetched = await fetchBytes(source.url);
  return fetched.outcome === "refused" ? fetched : { pieces: [fetched.bytes] };
}

type Row = {
  state: "reading" | "read" | "refused";
  progress: number;
  message: string | null;
  report: string | null;
  createdAt: number;
};

/** Throws `not_found` when it is older than a day or was never made. */
export async function readImportState(
  { sql, clock }: Pick<Store, "sql" | "clock">,
  { workspace, id }: { workspace: string; id: string },
): Promise<ImportState> {
  const [row] = await sql.read<Row>(
    `SELECT state, progress, message, report, created_at AS "createdAt" FROM imports
     WHERE id = $1 AND workspace_id = $2 AND created_at >= $3`,
    [id, workspace, clock() - dayMs],
  );
  if (!row) throw notKept();
  switch (row.state) {
    case "reading":
      if (clock() - row.createdAt > longestMs)
        return { state: "refused", message: "The file was not read to its end: the server was stopped. Import it again." };
      return { state: "reading", progress: Number(row.progress), stage: row.message ?? "" };
    case "refused":
      return { state: "refused", message: row.message ?? "The file could not be read" };
    case "read":
      // Made by the importer when it was written.
      return { state: "read", report: JSON.parse(row.report ?? "null") as ImportReport };
  }
}

/** Throws `not_found` when it is older than a day, was never made, or is not read yet. */
export async function readImport(
  { sql, clock }: Pick<Store, "sql" | "clock">,
  { workspace, id }: { workspace: string; id: string },
): Promise<{ text: string; connector: ImportedConnector }> {
  const [row] = await sql.read<{ document: string }>(
    `SELECT document FROM imports WHERE id = $1 AND workspace_id = $2 AND created_at >= $3 AND state = 'read'`,
    [id, workspace, clock() - dayMs],
  );
  if (!row) throw notKept();
  const parts = await sql.list<{ text: string }>(`SELECT text FROM import_parts WHERE import_id = $1 ORDER BY part`, [id]);
  // Releases before the parts kept it whole.
  const text = row.document || parts.map((part) => part.text).join("");
  // Cleared away since its row was read.
  if (text === "") throw notKept();
  return { text, connector: JSON.parse(text) as ImportedConnector };
}

function notKept(): AppError {
  return new AppError("not_found", "this import is no longer kept: import the file again");
}
