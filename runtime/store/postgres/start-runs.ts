import { answerIn } from "../engine-store.ts";
import type { EncodedStart } from "../journal-rows.ts";
import type { Query } from "./database.ts";
import type { Wakes } from "./wakes.ts";

/** Inserts runs that begin with entries, with their wakes. */
export async function startRuns(query: Query, wakes: Wakes, starts: EncodedStart[]): Promise<void> {
  if (starts.length === 0) return;
  const runs = starts.map(({ run }) => run);
  const rows = starts.flatMap(({ run, rows }) => rows.map((row) => ({ run: run.id, ...row })));
  const blobs = rows.flatMap(({ run, number, blobs }) => blobs.map((blob) => ({ run, number, ...blob })));
  await query(
    `INSERT INTO runs (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, status, wake_at, created_at,
       journal_length, parent_run_id, parent_step, depth, rerun_of, answer_entry)
     SELECT id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, 'queued', created_at, created_at,
       journal_length, parent_run_id, parent_step, depth, rerun_of, answer_entry
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::text[],
       $11::text[], $12::bigint[], $13::text[], $14::bigint[])
     AS t (id, workspace_id, flow_id, flow_version_id, event_id, source, trigger_node, created_at, journal_length, parent_run_id,
       parent_step, depth, rerun_of, answer_entry)`,
    [
      runs.map(({ id }) => id),
      runs.map(({ workspace }) => workspace),
      runs.map(({ flow }) => flow),
      runs.map(({ flowVersion }) => flowVersion),
      runs.map(({ event }) => event),
      runs.map(({ source }) => source),
      runs.map(({ trigger }) => trigger),
      runs.map(({ createdAt }) => createdAt),
      starts.map(({ rows }) => rows.length),
      runs.map(({ parent }) => parent?.run ?? null),
      runs.map(({ parent }) => parent?.step ?? null),
      runs.map(({ depth }) => depth),
      runs.map(({ rerunOf }) => rerunOf),
      runs.map(answerIn),
    ],
  );
  await query(
    `INSERT INTO journal (run_id, number, entry, value_texts)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])`,
    [
      rows.map(({ run }) => run),
      rows.map(({ number }) => number),
      rows.map(({ entry }) => entry),
      rows.map(({ valueTexts }) => valueTexts),
    ],
  );
  if (blobs.length > 0)
    await query(
      `INSERT INTO blobs (run_id, number, name, value_text) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])`,
      [
        blobs.map(({ run }) => run),
        blobs.map(({ number }) => number),
        blobs.map(({ name }) => name),
        blobs.map(({ text }) => text),
      ],
    );
  await wakes.insert(
    query,
    runs.map(({ id }) => ({ run: id, at: null, begun: false })),
  );
}
