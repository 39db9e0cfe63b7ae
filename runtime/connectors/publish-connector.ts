import { AppError } from "../../shared/app-error.ts";
import { Connector } from "../../shared/connector/connector.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { requireConnector } from "./connector-rows.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock };
type Published = { connector: string; version: string; number: number };

/** Freezes a version of a connector; the same document again gives the version it has. Throws `conflict` when two publish at once. */
export async function publishConnector(deps: Deps, workspace: string, document: Connector): Promise<Published> {
  const { sql, ids, clock } = deps;
  const text = JSON.stringify(Connector.parse(document));
  const newest = await newestVersion(sql, workspace, document.key);
  if (newest?.document === text) return { ...newest, number: Number(newest.number) };
  const connector = newest?.connector ?? ids.next("cnr");
  const { version, number, statement } = newVersion(deps, { workspace, connector, after: newest?.number ?? 0, text });
  const statements = [statement];
  if (!newest)
    statements.unshift({
      text: `INSERT INTO connectors (id, workspace_id, key, created_at, updated_at) VALUES ($1, $2, $3, $4, $5)`,
      params: [connector, workspace, document.key, clock(), clock()],
    });
  // The unique numbers are the compare-and-swap: of two that publish at once, one is refused.
  if ((await sql.commit(statements)).outcome !== "committed")
    throw new AppError("conflict", `the connector "${document.name}" was published at the same time: try again`);
  return { connector, version, number };
}

/** Why a connector cannot be frozen: `field` is a path in its document, "" for the whole. */
export type FreezeProblem = { connector: string; field: string; message: string };
/** `versions`: ids of connector versions in the order of the keys; they exist once `statements` are committed. */
export type Frozen = {
  versions: string[];
  documents: Map<string, Connector>;
  statements: Statement[];
  problems: FreezeProblem[];
};

/**
 * Freezes the connectors that a flow uses: the drafts of custom ones as they are now, the newest version of built-in ones. The same
 * document again is the version that it has. The rows are to be committed together with the flow's version.
 */
export async function freezeConnectors(deps: Deps, workspace: string, keys: string[]): Promise<Frozen> {
  const frozen: Frozen = { versions: [], documents: new Map(), statements: [], problems: [] };
  for (const key of new Set(keys)) await freezeOne(deps, { workspace, key }, frozen);
  return frozen;
}

async function freezeOne(deps: Deps, { workspace, key }: { workspace: string; key: string }, frozen: Frozen): Promise<void> {
  const { versions, documents, statements, problems } = frozen;
  const [row] = await deps.sql.read<{ id: string; draft: string | null }>(
    `SELECT id, draft FROM connectors WHERE workspace_id = $1 AND key = $2`,
    [workspace, key],
  );
  const newest = await newestVersion(deps.sql, workspace, key);
  const text = row?.draft ?? newest?.document;
  if (!row || text === undefined) {
    problems.push({ connector: key, field: "", message: `there is no connector "${key}"` });
    return;
  }
  const parsed = Connector.safeParse(JSON.parse(text));
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      problems.push({
        connector: key,
        field: path.join("."),
        message: `${path.join(".")} of the connector "${key}": ${message}`,
      });
    return;
  }
  documents.set(key, parsed.data);
  // Built-in ones are never deleted.
  if (row.draft !== null) statements.push(requireConnector(row.id));
  const document = JSON.stringify(parsed.data);
  if (newest && (row.draft === null || newest.document === document)) {
    versions.push(newest.version);
    return;
  }
  const { version, statement } = newVersion(deps, { workspace, connector: row.id, after: newest?.number ?? 0, text: document });
  versions.push(version);
  statements.push(statement);
}

type VersionRow = { connector: string; version: string; number: number; document: string };

async function newestVersion(sql: Sql, workspace: string, key: string): Promise<VersionRow | undefined> {
  const [newest] = await sql.read<VersionRow>(
    `SELECT c.id AS connector, v.id AS version, v.number, v.document
     FROM connectors c JOIN connector_versions v ON v.connector_id = c.id
     WHERE c.workspace_id = $1 AND c.key = $2 ORDER BY v.number DESC LIMIT 1`,
    [workspace, key],
  );
  return newest;
}

function newVersion(
  { ids, clock }: Omit<Deps, "sql">,
  { workspace, connector, after, text }: { workspace: string; connector: string; after: number; text: string },
): { version: string; number: number; statement: Statement } {
  const version = ids.next("cnv");
  const number = Number(after) + 1;
  return {
    version,
    number,
    statement: {
      text: `INSERT INTO connector_versions (id, workspace_id, connector_id, number, document, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      params: [version, workspace, connector, number, text, clock()],
    },
  };
}
