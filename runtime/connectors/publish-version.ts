import type { ConnectorVersion, GateProblem } from "../../shared/api/connector-versions.ts";
import { AppError } from "../../shared/app-error.ts";
import { Connector, type ConnectorDraft } from "../../shared/connector/connector.ts";
import { triggersMissing, webhooksMissing } from "../../shared/connector/section-status.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";
import { listTests, readConnector, type StoredConnector } from "./connector-rows.ts";
import { installing } from "./installed.ts";
import { newestVersion, newVersion } from "./publish-connector.ts";

type Deps = { sql: Sql; ids: Ids; clock: Clock };
type Publishing = { workspace: string; key: string; revision: number; note: string; install: boolean; by: string };

/**
 * Freezes the draft at `revision` as the next version; the same document again is the version that it has. With `install` flows use
 * it from now on. Throws `invalid_document` with all problems of the gate, `conflict`, `forbidden` for a built-in connector.
 */
export async function publishVersion(deps: Deps, publishing: Publishing): Promise<{ number: number }> {
  const { sql, clock } = deps;
  const { workspace, key, revision, note, install, by } = publishing;
  const stored = await readConnector(sql, workspace, key);
  const { document } = stored;
  if (stored.origin === "built-in")
    throw new AppError("forbidden", `"${document.name}" is built in: its versions come with the product`);
  const movedOn = () =>
    new AppError("conflict", "the connector was changed meanwhile: load it again", { details: { revision: stored.revision } });
  if (stored.revision !== revision) throw movedOn();
  const problems = await gateProblems(sql, stored);
  const [first] = problems;
  if (first) throw new AppError("invalid_document", first.message, { details: { problems } });
  const text = JSON.stringify(Connector.parse(document));
  const newest = await newestVersion(sql, workspace, key);
  const same = newest?.document === text ? newest : null;
  const made = same ? null : newVersion(deps, { workspace, connector: stored.id, after: newest?.number ?? 0, text, note, by });
  const version = same?.version ?? made?.version ?? "";
  const committed = await sql.commit([
    // A save that came meanwhile was not tested.
    {
      text: `UPDATE connectors SET key = key WHERE id = $1 AND draft_revision = $2`,
      params: [stored.id, revision],
      expectRows: 1,
    },
    ...(made ? [made.statement] : []),
    ...(install ? [installing({ workspace, connector: stored.id, version, source: "local", by, at: clock() })] : []),
  ]);
  if (committed.outcome !== "committed") throw movedOn();
  return { number: Number(same?.number ?? made?.number) };
}

/** The gate before internal use and before a submission: what the draft lacks, every endpoint without a passed test among it. */
export async function gateProblems(sql: Sql, stored: StoredConnector): Promise<GateProblem[]> {
  return [...documentProblems(stored.document), ...testProblems(stored.document, await listTests(sql, stored))];
}

function documentProblems(document: ConnectorDraft): GateProblem[] {
  const problem = (section: string, message: string): GateProblem => ({ section, endpoint: null, message });
  if (document.baseUrl === "") return [problem("base", "define the base URL and the authentication")];
  if (document.endpoints.length === 0) return [problem("endpoints", "add at least one endpoint")];
  const parsed = Connector.safeParse(document);
  if (parsed.success)
    return [
      ...webhooksMissing(document).map((missing) => problem("webhooks", `missing: ${missing}`)),
      ...triggersMissing(document).map((missing) => problem("triggers", `missing: ${missing}`)),
    ];
  return parsed.error.issues.map(({ path, message }) => problem("base", `${path.join(".")}: ${message}`));
}

type Tested = { endpoint: string; passed: boolean; stale: boolean };

function testProblems({ endpoints }: ConnectorDraft, tests: readonly Tested[]): GateProblem[] {
  const byEndpoint = new Map(tests.map((test) => [test.endpoint, test]));
  return endpoints.flatMap(({ key, name }): GateProblem[] => {
    const test = byEndpoint.get(key);
    if (test?.passed && !test.stale) return [];
    const why = !test ? "has not been tested" : test.stale ? "was changed since its last test" : "has a test that failed";
    return [{ section: "endpoints", endpoint: key, message: `"${name}" ${why}` }];
  });
}

type Row = {
  id: string;
  number: number;
  note: string;
  document: string;
  publishedAt: number;
  publishedBy: string | null;
  installed: number;
  listed: number;
};

/** All versions, newest first, with the published flows that are pinned to each. */
export async function listVersionsOf(
  sql: Sql,
  workspace: string,
  stored: StoredConnector,
): Promise<{ versions: ConnectorVersion[]; changed: boolean }> {
  const rows = await sql.read<Row>(
    `SELECT v.id, v.number, v.note, v.document, v.created_at AS "publishedAt", u.name AS "publishedBy",
       CASE WHEN i.version_id IS NULL THEN 0 ELSE 1 END AS installed,
       CASE WHEN EXISTS (SELECT 1 FROM submissions s WHERE s.version_id = v.id AND s.state = 'approved') THEN 1 ELSE 0 END AS listed
     FROM connector_versions v LEFT JOIN installations i ON i.version_id = v.id AND i.workspace_id = v.workspace_id
       LEFT JOIN users u ON u.id = v.published_by
     WHERE v.connector_id = $1 ORDER BY v.number DESC`,
    [stored.id],
  );
  const flows = await sql.list<{ name: string; versions: string }>(
    `SELECT f.name, v.connector_versions AS versions FROM flows f JOIN flow_versions v ON v.id = f.published_version_id
     WHERE f.workspace_id = $1 ORDER BY f.name, f.id`,
    [workspace],
  );
  const pinned = flows.map(({ name, versions }) => ({ name, versions: new Set(JSON.parse(versions) as string[]) }));
  const versions = rows.map(({ id, document: _, installed, listed, ...row }) => ({
    ...row,
    number: Number(row.number),
    installed: Number(installed) === 1,
    listed: Number(listed) === 1,
    flows: pinned.flatMap(({ name, versions: used }) => (used.has(id) ? [name] : [])),
  }));
  const parsed = Connector.safeParse(stored.document);
  const changed = !parsed.success || rows[0]?.document !== JSON.stringify(parsed.data);
  return { versions, changed };
}
