import { AppError } from "../../shared/app-error.ts";
import { Connector } from "../../shared/connector/connector.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql, Statement } from "../store/sql.ts";
import { requireConnector } from "./connector-rows.ts";
import { findVersion, installing } from "./installed.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock };
type Published = { connector: string; version: string; number: number };

/**
 * Freezes a version of a connector that comes with the product and installs it; the same document again gives the version it has.
 * Throws `conflict` when two publish at once.
 */
export async function publishConnector(deps: Deps, workspace: string, document: Connector): Promise<Published> {
  const { sql, ids, clock } = deps;
  const text = JSON.stringify(Connector.parse(document));
  const newest = await newestVersion(sql, workspace, document.key);
  if (newest?.document === text) return { ...newest, number: Number(newest.number) };
  const connector = newest?.connector ?? ids.next("cnr");
  const { version, number, statement } = newVersion(deps, { workspace, connector, after: newest?.number ?? 0, text });
  const statements = [statement, installing({ workspace, connector, version, source: "local", by: null, at: clock() })];
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

/** Why a connector cannot be used. `known`: there is one, but no such version of it. */
export type PinProblem = { connector: string; known: boolean; message: string };
/** `versions`: ids of connector versions in the order of the keys. `statements`: to be committed with whatever is pinned to them. */
export type PinnedConnectors = {
  versions: string[];
  documents: Map<string, Connector>;
  /** Ids of the connector and of its version, by key. */
  rows: Map<string, { connector: string; version: string }>;
  statements: Statement[];
  problems: PinProblem[];
};

/** Numbers of the versions that a flow is pinned to, by connector key; what is missing is the installed one. */
export type Pins = Record<string, number>;

/** Takes for each connector that a flow uses the version that it is pinned to, or else the installed one. */
export async function pinConnectors(
  sql: Sql,
  workspace: string,
  { keys, pins }: { keys: string[]; pins: Pins },
): Promise<PinnedConnectors> {
  const pinned: PinnedConnectors = { versions: [], documents: new Map(), rows: new Map(), statements: [], problems: [] };
  for (const key of new Set(keys)) {
    const number = Object.hasOwn(pins, key) ? (pins[key] ?? null) : null;
    const version = await findVersion(sql, workspace, { key, number });
    if (version) {
      pinned.versions.push(version.id);
      pinned.rows.set(key, { connector: version.connector, version: version.id });
      pinned.statements.push(requireConnector(version.connector));
      pinned.documents.set(key, Connector.parse(JSON.parse(version.document)));
    } else pinned.problems.push({ connector: key, ...(await missing(sql, workspace, { key, number })) });
  }
  return pinned;
}

async function missing(sql: Sql, workspace: string, { key, number }: { key: string; number: number | null }) {
  const [row] = await sql.read<{ id: string }>(`SELECT id FROM connectors WHERE workspace_id = $1 AND key = $2`, [
    workspace,
    key,
  ]);
  if (!row) return { known: false, message: `there is no connector "${key}"` };
  return number === null
    ? { known: true, message: `the connector "${key}" is not installed: pass its tests and add it under its Versions` }
    : { known: true, message: `the connector "${key}" has no version ${number}` };
}

type VersionRow = { connector: string; version: string; number: number; document: string };

/** The newest version of a connector by its key; undefined before there is one. */
export async function newestVersion(sql: Sql, workspace: string, key: string): Promise<VersionRow | undefined> {
  const [newest] = await sql.read<VersionRow>(
    `SELECT c.id AS connector, v.id AS version, v.number, v.document
     FROM connectors c JOIN connector_versions v ON v.connector_id = c.id
     WHERE c.workspace_id = $1 AND c.key = $2 ORDER BY v.number DESC LIMIT 1`,
    [workspace, key],
  );
  return newest;
}

type NewVersion = { workspace: string; connector: string; after: number; text: string; note?: string; by?: string };

/** The row of a version with the number that comes `after`, to be committed. */
export function newVersion(
  { ids, clock }: Omit<Deps, "sql">,
  { workspace, connector, after, text, note = "", by }: NewVersion,
): { version: string; number: number; statement: Statement } {
  const version = ids.next("cnv");
  const number = Number(after) + 1;
  return {
    version,
    number,
    statement: {
      text: `INSERT INTO connector_versions (id, workspace_id, connector_id, number, document, created_at, note, published_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      params: [version, workspace, connector, number, text, clock(), note, by ?? null],
    },
  };
}
