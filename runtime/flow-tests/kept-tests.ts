import type { FlowTestSummary } from "../../shared/api/flow-tests.ts";
import { AppError } from "../../shared/app-error.ts";
import { FlowTest } from "../../shared/flow/flow-test.ts";
import type { Clock, Ids } from "../ids.ts";
import type { Sql } from "../store/sql.ts";

type Deps = { sql: Sql; clock: Clock; ids: Ids };
type Place = { workspace: string; flow: string };

/** Of one flow. */
export const mostTests = 200;
/** Of one test as JSON, in characters. */
const longest = 4 * 1024 * 1024;

type Row = Omit<FlowTestSummary, "last"> & { passed: number | null; runAt: number | null; revision: number | null };

/** The tests of a flow, by name. Throws `not_found`. */
export async function listKeptTests(sql: Sql, { workspace, flow }: Place): Promise<FlowTestSummary[]> {
  const rows = await sql.list<Row>(
    `SELECT id, name, created_at AS "createdAt", expectations, calls, passed, run_at AS "runAt", run_revision AS revision
     FROM flow_tests WHERE workspace_id = $1 AND flow_id = $2 ORDER BY name`,
    [workspace, flow],
  );
  if (rows.length === 0) await requireFlow(sql, { workspace, flow });
  return rows.map(({ passed, runAt, revision, ...test }) => ({
    ...{ ...test, expectations: Number(test.expectations), calls: Number(test.calls) },
    last: passed === null ? null : { passed: Number(passed) === 1, at: Number(runAt), revision: Number(revision) },
  }));
}

/** Keeps a test with its flow; gives its id. Throws `bad_request` when the flow is only named in it, `conflict` for a name that is taken or one too many. */
export async function keepTest({ sql, clock, ids }: Deps, { workspace, flow }: Place, test: FlowTest): Promise<string> {
  if (typeof test.flow === "string")
    throw new AppError("bad_request", "flow: only the name of a file: put the flow itself into the test");
  const document = JSON.stringify(test);
  if (document.length > longest)
    throw new AppError("bad_request", `the test is larger than ${longest / 1024 / 1024} MB: keep it as a file`);
  const id = ids.next("tst");
  const stored = await sql.commit([
    {
      text: `INSERT INTO flow_tests (id, workspace_id, flow_id, name, document, expectations, calls, created_at)
             SELECT $1, $2, id, $3, $4, $5, $6, $7 FROM flows WHERE id = $8 AND workspace_id = $2
               AND (SELECT count(*) FROM flow_tests WHERE flow_id = $8) < $9 ON CONFLICT (flow_id, name) DO NOTHING`,
      params: [id, workspace, test.name, document, test.expect.length, test.calls.length, clock(), flow, mostTests],
      expectRows: 1,
    },
  ]);
  if (stored.outcome === "committed") return id;
  const tests = await listKeptTests(sql, { workspace, flow });
  if (tests.some(({ name }) => name === test.name)) throw new AppError("conflict", `the flow has a test "${test.name}" already`);
  if (tests.length >= mostTests) throw new AppError("conflict", `a flow keeps ${mostTests} tests at most`);
  throw new AppError("unavailable", "the test could not be kept: try again");
}

async function requireFlow(sql: Sql, { workspace, flow }: Place): Promise<void> {
  const found = await sql.read(`SELECT id FROM flows WHERE id = $1 AND workspace_id = $2`, [flow, workspace]);
  if (found.length === 0) throw new AppError("not_found", `there is no flow ${flow}`);
}

/** Throws `not_found`. */
export async function readKeptTest(sql: Sql, { workspace, flow }: Place, id: string): Promise<FlowTest> {
  const [row] = await sql.read<{ document: string }>(
    `SELECT document FROM flow_tests WHERE id = $1 AND flow_id = $2 AND workspace_id = $3`,
    [id, flow, workspace],
  );
  if (!row) throw new AppError("not_found", `the flow has no test ${id}`);
  return FlowTest.parse(JSON.parse(row.document));
}

/** Throws `not_found`. */
export async function deleteKeptTest(sql: Sql, { workspace, flow }: Place, id: string): Promise<void> {
  const deleted = await sql.commit([
    {
      text: `DELETE FROM flow_tests WHERE id = $1 AND flow_id = $2 AND workspace_id = $3`,
      params: [id, flow, workspace],
      expectRows: 1,
    },
  ]);
  if (deleted.outcome !== "committed") throw new AppError("not_found", `the flow has no test ${id}`);
}

/** Notes how tests went on a revision of the draft. One that was deleted meanwhile is passed over. */
export async function noteResults(
  { sql, clock }: Omit<Deps, "ids">,
  revision: number,
  results: readonly { test: string; passed: boolean }[],
): Promise<void> {
  await sql.commit(
    results.map(({ test, passed }) => ({
      text: `UPDATE flow_tests SET passed = $1, run_at = $2, run_revision = $3 WHERE id = $4`,
      params: [passed ? 1 : 0, clock(), revision, test],
    })),
  );
}
