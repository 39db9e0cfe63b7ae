import { AppError } from "../../shared/app-error.ts";
import { type ConnectorFile, readConnectorFile } from "../../shared/connector/connector-file.ts";
import type { Json } from "../../shared/json.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { freeKey } from "./import/names.ts";

/** Throws `invalid_document` with `details.problems: string[]`. */
export function requireConnectorFile(value: Json): ConnectorFile {
  const read = readConnectorFile(value);
  if (read.outcome === "read") return read.file;
  throw new AppError("invalid_document", `the file cannot be imported: ${read.problems.join("; ")}`, {
    details: { problems: read.problems },
  });
}

/**
 * Makes a connector's draft of a file; gives its key, which is another one where the file's is taken. Like any draft it is used only
 * after its endpoints were tested and it was published.
 */
export async function importConnectorFile(
  { sql, clock, ids }: { sql: Sql; clock: Clock; ids: Ids },
  { workspace, file }: { workspace: string; file: ConnectorFile },
): Promise<{ connector: string; notes: string[] }> {
  // Whoever takes the same key in the same moment has it, so the next one is tried.
  for (let attempt = 0; attempt < 5; attempt++) {
    const rows = await sql.read<{ key: string }>(`SELECT key FROM connectors WHERE workspace_id = $1`, [workspace]);
    const wanted = file.connector.key;
    const key = freeKey(wanted, new Set(rows.map((row) => row.key)));
    const { logo: _, ...document } = file.connector;
    const now = clock();
    const stored = await sql.commit([
      {
        text: `INSERT INTO connectors (id, workspace_id, key, created_at, origin, draft, draft_revision, imported, updated_at)
          VALUES ($1, $2, $3, $4, 'custom', $5, 1, NULL, $6)`,
        params: [ids.next("cnr"), workspace, key, now, JSON.stringify({ ...document, key }), now],
      },
    ]);
    if (stored.outcome !== "committed") continue;
    const renamed = `the key "${wanted}" is taken here, so the connector has the key "${key}": flows that name "${wanted}" go on using the other one`;
    return { connector: key, notes: key === wanted ? [] : [renamed] };
  }
  throw new AppError("conflict", "connectors of this key are being made at the same time: try again");
}
