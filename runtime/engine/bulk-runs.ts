import { type BulkRepeats, mostInBulk, type RunFilter } from "../../shared/api/rerun.ts";
import { AppError } from "../../shared/app-error.ts";
import type { EngineStore } from "../store/engine-store.ts";
import type { SqlValue } from "../store/sql.ts";
import { countBulkRepeats, type FoundRun } from "./bulk-repeats.ts";
import { type RerunDeps, startRerun } from "./rerun.ts";

type BulkDeps = RerunDeps & { engine: Pick<EngineStore, "journal" | "entry" | "start" | "signal"> };
type Bulk = {
  workspace: string;
  action: "rerun" | "cancel";
  filter: RunFilter;
  from: "failed" | "trigger";
  dryRun: boolean;
  /** Who asks. */
  by: string;
};
type Done = {
  found: number;
  again: number;
  repeats: BulkRepeats | null;
  taken: number;
  refused: number;
  reasons: { reason: string; count: number }[];
};

/** So many at a time: what is going on beside them gets its turn. Whoever goes over a run again holds its whole journal. */
const together = { cancel: 25, rerun: 2 };

/** Does one thing to all runs of a filter, the newest first. What cannot be done to one is counted with its reason, and the others go on. */
export async function bulk(deps: BulkDeps, wanted: Bulk): Promise<Done> {
  const { runs, again } = await matching(deps, wanted);
  const done: Done = { found: runs.length, again, repeats: null, taken: 0, refused: 0, reasons: [] };
  const { workspace, action, from } = wanted;
  if (wanted.dryRun)
    return action === "cancel" ? done : { ...done, repeats: await countBulkRepeats(deps, { workspace, from, runs }) };
  const reasons = new Map<string, number>();
  const chosen = runs.slice(0, mostInBulk);
  const batch = together[action];
  for (let at = 0; at < chosen.length; at += batch) {
    const outcomes = await Promise.all(chosen.slice(at, at + batch).map(({ id }) => one(deps, wanted, id)));
    for (const reason of outcomes)
      if (reason === null) done.taken += 1;
      else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  done.refused = chosen.length - done.taken;
  done.reasons = [...reasons].map(([reason, count]) => ({ reason, count }));
  return done;
}

/** Why it was refused, null when it was done. */
async function one(deps: BulkDeps, { workspace, action, from, by }: Bulk, run: string): Promise<string | null> {
  if (action === "cancel") {
    const outcome = await deps.engine.signal(run, { kind: "cancel", by });
    if (outcome === "left") return null;
    return outcome === "gone" ? "the run has already ended" : "the database cannot be written: try again";
  }
  try {
    await startRerun(deps, { workspace, run, from, version: "same" });
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** What was run again already would act once more by every further click: by a filter it is left out, and named runs are counted. */
async function matching(
  { sql }: BulkDeps,
  { workspace, action, filter, from }: Bulk,
): Promise<{ runs: FoundRun[]; again: number }> {
  const tests: [string, SqlValue | undefined][] = [
    ["workspace_id = $", workspace],
    ["flow_id = $", filter.flow],
    ["status = $", filter.status],
    ["created_at >= $", filter.from],
    ["created_at < $", filter.to],
  ];
  const asked = tests.filter(([, value]) => value !== undefined);
  const where = asked.map(([test], index) => `${test}${index + 1}`);
  const params = asked.map(([, value]) => value ?? null);
  if (filter.runs) {
    where.push(`id IN (${filter.runs.map((_, index) => `$${params.length + index + 1}`).join(", ")})`);
    params.push(...filter.runs);
  }
  if (action === "cancel") where.push("finished_at IS NULL");
  else where.push(from === "failed" ? "status IN ('failed', 'canceled')" : "finished_at IS NOT NULL");
  const fits = where.join(" AND ");
  const isAgain = "id IN (SELECT rerun_of FROM runs WHERE workspace_id = $1 AND rerun_of IS NOT NULL)";
  const leftOut = action === "rerun" && !filter.runs ? ` AND NOT ${isAgain}` : "";
  const text = `SELECT id, journal_length AS entries FROM runs WHERE ${fits}${leftOut} ORDER BY id DESC LIMIT ${mostInBulk + 1}`;
  const runs = await sql.list<FoundRun>(text, params);
  if (action === "cancel") return { runs, again: 0 };
  const [counted] = await sql.list<{ count: number }>(`SELECT COUNT(*) AS count FROM runs WHERE ${fits} AND ${isAgain}`, params);
  return { runs, again: Number(counted?.count ?? 0) };
}
