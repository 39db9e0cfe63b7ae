import { AppError } from "../../shared/app-error.ts";
import type { ConnectorDraft } from "../../shared/connector/connector.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import type { ImportedConnector } from "./import/import-specification.ts";
import { freeKey, slugOf } from "./import/names.ts";
import { readImport } from "./imports.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock };
type NewConnector = {
  workspace: string;
  name: string;
  description: string;
  from?: { import: string; endpoints: string[] } | undefined;
};

/** Makes a connector's draft, empty or from the chosen endpoints of an import; gives its key. Throws `not_found`, `bad_request`. */
export async function createConnector(deps: Deps, { workspace, name, description, from }: NewConnector): Promise<string> {
  const source = from ? await readImport(deps, { workspace, id: from.import }) : null;
  const chosen =
    source && from ? choose(source.connector, from.endpoints) : { baseUrl: "", auth: { kind: "none" as const }, endpoints: [] };
  // Whoever makes one of the same name in the same moment takes the key, so the next one is tried.
  for (let attempt = 0; attempt < 5; attempt++) {
    const key = await keyFor(deps.sql, workspace, name);
    const draft: ConnectorDraft = { schemaVersion: 1, key, name, description, ...chosen, incomingWebhooks: [] };
    const now = deps.clock();
    const stored = await deps.sql.commit([
      {
        text: `INSERT INTO connectors (id, workspace_id, key, created_at, origin, draft, draft_revision, imported, updated_at)
          VALUES ($1, $2, $3, $4, 'custom', $5, 1, $6, $7)`,
        params: [deps.ids.next("cnr"), workspace, key, now, JSON.stringify(draft), source?.text ?? null, now],
      },
    ]);
    if (stored.outcome === "committed") return key;
  }
  throw new AppError("conflict", `connectors named "${name}" are being made at the same time: try again`);
}

function choose({ baseUrl, auth, endpoints }: ImportedConnector, keys: string[]) {
  const known = new Set(endpoints.map(({ key }) => key));
  const unknown = keys.find((key) => !known.has(key));
  if (unknown !== undefined) throw new AppError("bad_request", `from.endpoints: the import has no endpoint "${unknown}"`);
  const wanted = new Set(keys);
  return { baseUrl, auth, endpoints: endpoints.filter(({ key }) => wanted.has(key)) };
}

async function keyFor(sql: Sql, workspace: string, name: string): Promise<string> {
  const rows = await sql.read<{ key: string }>(`SELECT key FROM connectors WHERE workspace_id = $1`, [workspace]);
  return freeKey(slugOf(name, "connector"), new Set(rows.map(({ key }) => key)));
}
